"""Tests and their cases as the rows of the portable format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from behaviour_texts.drawing import Drawn, Lists, interleave
from behaviour_texts.tables import TestTexts

Inputs = Callable[[Sequence[dict[str, str]]], dict[str, Any]]
"""From the filled texts of a case (the original, then its variants) to what a case says of them: `examples`, and more."""


def examples(texts: Sequence[dict[str, str]]) -> dict[str, Any]:
    """The texts themselves."""
    return {"examples": list(texts)}


def suite_rows(
    head: dict[str, Any], tests: Sequence[TestTexts], words: Lists, inputs: Inputs = examples
) -> list[dict[str, Any]]:
    """All lines of a suite; the first says how many tests and cases follow."""
    rows = [row for test in tests for row in _rows_of(test, words, inputs)]
    return [{**head, "n_tests": len(tests), "n_cases": len(rows) - len(tests)}, *rows]


def _rows_of(test: TestTexts, words: Lists, inputs: Inputs) -> Iterator[dict[str, Any]]:
    """The line of a test, then those of its cases."""
    yield {
        "test": test.name,
        "type": test.type,
        "capability": test.capability,
        "description": test.description,
        "expect": dict(test.expect),
        "aggregate": "all" if test.type == "MFT" else "all_but_first",
    }
    # At least a hundred, and as many of each template.
    count = -(-100 // len(test.templates)) * len(test.templates)
    for number, one in enumerate(interleave(test.name, test.templates, {**words, **test.lists}, count), start=1):
        yield {"test": test.name, "case": f"{number:03}", **_case(test, one, inputs)}


def _case(test: TestTexts, one: Drawn, inputs: Inputs) -> dict[str, Any]:
    row = inputs([*one.texts, *_varied(test, one)])
    if one.target is not None:
        row["target"] = one.target
    row["template"] = one.template.pattern
    row["slots"] = one.slots
    if one.substitute:
        row["substitute"] = list(one.substitute)
    return row


def _varied(test: TestTexts, one: Drawn) -> Iterator[dict[str, str]]:
    """Variants of the last text, made of the input that comes first in it (a text, a question)."""
    if test.vary:
        original = one.texts[-1]
        changed = next(iter(original))
        for text in test.vary(original[changed]):
            yield {**original, changed: text}
