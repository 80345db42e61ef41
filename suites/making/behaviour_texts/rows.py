"""Tests and their cases as the rows of the portable format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from behaviour_texts.drawing import Drawn, Lists, interleave
from behaviour_texts.tables import TestTexts


def rows_of(test: TestTexts, words: Lists) -> Iterator[dict[str, Any]]:
    """The line of a test, then those of its cases."""
    yield {
        "test": test.name,
        "type": test.type,
        "capability": test.capability,
        "description": test.description,
        "expect": dict(test.expect),
        "aggregate": "all" if test.type == "MFT" else "all_but_first",
    }
    drawn = interleave(test.name, test.templates, {**words, **test.lists}, _count(test))
    for number, one in enumerate(drawn, start=1):
        yield _case(test, f"{number:03}", one)


def _count(test: TestTexts) -> int:
    """At least a hundred, and as many of each template."""
    return -(-100 // len(test.templates)) * len(test.templates)


def _case(test: TestTexts, name: str, one: Drawn) -> dict[str, Any]:
    examples = [*one.texts, *_varied(test, one)]
    row: dict[str, Any] = {"test": test.name, "case": name, "examples": examples}
    if one.target is not None:
        row["target"] = one.target
    row["template"] = one.template.pattern
    row["slots"] = one.slots
    if one.substitute:
        row["substitute"] = list(one.substitute)
    return row


def _varied(test: TestTexts, one: Drawn) -> Iterator[dict[str, str]]:
    """Variants of the last original, made of the input that comes first in it (a text, a question)."""
    if test.vary:
        original = one.texts[-1]
        changed = next(iter(original))
        for text in test.vary(original[changed]):
            yield {**original, changed: text}


def suite_rows(head: dict[str, Any], tests: Sequence[TestTexts], words: Lists) -> list[dict[str, Any]]:
    """All lines of a suite; the first says how many tests and cases follow."""
    rows = [row for test in tests for row in rows_of(test, words)]
    counted = {"n_tests": len(tests), "n_cases": count_cases(rows)}
    return [{**head, **counted}, *rows]


def count_cases(rows: Iterable[dict[str, Any]]) -> int:
    """How many of the rows are cases."""
    return sum("case" in row for row in rows)
