"""Robustness: views of any task, its inputs perturbed and its gold answers carried along."""

from __future__ import annotations

from benchwright.types import Suite

suite = Suite(
    name="robustness",
    version=1,
    tasks=(),
    views=("keyboard_typo", "case", "punctuation", "contractions", "number_and_name", "irrelevant_sentence"),
    description="Any task with its inputs perturbed: what a model loses, and whether its answers stay; --on says of which tasks.",
)
