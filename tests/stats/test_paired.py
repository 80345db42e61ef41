"""McNemar and Tango: published values, definitions, ends, and refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.errors import BenchwrightError
from benchwright.stats.paired import (
    mcnemar,
    score_statistic,
    tango,
    tango_bound,
    tango_p,
)

COUNTS = st.integers(1, 400).flatmap(
    lambda n: st.integers(0, n).flatmap(lambda b: st.tuples(st.just(b), st.integers(0, n - b), st.just(n)))
)


def test_published_examples():
    """Cavo 2012 and Bentur 2009, as in Fagerland, Lydersen and Laake, Statistical Analysis of Contingency Tables, chapter 8."""
    assert mcnemar(6, 16) == pytest.approx(0.052479, abs=1e-6)
    assert tango(6, 16, 161) == pytest.approx((-0.1240, -0.0054), abs=5e-5)
    assert tango(1, 7, 21) == pytest.approx((-0.517, -0.026), abs=5e-4)


@settings(max_examples=300, deadline=None)
@given(COUNTS, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_tango_solves_its_equation(counts, confidence):
    """At each end inside (-1, 1) the statistic is +-z; the estimate lies between; swapping models turns the sign."""
    from scipy.stats import norm

    b, c, n = counts
    low, high = tango(b, c, n, confidence)
    z = norm.ppf((1 + confidence) / 2)

    assert -1 <= low <= (b - c) / n <= high <= 1
    for end, wanted in ((low, z), (high, -z)):
        if abs(end) < 1 - 1e-9:
            assert score_statistic(float(b), float(c), n, end) == pytest.approx(wanted, abs=1e-6)
    assert tango(c, b, n, confidence) == pytest.approx((-high, -low), abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(COUNTS, st.floats(-0.9, 0.9))
def test_the_constrained_estimate_maximises_the_likelihood(counts, delta):
    """The statistic equals the one from a grid search for the share of c under the constraint, an independent way."""
    b, c, n = counts
    q = np.linspace(max(0.0, -delta), (1 - delta) / 2, 40_001)[1:-1]
    rest = np.maximum(1 - 2 * q - delta, 1e-300)
    with np.errstate(divide="ignore"):
        likelihood = b * np.log(q + delta) + c * np.log(q) + (n - b - c) * np.log(rest)
    best = q[np.argmax(likelihood)]
    expected = (b - c - n * delta) / np.sqrt(n * (2 * best + delta - delta**2))

    assert score_statistic(float(b), float(c), n, delta) == pytest.approx(expected, rel=0.03, abs=0.03)


@settings(max_examples=200, deadline=None)
@given(COUNTS, st.sampled_from([0.01, 0.05, 0.1]), st.floats(-0.95, 0.95))
def test_bound_and_p_agree(counts, alpha, delta0):
    """p is below alpha exactly where the one-sided bound is beyond delta0; bounds are the ends of 1 - 2 alpha."""
    b, c, n = counts
    low, high = tango_bound(b, c, n, alpha, "lower"), tango_bound(b, c, n, alpha, "upper")

    assert tango(b, c, n, 1 - 2 * alpha) == pytest.approx((low, high), abs=1e-12)
    if abs(low - delta0) > 1e-9:
        assert (tango_p(b, c, n, delta0, "greater") < alpha) == (low > delta0)
    if abs(high - delta0) > 1e-9:
        assert (tango_p(b, c, n, delta0, "less") < alpha) == (high < delta0)
    both = tango_p(b, c, n, delta0, "greater") + tango_p(b, c, n, delta0, "less")
    assert both == pytest.approx(1)


def test_without_discordant_pairs():
    """Agreement on all n items still leaves z^2 / (n + z^2); p is 1 for McNemar and 0.5 for the score test at 0."""
    z2 = 1.959963984540054**2

    assert mcnemar(0, 0) == 1.0
    assert tango(0, 0, 100) == pytest.approx((-z2 / (100 + z2), z2 / (100 + z2)))
    assert tango(0, 0, 1) == pytest.approx((-z2 / (1 + z2), z2 / (1 + z2)))
    assert tango_p(0, 0, 100, 0.0, "greater") == 0.5


def test_one_item_and_all_discordant():
    """One item decides nothing; all items for one side reach the end of the scale and not beyond."""
    low, high = tango(1, 0, 1)

    assert (low < 0, high) == (True, 1.0)
    assert tango(50, 0, 50)[1] == 1.0
    assert tango(0, 50, 50)[0] == -1.0
    assert 0.8 < tango(50, 0, 50)[0] < 1
    assert mcnemar(1, 0) == 1.0


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: mcnemar(-1, 2), "b"),
        (lambda: mcnemar(1, float("nan")), "c"),
        (lambda: mcnemar(1.5, 2), "b"),
        (lambda: tango(float("nan"), 0, 5), "b"),
        (lambda: tango(1, 1, float("inf")), "n"),
        (lambda: tango(3, 3, 5), "discordant"),
        (lambda: tango(0, 0, 0), "discordant"),
        (lambda: tango(1, 1, 5, confidence=95), "confidence"),
        (lambda: tango_bound(1, 1, 5, 0.05, "low"), "side"),
        (lambda: tango_bound(1, 1, 5, 0.5, "lower"), "alpha"),
        (lambda: tango_p(1, 1, 5, 1.0, "greater"), "delta0"),
    ],
)
def test_refusals_name_the_argument(call, name):
    """What cannot be computed is refused with the argument's name, never answered with NaN."""
    with pytest.raises(BenchwrightError, match=rf"\b{name}\b"):
        call()
