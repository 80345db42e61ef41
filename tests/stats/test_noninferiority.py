"""Decisions from intervals, and that nothing passes because nothing is known."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.errors import BenchwrightError
from benchwright.stats.difference import QUESTIONS, decide


@pytest.mark.parametrize(
    ("kind", "low", "high", "decision"),
    [
        ("noninferiority", -0.005, 0.02, "pass"),
        ("noninferiority", -0.01, 0.02, "inconclusive"),  # at the margin is not above it
        ("noninferiority", -0.03, 0.02, "inconclusive"),
        ("noninferiority", -0.03, -0.005, "inconclusive"),  # worse for sure, but perhaps within the margin
        ("noninferiority", -0.03, -0.01, "inconclusive"),
        ("noninferiority", -0.03, -0.011, "fail"),
        ("superiority", 0.011, 0.02, "pass"),
        ("superiority", 0.005, 0.02, "inconclusive"),
        ("superiority", 0.0, 0.009, "fail"),
        ("equivalence", -0.009, 0.009, "pass"),
        ("equivalence", -0.009, 0.011, "inconclusive"),
        ("equivalence", 0.011, 0.03, "fail"),
        ("equivalence", -0.03, -0.011, "fail"),
    ],
)
def test_decisions_at_a_margin_of_one_point(kind, low, high, decision):
    """Pass above the margin, fail below, inconclusive between."""
    assert decide(kind, low, high, 0.01) == decision


@settings(deadline=None)
@given(st.sampled_from(QUESTIONS), st.floats(-0.2, 0.2), st.floats(-0.2, 0.2), st.floats(0.001, 0.1))
def test_an_unknown_end_never_decides(kind, one, other, margin):
    """Without bounds nothing is decided; without the lower one nothing passes, except what needs no lower one."""
    low, high = min(one, other), max(one, other)

    assert decide(kind, None, None, margin) == "inconclusive"
    assert decide(kind, None, high, margin) != "pass"
    assert decide(kind, low, None, margin) in (decide(kind, low, max(high, 1.0), margin), "inconclusive")


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: decide("better", 0.0, 1.0, 0.1), "kind"),
        (lambda: decide("noninferiority", float("nan"), 1.0, 0.1), "low"),
        (lambda: decide("noninferiority", 0.0, float("nan"), 0.1), "high"),
        (lambda: decide("noninferiority", 1.0, 0.0, 0.1), "low"),
        (lambda: decide("noninferiority", 0.0, 1.0, -0.1), "margin"),
        (lambda: decide("noninferiority", 0.0, 1.0, float("nan")), "margin"),
        (lambda: decide("noninferiority", 0.0, 1.0, float("inf")), "margin"),
        (lambda: decide("equivalence", 0.0, 1.0, 0.0), "margin"),
    ],
)
def test_refusals_name_the_argument(call, name):
    """NaN never decides."""
    with pytest.raises(BenchwrightError, match=rf"\b{name}\b"):
        call()
