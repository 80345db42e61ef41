"""How methods are called, and what is said of how far they can be believed."""

from __future__ import annotations

import pytest

from benchwright.report_content.explanation_verdicts import titles_of, trust_of, verdict_of
from benchwright.types import ExplainSpec, ExplanationSummary, FaithfulnessScore


def summary(method="shap", *, attachment="a", told=None, gap=(0.1, 0.2), **spec):
    """A summary with an interval of the gap of comprehensiveness."""
    score = FaithfulnessScore(
        metric="comprehensiveness", value=0.3, random=0.1, gap=0.2, low=gap[0], high=gap[1], n=40, undefined=0
    )
    return ExplanationSummary(
        model="m",
        method=method,
        base="s/t",
        split="test",
        key="k",
        attachment=attachment,
        spec=ExplainSpec(method=method, **spec),
        ids=(),
        chosen="",
        items=40,
        failed=0,
        empty=0,
        targets=40,
        scale="probability",
        removal="delete",
        faithfulness=(score,),
        is_distinguishable=told,
    )


@pytest.mark.parametrize(
    ("told", "gap", "trust", "words"),
    [
        (True, (0.1, 0.2), "more", "better than random"),
        (False, (-0.1, 0.2), "same", "not distinguishable from random"),
        (False, (-0.3, -0.2), "less", "worse than random"),
        (None, (None, None), "unknown", "too few items to tell"),
    ],
)
def test_a_method_is_better_worse_or_not_told_apart_from_random(told, gap, trust, words):
    one = summary(told=told, gap=gap)
    assert (trust_of(one), verdict_of(one)) == (trust, words)


def test_random_values_are_the_baseline_and_their_verdict_is_a_check():
    one = summary("random", told=False, gap=(-0.1, 0.1))
    assert (trust_of(one), verdict_of(one)) == ("baseline", "a check: not distinguishable from random")


def test_one_method_with_two_sets_of_options_is_called_by_those_that_differ():
    several = [
        summary("lime", attachment="lime-1", evaluations=50, seeds=2),
        summary("lime", attachment="lime-2", seeds=2),
        summary("shap", attachment="shap-1", evaluations=70),
    ]
    assert titles_of(several) == {
        "lime-1": "LIME, evaluations 50",
        "lime-2": "LIME, evaluations default",
        "shap-1": "SHAP",
    }
