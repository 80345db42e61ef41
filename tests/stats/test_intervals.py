"""Wilson's interval, its clustered form, and intervals from draws."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.stats.intervals import (
    bca,
    expanded,
    percentile,
    share_interval,
    share_of,
    t_quantile,
    wilson,
    z_quantile,
)


@settings(deadline=None)
@given(st.integers(1, 5000), st.floats(0, 1), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilson_equals_scipy(trials, fraction, confidence):
    """Both ends equal those of scipy's binomial test."""
    from scipy.stats import binomtest

    hits = round(trials * fraction)
    expected = binomtest(hits, trials).proportion_ci(confidence, method="wilson")

    assert wilson(hits, trials, confidence) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_at_the_ends():
    """0 % and 100 % have an interval of positive width, nothing at all has the widest one."""
    low, high = wilson(100, 100)

    assert (round(low, 4), high) == (0.963, 1.0)
    assert wilson(0, 100) == (0.0, pytest.approx(1 - low))
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("trials", "worst"), [(20, 0.92), (50, 0.925), (200, 0.93), (1000, 0.935)])
def test_wilson_covers_by_exact_enumeration(trials, worst):
    """Summed over all outcomes, accuracy intervals cover 95 % on average and never far below."""
    from scipy.stats import binom

    ends = np.array([wilson(hits, trials) for hits in range(trials + 1)])
    truths = np.linspace(0.05, 0.95, 181)
    covers = (ends[:, 0] <= truths[:, None]) & (truths[:, None] <= ends[:, 1])
    chance = (covers * binom.pmf(np.arange(trials + 1), trials, truths[:, None])).sum(axis=1)

    assert chance.mean() == pytest.approx(0.95, abs=0.007)
    assert chance.min() > worst


def test_clustered_error_is_the_published_formula():
    """SE^2 = C/(C-1) * sum_c (sum of residuals)^2 / n^2 (arXiv 2411.00640, appendix A)."""
    hits, sizes = np.array([3.0, 0.0, 2.0, 1.0]), np.array([3.0, 2.0, 2.0, 3.0])
    mean, n = hits.sum() / sizes.sum(), sizes.sum()
    expected = math.sqrt(4 / 3 * ((hits - mean * sizes) ** 2).sum()) / n
    share = share_of(hits, sizes)

    assert share.se == pytest.approx(expected)
    assert (share.hits, share.trials, share.units, share.together) == (6, 10, 4, True)


def test_clusters_widen_the_interval():
    """Answers that agree within clusters of four are worth about a quarter as many independent ones."""
    hits = np.repeat([4.0, 0.0], [160, 40])
    clustered = share_interval(share_of(hits, np.full(200, 4.0)))
    low, high = wilson(160, 200, quantile=t_quantile(0.95, 199))

    assert clustered.method == "wilson-clustered"
    assert (clustered.low, clustered.high) == pytest.approx((low, high), abs=1e-3)


def test_perfect_clusters_count_as_units():
    """At 100 % the effective size is the number of clusters, and the error is not zero."""
    perfect = share_interval(share_of(np.full(50, 6.0), np.full(50, 6.0)))

    assert perfect.high == 1.0
    assert perfect.low == pytest.approx(wilson(50, 50, quantile=t_quantile(0.95, 49))[0])
    assert perfect.se > 0.005


def test_one_cluster_has_no_interval():
    """One cluster of many items says nothing about other clusters."""
    alone = share_interval(share_of(np.array([3.0]), np.array([5.0])))

    assert (alone.low, alone.high, alone.flags) == (None, None, ("one cluster: no interval",))


def test_quantiles_equal_scipy():
    """Normal and Student quantiles are scipy's."""
    from scipy.stats import norm, t

    assert z_quantile(0.9) == pytest.approx(norm.ppf(0.95))
    assert t_quantile(0.95, 7) == pytest.approx(t.ppf(0.975, 7))


def test_bca_equals_scipy():
    """BCa ends for a skewed mean agree with scipy's bootstrap to Monte-Carlo error."""
    from scipy.stats import bootstrap

    rng = np.random.default_rng(3)
    data = rng.gamma(0.7, size=60)
    theirs = bootstrap((data,), np.mean, n_resamples=40_000, method="BCa", rng=rng).confidence_interval
    draws = data[rng.integers(0, 60, (40_000, 60))].mean(axis=1)
    left_out = (data.sum() - data) / 59
    ours = bca(draws, data.mean(), left_out, np.ones(60, dtype=np.int64))

    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.05 * draws.std())


def test_expanded_tails_are_wider_for_small_samples():
    """The expanded interval holds the percentile one, and joins it as units grow."""
    draws = np.random.default_rng(0).normal(size=20_000)
    plain, small, large = percentile(draws), expanded(draws, 10), expanded(draws, 10**6)

    assert small[0] < plain[0] < plain[1] < small[1]
    assert large == pytest.approx(plain, abs=1e-3)


def test_bca_without_spread_is_the_percentile_interval():
    """All leave-one-out values equal and draws all on one side fall back instead of failing."""
    draws = np.linspace(0.1, 0.2, 100)

    assert bca(draws, 0.5, np.full(4, 0.5), np.ones(4, dtype=np.int64)) == percentile(draws)
