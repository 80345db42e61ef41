"""Expectations in words: every one has a line, which says the same as its rule."""

from __future__ import annotations

import pytest

from benchwright.render.expectation_words import in_words
from benchwright.types.base import Kind
from benchwright.types.expectations import (
    EXPECTATIONS,
    AnswerText,
    Differs,
    Equals,
    EqualsIf,
    EqualsLenient,
    Implies,
    Invariant,
    Monotonic,
    Shift,
)

LENIENT = EqualsLenient(neutral="neutral", negative="negative")
WORDS = [
    (Equals(), "positive", "the answer is positive"),
    (Equals(), "", "the answer is the target of the example"),
    (Equals(value="duplicate"), "", "the answer is duplicate"),
    (Differs(value="negative"), "", "any answer but negative"),
    (LENIENT, "neutral", "any answer but negative"),
    (LENIENT, "positive", "the answer is positive"),
    (LENIENT, "", "the answer is the target of the example; where that is neutral, any answer but negative"),
    (Invariant(), "", "the same answer as to the original, or its probability moved by at most 0.1"),
    (Invariant(tolerance=0), "", "the same answer as to the original"),
    (Monotonic(direction="up"), "", "the probability of the original's answer may not fall by more than 0.1"),
    (
        Monotonic(direction="down", tolerance=0, neutral="neutral"),
        "",
        "the probability of the original's answer may not rise by more than 0; not applicable where that answer is neutral",
    ),
    (
        Shift(direction="up", positive="positive", negative="negative"),
        "",
        "P(positive) minus P(negative) may not fall by more than 0.1",
    ),
    (EqualsIf(when_original="yes", value="no"), "", "where the original is answered yes, every variant is no"),
    (Implies(positive="yes", negative="no"), "", "yes and yes imply yes, yes and no imply no"),
    (
        Implies(positive="yes", negative="no", mode="notebook"),
        "",
        "yes and yes imply yes; no and then yes is counted as a failure, as the released notebook counts it",
    ),
    (AnswerText(), "Anna", "the answer is Anna; case, a leading article and final dots count for nothing"),
    (AnswerText(clean="none"), "", "the answer given to the original"),
]


@pytest.mark.parametrize(("expect", "gold", "words"), WORDS)
def test_an_expectation_is_told_in_words(expect, gold, words):
    """The line names the values that decide."""
    assert in_words(expect, kind=Kind.CLASSIFY, gold=gold) == words


def test_every_expectation_has_words():
    """None is left out of the table above."""
    assert {type(expect) for expect, _, _ in WORDS} == set(EXPECTATIONS.values())


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.REGRESS, "the number given to the original, or one within 0.1 of it"),
        (Kind.TAG, "the entities found in the original, at the words they became"),
        (Kind.SPAN, "the answer given to the original, with 'Oslo' in place of 'Rome'"),
    ],
)
def test_invariance_is_told_by_kind(kind, words):
    """The same answer means something else of numbers, entities and spans."""
    swap = ("Rome", "Oslo") if kind is Kind.SPAN else None

    assert in_words(Invariant(), kind=kind, judged="all_but_first", substitute=swap) == words


def test_an_original_that_is_not_judged_is_named():
    """In a directional test with a fixed answer only the variants are judged."""
    assert (
        in_words(Equals(value="no"), kind=Kind.CLASSIFY, judged="all_but_first")
        == "the answer is no (of every variant; the original is not judged)"
    )


@pytest.mark.parametrize(
    ("expect", "gold", "words"),
    [
        (Equals(), "5", "5, or a number within 0.1 of it"),
        (Equals(tolerance=0.5), "", "the number of the example, or a number within 0.5 of it"),
        (Equals(tolerance=0), "5", "the answer is 5"),
        (Monotonic(direction="down"), "", "the number given to the original may not rise by more than 0.1"),
        (Invariant(tolerance=0.5), "", "the number given to the original, or one within 0.5 of it"),
    ],
)
def test_numbers_are_expected_within_their_tolerance(expect, gold, words):
    """Of numbers the tolerance decides, and no probability is spoken of."""
    assert in_words(expect, kind=Kind.REGRESS, gold=gold) == words
