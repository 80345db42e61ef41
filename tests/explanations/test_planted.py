"""A model that is known: one word decides. Methods must name it, chance must not; a model that reads nothing gives nothing."""

from __future__ import annotations

import random
from typing import Any

import pytest
from tests.explanations.planted import TASK, WORD, items, presence, session_of, texts

from benchwright.explain_summaries import summarise
from benchwright.explanations.explain import explain_items
from benchwright.explanations.summary_lines import verdict
from benchwright.types import ExplainSpec, Explanation

OPTIONS: dict[str, dict[str, Any]] = {
    "shap": {"evaluations": 200},
    "lime": {"evaluations": 300},
    "leave_one_out": {},
    "random": {},
}


def explained(method: str, logit: Any, said: list[str], **options: Any) -> list[Explanation]:
    session = session_of(logit)
    return list(explain_items(session, TASK, items(session, said), ExplainSpec(method=method, **options), seed=0))


def named_first(method: str, number: int) -> float:
    """Share of texts in which the planted word has the highest value."""
    said = texts(number)
    first = 0
    for text, found in zip(said, explained(method, presence, said, **OPTIONS[method]), strict=True):
        assert found.error is None
        (one,) = found.attributions
        top = found.words[max(range(len(one.values)), key=one.values.__getitem__)]
        first += text[top.start : top.end] == WORD
    return first / number


@pytest.mark.parametrize(
    "number",
    [25, pytest.param(500, marks=pytest.mark.soak)],
)
@pytest.mark.parametrize("method", list(OPTIONS))
def test_a_planted_word_is_named_first_and_not_by_chance(method: str, number: int) -> None:
    share = named_first(method, number)
    print(f"{method}: the planted word comes first in {share:.1%} of {number} texts")
    assert share <= 0.25 if method == "random" else share >= 0.99


@pytest.mark.parametrize("method", ["shap", "lime", "leave_one_out"])
def test_a_model_that_reads_nothing_gives_every_word_the_same(method: str) -> None:
    for found in explained(method, lambda text: 1.5, texts(4), **OPTIONS[method]):
        (one,) = found.attributions
        assert one.values == pytest.approx([0.0] * len(one.values), abs=1e-12)


def test_a_model_that_draws_its_numbers_makes_no_method_better_than_random() -> None:
    # Methods and judge share the numbers that were drawn: words that were drawn low are named, and found low again.
    draw = random.Random(0)
    said = texts(20)
    session = session_of(lambda text: draw.gauss(0, 1))
    for method in ("shap", "lime", "leave_one_out"):
        spec = ExplainSpec(method=method, evaluations=OPTIONS[method].get("evaluations", 0) and 60)
        pairs = items(session, said)
        found = list(explain_items(session, TASK, pairs, spec, seed=0, scores="probabilities"))
        told = summarise(found, spec=spec, task=TASK, model="dice", examples=[one for one, _ in pairs], base="s/t")
        assert told.is_distinguishable is not True, method
        assert told.drift > 0.05
        if told.is_distinguishable is None:
            assert verdict(told) == "not told: the model varies"
            assert "not-repeated" in [one.code for one in told.alarms]


def test_a_model_that_repeats_its_numbers_is_told_from_random_as_before() -> None:
    said = texts(20)
    session = session_of(presence)
    pairs = items(session, said)
    spec = ExplainSpec(method="leave_one_out")
    found = list(explain_items(session, TASK, pairs, spec, seed=0, scores="probabilities"))
    told = summarise(found, spec=spec, task=TASK, model="word", examples=[one for one, _ in pairs], base="s/t")
    assert (told.is_distinguishable, told.drift, verdict(told)) == (True, 0.0, "better than random")
