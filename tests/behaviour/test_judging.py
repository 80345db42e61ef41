"""Judging of one case: the nine expectations, aggregation, not applicable, flips."""

from __future__ import annotations

from typing import Any

import pytest

from benchwright.behaviour.expectations import judge
from benchwright.behaviour.verdict import Answers
from benchwright.types import Kind
from benchwright.types.expectations import (
    AnswerText,
    CaseTarget,
    Differs,
    Equals,
    EqualsIf,
    EqualsLenient,
    Implies,
    Invariant,
    Monotonic,
    Shift,
)

LABELS = {"negative": 0, "neutral": 1, "positive": 2}
CLASSIFY = Kind.CLASSIFY


def case(expect: Any, size: int, **fields: Any) -> list[CaseTarget]:
    judged = "all" if isinstance(expect, Equals | Differs | EqualsLenient) else "all_but_first"
    return [CaseTarget(expect=expect, **{"judged": judged, **fields})] * size


def said(*outputs: Any) -> Answers:
    return Answers(outputs, places=LABELS)


def sure(*rows: tuple[float, float, float]) -> Answers:
    names = list(LABELS)
    return Answers([names[max(range(3), key=row.__getitem__)] for row in rows], rows, LABELS)


def test_one_failing_variant_fails_the_case_whatever_the_others_say() -> None:
    verdict = judge(CLASSIFY, case(Invariant(), 4), said("positive", "positive", "negative", "positive"))
    assert verdict.passed is False
    assert [one.passed for one in verdict.results] == [True, True, False, True]


def test_the_original_is_never_judged_in_inv_and_dir() -> None:
    targets = case(EqualsIf(when_original="positive", value="negative"), 2)
    assert judge(CLASSIFY, targets, said("positive", "negative")).passed is True


def test_an_original_that_is_not_applicable_hides_no_variant() -> None:
    """CheckList drops what is not applicable first and then the first of what is left, here the only failure."""
    answers = Answers(["positive", "negative", "positive"], places=LABELS, lacks=[True, False, False])
    assert judge(CLASSIFY, case(Invariant(), 3), answers).passed is False


def test_no_example_that_applies_makes_the_case_not_applicable() -> None:
    assert (
        judge(CLASSIFY, case(EqualsIf(when_original="positive", value="negative"), 3), said(*["neutral"] * 3)).passed
        is None
    )


def test_a_flip_within_the_tolerance_passes_and_is_told_as_a_flip() -> None:
    verdict = judge(CLASSIFY, case(Invariant(tolerance=0.1), 2), sure((0.46, 0.0, 0.54), (0.52, 0.0, 0.48)))
    assert (verdict.passed, verdict.flipped) == (True, True)


def test_a_larger_move_of_the_probability_fails_by_its_size() -> None:
    verdict = judge(CLASSIFY, case(Invariant(tolerance=0.1), 2), sure((0.1, 0.0, 0.9), (0.75, 0.0, 0.25)))
    assert (verdict.passed, verdict.flipped) == (False, True)
    assert verdict.size == pytest.approx(0.65)


def test_without_probabilities_only_the_same_label_passes_an_inv() -> None:
    """CheckList passes two different labels whose confidences sum to no more than the tolerance."""
    assert judge(CLASSIFY, case(Invariant(), 2), said("positive", "negative")).passed is False


@pytest.mark.parametrize(
    ("expect", "gold", "output", "passed"),
    [
        (Equals(), "positive", "positive", True),
        (Equals(), "positive", "neutral", False),
        (Equals(value="neutral"), None, "neutral", True),
        (Differs(value="negative"), None, "neutral", True),
        (Differs(value="negative"), None, "negative", False),
        (EqualsLenient(neutral="neutral", negative="negative"), "neutral", "positive", True),
        (EqualsLenient(neutral="neutral", negative="negative"), "neutral", "negative", False),
        (EqualsLenient(neutral="neutral", negative="negative"), "positive", "neutral", False),
    ],
)
def test_a_known_answer_is_given_or_not(expect: Any, gold: str | None, output: str, passed: bool) -> None:
    assert judge(CLASSIFY, case(expect, 1, gold=gold), said(output)).passed is passed


@pytest.mark.parametrize(
    ("direction", "original", "variant", "passed"),
    [
        ("up", (0.1, 0.1, 0.8), (0.1, 0.15, 0.75), True),
        ("up", (0.1, 0.1, 0.8), (0.2, 0.2, 0.6), False),
        ("down", (0.1, 0.1, 0.8), (0.05, 0.1, 0.85), True),
        ("down", (0.2, 0.2, 0.6), (0.1, 0.1, 0.8), False),
        ("down", (0.02, 0.03, 0.95), (0.0, 0.0, 1.0), None),
        ("up", (0.2, 0.6, 0.2), (0.6, 0.2, 0.2), None),
    ],
)
def test_the_probability_of_the_originals_label_moves_one_way_only(
    direction: Any,
    original: Any,
    variant: Any,
    passed: bool | None,
) -> None:
    expect = Monotonic(direction=direction, neutral="neutral")
    assert judge(CLASSIFY, case(expect, 2), sure(original, variant)).passed is passed


def test_a_shift_sums_what_negative_loses_and_positive_gains() -> None:
    expect = Shift(direction="up", positive="positive", negative="negative")
    assert judge(CLASSIFY, case(expect, 2), sure((0.3, 0.4, 0.3), (0.34, 0.4, 0.26))).passed is True  # -0.08
    assert judge(CLASSIFY, case(expect, 2), sure((0.3, 0.4, 0.3), (0.37, 0.4, 0.23))).passed is False  # -0.14


@pytest.mark.parametrize(
    ("mode", "first", "second", "third", "passed"),
    [
        ("intended", "positive", "positive", "positive", True),
        ("intended", "positive", "positive", "negative", False),
        ("intended", "positive", "negative", "negative", True),
        ("intended", "positive", "negative", "positive", False),
        ("intended", "negative", "positive", "positive", None),
        ("intended", "negative", "negative", "positive", None),
        ("notebook", "positive", "positive", "negative", False),
        ("notebook", "positive", "negative", "positive", None),
        ("notebook", "negative", "positive", "negative", False),
        ("notebook", "negative", "positive", "positive", False),
    ],
)
def test_two_pairs_imply_the_third(mode: Any, first: str, second: str, third: str, passed: bool | None) -> None:
    expect = Implies(positive="positive", negative="negative", mode=mode)
    assert judge(CLASSIFY, case(expect, 3), said(first, second, third)).passed is passed


def test_answers_as_texts_lose_an_article_and_final_dots_and_tractor_survives() -> None:
    targets = case(AnswerText(), 1, judged="all", gold="The tractor")
    assert judge(Kind.SPAN, targets, Answers(["tractor."])).passed is True
    assert judge(Kind.SPAN, targets, Answers(["ractor"])).passed is False


def test_an_answer_to_a_variant_is_the_originals_with_the_name_substituted_as_a_whole_word() -> None:
    targets = case(AnswerText(), 2, substitute=("Ann", "Mary"))
    assert judge(Kind.SPAN, targets, Answers(["Ann Lee", "Mary Lee"])).passed is True
    assert judge(Kind.SPAN, targets, Answers(["Anna Lee", "Mary Lee"])).passed is False
    assert judge(Kind.SPAN, targets, Answers(["Ann Lee", "Ann Lee"])).flipped is True


def test_numbers_differ_by_no_more_than_the_tolerance_and_do_not_flip() -> None:
    verdict = judge(Kind.REGRESS, case(Invariant(tolerance=0.5), 3), Answers([3.0, 3.4, 2.2]))
    assert [one.passed for one in verdict.results] == [True, True, False]
    assert verdict.flipped is None


def test_entities_are_carried_through_the_edits() -> None:
    tags = [("B-PER", "O", "B-LOC"), ("B-PER", "I-PER", "O", "O", "B-LOC")]
    edits = ((0, 1, ["Mary", "Ann"]), (1, 1, ["now"]))
    targets = [CaseTarget(expect=Invariant(), judged="all_but_first", edits=e) for e in (None, edits)]
    assert judge(Kind.TAG, targets, Answers(tags)).passed is True
    missed = [tags[0], ("B-PER", "O", "O", "O", "B-LOC")]
    verdict = judge(Kind.TAG, targets, Answers(missed))
    assert (verdict.passed, verdict.size) == (False, 2.0)


def test_a_case_with_an_answer_that_is_counted_as_wrong_fails() -> None:
    assert judge(CLASSIFY, case(Invariant(), 2), said("positive", "\x00")).passed is False


@pytest.mark.parametrize(("first", "second"), [(2.1, 2.2), (0.3, 0.2), (2.6, 2.7), (-0.1, 0.0), (1000.1, 1000.2)])
def test_numbers_that_are_a_tolerance_apart_in_decimals_are_not_further_apart(first: float, second: float) -> None:
    for expect in (Invariant(), Equals(), Monotonic(direction="up"), Monotonic(direction="down")):
        gold = first if isinstance(expect, Equals) else None
        answers = (second,) if gold is not None else (first, second)
        assert judge(Kind.REGRESS, case(expect, len(answers), gold=gold), Answers(answers)).passed, expect
    further = Answers((first, second + (second - first) / 100))
    assert judge(Kind.REGRESS, case(Invariant(), 2), further).passed is False
