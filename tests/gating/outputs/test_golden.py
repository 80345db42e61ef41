"""Outputs are byte for byte what they were; a change is seen in review."""

import os
from pathlib import Path

import pytest

from benchwright.gating.outputs import WRITERS

GOLDEN = Path(__file__).with_name("golden")


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("json", "verdict.json"),
        ("junit", "junit.xml"),
        ("markdown", "gate.md"),
        ("annotations", "annotations.txt"),
        ("metrics", "metrics.txt"),
        ("badge", "badge.svg"),
    ],
)
def test_output_is_as_reviewed(made, form, name):
    """Set GOLDEN=write to write the files anew, then read the difference."""
    text = WRITERS[form](made.every_verdict())
    path = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
