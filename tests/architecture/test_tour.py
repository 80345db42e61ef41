"""The tour of the code and the glossary name files and functions that are there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STEP = re.compile(r"^\| `([^`]+\.py)` \| `([^`]+)` \|", re.MULTILINE)
PAGES = ("docs/design/tour.md", "docs/design/words.md")
STEPS = sorted({step for page in PAGES for step in STEP.findall((ROOT / page).read_text(encoding="utf-8"))})


@cache
def names_in(path):
    """Functions, classes and values of a file, methods as `Class.method`."""
    names = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.Assign | ast.AnnAssign):
            names |= {ast.unparse(target) for target in getattr(node, "targets", None) or [node.target]}
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{part.name}" for part in node.body if isinstance(part, ast.FunctionDef)}
    return names


@pytest.mark.parametrize(("path", "name"), STEPS)
def test_every_step_is_there(path, name):
    """The file exists and defines the function or class."""
    assert (ROOT / path).is_file()
    assert name in names_in(path)


@pytest.mark.parametrize(("page", "parts", "least"), [(PAGES[0], 6, 40), (PAGES[1], 10, 40)])
def test_every_row_is_read(page, parts, least):
    """Every row of a table that names a file is a step; six things are followed, and some forty words explained."""
    text = (ROOT / page).read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]

    assert len(rows) == len(STEP.findall(text)) > least
    assert text.count("\n## ") == parts
