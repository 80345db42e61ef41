"""Failure rate and flip rate over columns: denominators, counts, notes, alarms, limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchwright import registry
from benchwright.behaviour.card import make_card
from benchwright.errors import BenchwrightError
from benchwright.metrics.alarms import alarms
from benchwright.metrics.behaviour import case_verdicts, failure_rate, flip_rate
from benchwright.metrics.columns import Columns
from benchwright.metrics.gathering import gather
from benchwright.planning.first_examples import first_examples
from benchwright.score import score_columns
from benchwright.testing.fixtures import build_task
from benchwright.types import Example, Kind, Label, Record, Source

NAMES = ("negative", "positive")
CARD = make_card(
    kind=Kind.CLASSIFY,
    name="t",
    splits={"test": Source(package="p:x.jsonl")},
    inputs=("text",),
    labels=tuple(Label(name=name, id=at) for at, name in enumerate(NAMES)),
)
INV: dict[str, Any] = {"expect": {"kind": "invariant"}, "judged": "all_but_first"}
NEGATIVE: dict[str, Any] = {"expect": {"kind": "equals"}, "gold": "negative"}
POSITIVE: dict[str, Any] = {"expect": {"kind": "equals"}, "gold": "positive"}


def columns(*cases: tuple[dict[str, Any], list[Any]], lacks: list[bool] | None = None) -> Columns:
    """Columns of cases, each a target with the answers, or the P(positive), of its examples."""
    targets = [target for target, said in cases for _ in said]
    groups: list[str | None] = [f"test/{at}" for at, (_, said) in enumerate(cases) for _ in said]
    answers = [one for _, said in cases for one in said]
    if isinstance(answers[0], str):
        return Columns(CARD, targets, answers, group=groups, clusters=groups, lacks=lacks or [])
    outputs = [NAMES[one > 0.5] for one in answers]
    scores = np.array([(1 - one, one) for one in answers])
    return Columns(CARD, targets, outputs, scores, group=groups, clusters=groups, lacks=lacks or [])


def test_what_does_not_apply_leaves_the_denominator() -> None:
    found = columns(
        (NEGATIVE, ["positive"]), (NEGATIVE, ["negative"]), (NEGATIVE, ["positive"]), lacks=[False, False, True]
    )
    (score, _) = score_columns(found, [failure_rate])
    assert (score.value, score.n, score.counts) == (0.5, 2, {"applicable": 2, "not applicable": 1})


def test_nothing_that_applies_gives_no_rate_and_says_so() -> None:
    found = columns((NEGATIVE, ["positive"]), (NEGATIVE, ["negative"]), lacks=[True, True])
    (score, _) = score_columns(found, [failure_rate])
    assert score.value is None
    assert [one.sentence for one in score.alarms] == ["undefined: none of 2 cases is applicable"]


def test_a_flip_within_the_tolerance_passes_and_stands_in_the_flip_rate() -> None:
    found = columns((INV, [0.54, 0.48]), (INV, [0.9, 0.3]), (INV, [0.9, 0.95]), (NEGATIVE, [0.2]))
    assert failure_rate.value(found) == 1 / 4
    assert flip_rate.value(found) == 2 / 3
    assert case_verdicts(found).flipped.tolist() == [1, 1, 0, -1]


def test_scores_that_are_no_probabilities_count_for_nothing_and_a_note_says_so() -> None:
    found = columns((INV, [0.54, 0.48]), (INV, [0.9, 0.95]))
    assert found.scores is not None
    logits = Columns(CARD, found.targets, found.outputs, found.scores * 4, group=found.group, clusters=found.clusters)
    assert failure_rate.value(found) == 0.0
    assert failure_rate.value(logits) == 0.5
    told = [one.sentence for one in score_columns(logits, [failure_rate])[0].alarms]
    assert "labels alone decide where a test asks how probabilities move: its scores are no probabilities" in told


def test_a_model_without_scores_is_told_of_where_probabilities_are_asked_for_alone() -> None:
    asked, not_asked = columns((INV, ["positive", "positive"])), columns((NEGATIVE, ["positive"]))
    assert [one for one in failure_rate.flags(asked) if "gives no scores" in one]
    assert not failure_rate.flags(not_asked)


def test_the_same_answer_everywhere_is_an_alarm_though_every_invariance_passes() -> None:
    found = columns(*[(INV, ["positive"] * 3)] * 20, *[(NEGATIVE, ["positive"])] * 10)
    assert failure_rate.value(found) == 10 / 30
    assert [(one.code, one.sentence) for one in alarms(found, CARD)] == [("constant", "every prediction is 'positive'")]


def test_the_one_answer_that_a_suite_expects_is_no_alarm() -> None:
    assert alarms(columns(*[(NEGATIVE, ["negative"])] * 20), CARD) == ()


@pytest.mark.parametrize("seed", range(5))
def test_right_exchanged_and_shifted_answers_raise_no_other_alarm(seed: int) -> None:
    """What is expected is no gold answer: a suite that a model masters, or fails wholly, says nothing of its file."""
    dice = np.random.default_rng(seed)
    golds = [(NEGATIVE, POSITIVE)[at] for at in dice.integers(0, 2, 200)]
    right = [target["gold"] for target in golds]
    wrong = ["negative" if gold == "positive" else "positive" for gold in right]
    for answers in (right, wrong, [*right[1:], right[0]]):
        assert alarms(columns(*((target, [said]) for target, said in zip(golds, answers, strict=True))), CARD) == ()


def test_a_limit_that_cuts_a_case_leaves_it_out() -> None:
    examples = tuple(
        Example(id=f"t/{at}", index=at, inputs={"text": "x"}, target=INV, group=f"test/{at // 2}") for at in range(6)
    )
    records = [
        Record(id=one.id, target=one.target, output="positive", group=one.group) for one in first_examples(examples, 5)
    ]
    found = gather(CARD, records).columns
    (score, _) = score_columns(found, [failure_rate])
    assert score.n == 2
    assert "left out: 1 example of cases that lack an answer or were cut off" in [one.sentence for one in score.alarms]


def test_failure_rate_is_one_quantity_lower_is_better() -> None:
    quantity = registry.get("metrics", "failure_rate").quantity
    assert (quantity.direction, quantity.low, quantity.high, quantity.unit) == ("lower", 0.0, 1.0, "fraction")


def test_an_ordinary_task_has_no_failure_rate() -> None:
    with pytest.raises(BenchwrightError, match="no task of behavioural tests"):
        case_verdicts(Columns(build_task(labels=NAMES), ["negative"], ["negative"]))
