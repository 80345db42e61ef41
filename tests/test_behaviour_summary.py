"""Rates by test, capability and type, against counts made by hand and against the scores of slices; failing cases in order."""

from __future__ import annotations

from typing import Any

import pytest

from benchwright import registry
from benchwright.behaviour.card import make_card
from benchwright.behaviour_summary import failing_cases, summarise
from benchwright.score import score_slices
from benchwright.types import Kind, Label, Record, Source

NAMES = ("negative", "neutral", "positive")
CARD = make_card(
    kind=Kind.CLASSIFY,
    name="t",
    splits={"test": Source(package="x:y.jsonl")},
    inputs=("text",),
    labels=[Label(name=name, id=at) for at, name in enumerate(NAMES)],
)
MFT = {"expect": {"kind": "equals"}, "gold": "negative", "description": "a negated good word"}
INV = {"expect": {"kind": "invariant"}, "judged": "all_but_first"}


def example(
    case: str, target: dict[str, Any], scores: tuple[float, ...] | None, cluster: str | None = None, **more: Any
) -> Record:
    test = case.partition("/")[0]
    capability, kind = {"not": ("Negation", "MFT"), "typos": ("Robustness", "INV"), "names": ("Robustness", "INV")}[
        test
    ]
    output = None if scores is None else NAMES[max(range(3), key=scores.__getitem__)]
    return Record(
        id=f"t/{case}/{len(more)}{scores}",
        target=target,
        output=output,
        scores=scores,
        error="no answer" if scores is None else None,
        slices={"test": test, "capability": capability, "type": kind},
        cluster=cluster or case,
        group=case,
        **more,
    )


NEGATIVE, POSITIVE, NEARLY = (0.9, 0.05, 0.05), (0.05, 0.05, 0.9), (0.48, 0.04, 0.48001)
RECORDS = [
    *(example(f"not/{at}", MFT, NEGATIVE, f"template {at % 2}") for at in range(4)),
    example("not/4", MFT, POSITIVE, "template 0"),
    example("not/5", MFT, (0.4, 0.0, 0.6), "template 1"),
    example("not/6", MFT, None, "template 1"),
    example("not/7", MFT, POSITIVE, "template 1", extra={"lacks": True}),
    *(example("typos/0", INV, scores) for scores in (POSITIVE, POSITIVE, (0.5, 0.05, 0.45))),
    *(example("typos/1", INV, scores) for scores in ((0.47, 0.03, 0.5), (0.5, 0.03, 0.47))),
    *(example("names/0", INV, scores) for scores in (NEGATIVE, NEGATIVE)),
]


def test_cases_are_counted_by_test_by_hand() -> None:
    found = {one.name: one for one in summarise(CARD, RECORDS).tests}
    negation = found["not"]
    assert (negation.cases, negation.applicable, negation.not_applicable, negation.errored) == (8, 6, 1, 1)
    assert (negation.failures, negation.rate) == (2, 2 / 6)
    assert (negation.type, negation.capability, negation.description) == ("MFT", "Negation", "a negated good word")
    typos = found["typos"]
    assert (typos.failures, typos.rate, typos.flips, typos.flip_rate) == (1, 0.5, 2, 1.0)
    assert found["names"].rate == 0.0


def test_capabilities_types_and_the_matrix_add_up() -> None:
    found = summarise(CARD, RECORDS)
    assert {one.capability: (one.failures, one.applicable) for one in found.capabilities} == {
        "Negation": (2, 6),
        "Robustness": (1, 3),
    }
    assert {one.type: (one.failures, one.applicable) for one in found.types} == {"MFT": (2, 6), "INV": (1, 3)}
    assert [(one.capability, one.type, one.failures) for one in found.matrix] == [
        ("Negation", "MFT", 2),
        ("Robustness", "INV", 1),
    ]


def test_rate_and_interval_of_a_test_are_those_of_its_slice() -> None:
    scores = score_slices(CARD, RECORDS, [registry.get("metrics", "failure_rate")])
    by_slice = {
        score.slice: (score.value, score.low, score.high) for score in scores if score.metric == "failure_rate@1"
    }
    summary = summarise(CARD, RECORDS)
    for test in summary.tests:
        assert (test.rate, test.low, test.high) == by_slice[f"test={test.name}"]
    for one in summary.capabilities:
        assert (one.rate, one.low, one.high) == by_slice[f"capability={one.capability}"]


def test_nothing_applicable_gives_no_rate() -> None:
    (test,) = summarise(CARD, [example("not/7", MFT, POSITIVE, extra={"lacks": True})]).tests
    assert (test.rate, test.low, test.high, test.not_applicable) == (None, None, None, 1)


def test_failing_cases_come_largest_failure_first_with_all_their_variants() -> None:
    found = failing_cases(CARD, RECORDS)
    assert [one.case for one in found] == ["not/4", "not/5", "typos/0"]
    assert [one.size for one in found] == pytest.approx([0.9, 0.6, 0.45])
    variants = found[2].examples
    assert [(one.judged, one.result.passed) for one in variants] == [(False, True), (True, True), (True, False)]


def test_failing_cases_of_one_capability_take_texts_by_id() -> None:
    texts = {record.id: {"text": record.id} for record in RECORDS}
    (found,) = failing_cases(CARD, RECORDS, texts, capability="Robustness", most=5)
    assert found.examples[0].inputs == {"text": found.examples[0].record.id}
