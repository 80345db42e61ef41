"""Decisions from intervals and p-values, and that nothing passes because nothing is known."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchwright.errors import BenchwrightError
from benchwright.stats.noninferiority import QUESTIONS, decide, decide_p, draws_bound, draws_p
from benchwright.stats.paired import tango, tango_p


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


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(QUESTIONS),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(150, 2000),
    st.floats(0.001, 0.1),
)
def test_p_values_decide_like_bounds(kind, b, c, n, margin):
    """Score-test p-values and Tango's interval always give the same decision."""
    low, high = tango(b, c, n, 0.90)
    assume(min(abs(abs(end) - margin) for end in (low, high)) > 1e-9)
    above = tuple(tango_p(b, c, n, at, "greater") for at in (-margin, margin))
    below = tuple(tango_p(b, c, n, at, "less") for at in (-margin, margin))

    assert decide_p(kind, above, below, 0.05) == decide(kind, low, high, margin)


def test_draws_p_turns_draws_bound_round():
    """p is below alpha where the percentile bound is beyond delta0, and never 0."""
    draws = np.random.default_rng(0).normal(0.01, 0.01, 4999)
    for alpha in (0.01, 0.05, 0.2):
        low, high = draws_bound(draws, alpha, "lower"), draws_bound(draws, alpha, "upper")
        assert draws_p(draws, low, "greater") == pytest.approx(alpha, abs=1e-3)
        assert draws_p(draws, high, "less") == pytest.approx(alpha, abs=1e-3)
    assert draws_p(draws, -5.0, "greater") == 1 / 5000
    assert draws_p(np.zeros(100), -0.01, "greater") == 1.0


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
        (lambda: decide_p("superiority", (0.1, float("nan")), (0.1, 0.1), 0.05), "p_above"),
        (lambda: decide_p("superiority", (0.1, 0.1), (0.1, 1.1), 0.05), "p_below"),
        (lambda: draws_bound([], 0.05, "lower"), "draws"),
        (lambda: draws_p([float("nan")], 0.0, "less"), "draws"),
        (lambda: draws_p([0.1, 0.2], 0.0, "more"), "side"),
    ],
)
def test_refusals_name_the_argument(call, name):
    """NaN never decides."""
    with pytest.raises(BenchwrightError, match=rf"\b{name}\b"):
        call()
