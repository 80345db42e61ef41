"""Whoever refuses a file says what to do next: read off the code, so that no reader is forgotten."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READERS = (
    "harness/benchwright/data",
    "harness/benchwright/store",
    "adapters/benchwright_adapters/_predictions",
    "suites/benchwright_suites/_custom/files.py",
)
ERRORS = {"DataError", "DataMissing", "PredictionsError", "StoreError"}


@pytest.mark.parametrize("place", READERS)
def test_every_refusal_of_a_reader_names_a_next_step(place):
    """Each error of a reader is made with a hint."""
    top = ROOT / place
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in ([top] if top.is_file() else sorted(top.rglob("*.py")))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in ERRORS
        and not any(word.arg == "hint" for word in node.keywords)
    ]
    assert silent == []
