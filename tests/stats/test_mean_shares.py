"""Means of shares: the interval by hand, and how often it misses the truth, simulated.

``pytest -m soak tests/stats/test_mean_shares.py`` takes half a minute; `make test` runs the case at the limit.
"""

import numpy as np
import pytest
from scipy import stats

from benchwright.stats.mean_shares import PRIOR, mean_interval, mean_share


def test_items_that_flip_whole_have_wilsons_interval():
    """Five of fifty: Wilson with Student's t of 49 degrees of freedom; n / (n - 1) of the variance makes the effect 50 / 49."""
    found = mean_share(np.array([1.0] * 5 + [0.0] * 45))
    n, t = 49.0, stats.t.ppf(0.975, 49)
    centre = (0.1 + t**2 / (2 * n)) / (1 + t**2 / n)
    half = t / (1 + t**2 / n) * (0.1 * 0.9 / n + t**2 / (4 * n**2)) ** 0.5

    assert found.effect == pytest.approx(50 / 49)
    assert (found.interval().low, found.interval().high) == pytest.approx((centre - half, centre + half))


def test_a_share_of_many_variants_is_believed_as_far_as_items_show_it():
    """Ten items of 40 with one variant of ten: mean 0.025, variance between items 0.1^2 x 0.25 x 0.75 x 40 / 39 = 0.0019231; of all or
    nothing 0.025 x 0.975 = 0.024375: ratio 0.078896. Ten items against two of ratio one: (0.78896 + 2) / 12.
    """
    found = mean_share(np.array([0.1] * 10 + [0.0] * 30))

    assert found.effect == pytest.approx((10 * 0.0789 + PRIOR) / (10 + PRIOR), rel=1e-3)


def test_where_nothing_flips_the_interval_is_that_of_as_many_units():
    """Wilson at 0 of n: t^2 / (n + t^2)."""
    t = stats.t.ppf(0.975, 99)

    assert mean_share(np.zeros(100)).interval().low == 0
    assert mean_share(np.zeros(100)).interval().high == pytest.approx(t**2 / (100 + t**2))
    clustered = mean_share(np.zeros(100), np.repeat(np.arange(20), 5)).interval()
    t = stats.t.ppf(0.975, 19)
    assert clustered.high == pytest.approx(t**2 / (20 + t**2))


def test_items_of_one_cluster_count_as_one():
    """Each of ten clusters of five flips whole or not at all: effect five, times 10 / 9 of ten units."""
    found = mean_share(np.repeat([1.0, 0.0], [5, 45]), np.repeat(np.arange(10), 5))

    assert (found.items, found.units) == (50, 10)
    assert found.effect == pytest.approx(5 * 10 / 9)
    assert mean_share(np.ones(4), np.zeros(4, dtype=int)).interval().low is None


def test_a_mean_of_numbers_has_students_interval():
    """As scipy's one-sample interval."""
    values = np.array([0.1, -0.2, 0.3, 0.05, 0.4])
    value, found = mean_interval(values)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)

    assert value == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert mean_interval(np.zeros(5))[1].low is None


def misses(*, items, variants, truth, correlation, samples, seed):
    """Share of samples whose interval lies wholly below the truth, and wholly above."""
    rng = np.random.default_rng(seed)
    below = above = 0
    for _ in range(samples):
        chances = np.full(items, truth)
        if correlation:
            whole = 1 / correlation - 1
            chances = rng.beta(truth * whole, (1 - truth) * whole, items)
        found = mean_share(rng.binomial(variants, chances) / variants).interval()
        below += found.high < truth
        above += found.low > truth
    return below / samples, above / samples


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.8])
def test_at_the_limit_within_is_said_too_often_in_at_most_six_per_cent_of_samples(correlation):
    """Fifty items, five variants each."""
    below, above = misses(items=50, variants=5, truth=0.05, correlation=correlation, samples=500, seed=1)

    assert below <= 0.06
    assert above <= 0.06


def test_a_few_flips_of_many_variants_make_no_lower_bound_than_none():
    """One of fifty variants of each of fifty items: fifty items without a flip could hide more."""
    some, none = mean_share(np.full(50, 0.02)).interval(), mean_share(np.zeros(50)).interval()

    assert some.high >= none.high
    assert some.low < 0.02


@pytest.mark.parametrize(("items", "variants"), [(50, 10), (50, 100), (100, 10)])
def test_rare_items_that_flip_whole_are_not_hidden_by_common_small_flips(items, variants):
    """3 % flip whole, 2.06 % of the variants of all others: 5 % in all, the limit itself."""
    rng = np.random.default_rng(3)
    below = 0
    for _ in range(500):
        whole = rng.random(items) < 0.03
        shares = np.where(whole, 1.0, rng.binomial(variants, 0.0206, items) / variants)
        below += (mean_share(shares).interval().high or 0.0) <= 0.05

    assert below / 500 <= 0.06


@pytest.mark.soak
@pytest.mark.parametrize("items", [50, 100, 300, 1000])
@pytest.mark.parametrize("variants", [1, 2, 5, 12])
@pytest.mark.parametrize("truth", [0.02, 0.05, 0.15])
def test_both_misses_are_rare_whatever_the_variants(items, variants, truth):
    """Measured: below the truth at most 3.0 %, above it at most 5.6 % (fifty items, 2 %, where one flip decides)."""
    for correlation in (0.0, 0.5, 0.8) if variants > 1 else (0.0,):
        below, above = misses(
            items=items, variants=variants, truth=truth, correlation=correlation, samples=1500, seed=items + variants
        )

        assert below <= 0.06
        assert above <= 0.085 if items * truth < 2 else above <= 0.06
