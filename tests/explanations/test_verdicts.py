"""Verdicts over planted models: what names the word that decides is told from random attributions, and nothing is where no word counts."""

from __future__ import annotations

from typing import Any

import pytest
from tests.explanations.planted import TASK, items, presence, session_of, texts

from benchwright.explain_summaries import summarise
from benchwright.explanations.explain import explain_items
from benchwright.explanations.summary_lines import verdict
from benchwright.types import ExplainSpec, ExplanationSummary

METHODS = {"shap": 200, "lime": 300, "leave_one_out": 0, "random": 0}


def summary(method: str, logit: Any, number: int, **options: Any) -> ExplanationSummary:
    session = session_of(logit)
    spec = ExplainSpec(method=method, evaluations=METHODS[method], **options)
    given = items(session, texts(number, seed=3))
    found = list(explain_items(session, TASK, given, spec, seed=5))
    return summarise(
        found, spec=spec, task=TASK, model="planted", examples=[example for example, _ in given], base="planted/planted"
    )


@pytest.mark.parametrize("number", [30, pytest.param(500, marks=pytest.mark.soak)])
@pytest.mark.parametrize("method", METHODS)
def test_a_method_that_names_the_planted_word_is_told_from_random_and_chance_is_not(method: str, number: int) -> None:
    found = summary(method, presence, number)
    comprehensiveness, sufficiency, tau = found.faithfulness
    print(f"{method}: gap {comprehensiveness.gap:+.3f} [{comprehensiveness.low:+.3f}, {comprehensiveness.high:+.3f}]")
    assert found.is_distinguishable is (method != "random")
    if method == "random":
        assert comprehensiveness.low < 0 < comprehensiveness.high
        assert verdict(found) == "not distinguishable from random"
    else:
        # 1 / (1 + e^-10) falls to 1 / 2 without the word, in every bin; only the random half falls so at random.
        assert comprehensiveness.value == pytest.approx(0.5, abs=1e-4)
        assert sufficiency.value == pytest.approx(0, abs=1e-4)
        assert comprehensiveness.low > 0.25
        assert sufficiency.high < -0.2
        assert tau.low is None or tau.low > 0


@pytest.mark.parametrize("method", METHODS)
def test_a_model_that_ignores_its_input_has_no_explanation_that_is_told_from_random(method: str) -> None:
    found = summary(method, lambda text: 1.5, 12)
    assert found.is_distinguishable is False
    assert verdict(found) == "not distinguishable from random"
    assert [(one.gap, one.low, one.high) for one in found.faithfulness[:2]] == [(0.0, None, None)] * 2
    assert (found.faithfulness[2].value, found.faithfulness[2].undefined) == (None, 12)
    (told,) = [one for one in found.alarms if one.code == "no-better-than-random"]
    assert "no word that is taken away changes the number" in told.sentence


@pytest.mark.parametrize("method", ["lime", "leave_one_out"])
def test_an_explanation_does_not_change_when_it_is_judged(method: str) -> None:
    session = session_of(presence)
    given = items(session, texts(6))
    spec = ExplainSpec(method=method, evaluations=METHODS[method])
    judged = list(explain_items(session, TASK, given, spec, seed=5))
    bare = list(
        explain_items(
            session, TASK, given, ExplainSpec(method=method, evaluations=METHODS[method], faithfulness=False), seed=5
        )
    )
    assert [one.attributions[0].values for one in judged] == [one.attributions[0].values for one in bare]
    assert all(one.queries.judging == 0 for one in bare)
    assert all(
        one.queries.judging == one.queries.computed - other.queries.computed
        for one, other in zip(judged, bare, strict=True)
    )
