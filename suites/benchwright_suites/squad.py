"""Extractive question answering: SQuAD 1.1, SQuAD 2.0, and a file of your own in their format."""

from __future__ import annotations

from benchwright.types import Suite
from benchwright_suites._squad.cards import v1, v2

suite = Suite(
    name="squad",
    version=1,
    tasks=(v1, v2),
    folders=("qa", "squad", "SQuAD"),
    description="Which words of a paragraph answer a question, and whether any do; and `custom`, your own file.",
    custom={"custom": "benchwright_suites._squad.custom:build"},
)
