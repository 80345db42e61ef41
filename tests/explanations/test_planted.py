"""A model that is known: one word decides. Methods must name it, chance must not; a model that reads nothing gives nothing."""

from __future__ import annotations

from typing import Any

import pytest
from tests.explanations.planted import TASK, WORD, items, presence, session_of, texts

from benchwright.explanations.explain import explain_items
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
