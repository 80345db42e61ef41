"""Percentiles with intervals by order statistics. Ranks and least counts are those of the table of the method, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from benchwright.errors import BenchwrightError
from benchwright.stats.order_statistics import named, nearest_rank, percentile_of, ranks, smallest_count

LEAST = {0.5: 6, 0.9: 36, 0.95: 72, 0.99: 368, 0.999: 3688}
RANKS = {
    (0.5, 1000): (469, 532),
    (0.9, 1000): (881, 919),
    (0.95, 1000): (936, 964),
    (0.99, 1000): (983, 997),
    (0.5, 10_000): (4902, 5099),
    (0.9, 10_000): (8941, 9059),
    (0.95, 10_000): (9457, 9543),
    (0.99, 10_000): (9880, 9920),
    (0.999, 10_000): (9983, 9997),
}


@pytest.mark.parametrize(("share", "least"), LEAST.items())
def test_an_interval_begins_at_the_smallest_count_of_the_table(share, least):
    assert smallest_count(share) == least
    assert share**least <= 0.025 < share ** (least - 1)


@pytest.mark.parametrize("given", RANKS)
def test_ranks_are_those_of_the_table(given):
    assert ranks(*given) == RANKS[given]


@given(st.sampled_from(sorted(LEAST)), st.integers(0, 20_000))
def test_each_tail_is_at_most_a_fortieth_and_the_next_rank_inwards_would_be_too_much(share, more):
    n = LEAST[share] + more
    low, high = ranks(share, n)
    assert 1 <= low < high <= n
    assert binom.cdf(low - 1, n, share) <= 0.025 * (1 + 1e-9) or low == 1
    assert binom.sf(high - 1, n, share) <= 0.025 * (1 + 1e-9)
    assert binom.cdf(low, n, share) > 0.025 * (1 - 1e-9)
    assert binom.sf(high - 2, n, share) > 0.025 * (1 - 1e-9)


@pytest.mark.parametrize(("share", "least"), [(0.5, 6), (0.9, 36), (0.95, 72), (0.99, 368)])
def test_a_percentile_is_refused_below_the_smallest_count_and_told_from_it_on(share, least):
    few = percentile_of([np.arange(least - 1.0)], share)
    assert few.value is few.low is few.high is None
    assert f"takes {least} or more" in few.reason
    assert named(share) in few.reason
    values = np.random.default_rng(3).permutation(least) * 1.0
    enough = percentile_of([values], share)
    assert enough.low <= enough.value <= enough.high == least - 1


def test_ten_samples_have_a_median_and_no_other_percentile():
    ten = [[3.0, 1.0, 2.0, 10.0, 9.0, 8.0, 5.0, 7.0, 4.0, 6.0]]
    median = percentile_of(ten, 0.5)
    assert (median.value, median.low, median.high) == (5.0, 2.0, 9.0)
    assert all(percentile_of(ten, share).value is None for share in (0.9, 0.95, 0.99))


def test_the_pooled_p99_is_that_of_the_samples_together_not_a_mean_of_percentiles():
    rng = np.random.default_rng(0)
    slow, fast = rng.exponential(10, 1000), rng.exponential(1, 3000)
    pooled = percentile_of([slow, fast], 0.99)
    together = np.sort(np.concatenate([slow, fast]))
    assert pooled.value == together[3960 - 1]
    mean_of_two = (np.quantile(slow, 0.99) + np.quantile(fast, 0.99)) / 2
    assert not pooled.low <= mean_of_two <= pooled.high


def test_a_value_is_a_sample_that_was_taken():
    assert [nearest_rank(share, 100) for share in (0.07, 0.5, 0.9, 0.99)] == [7, 50, 90, 99]
    assert nearest_rank(0.5, 1) == 1


def test_samples_worth_too_little_refuse_the_percentile_and_say_why():
    runs = np.repeat(np.random.default_rng(2).normal(size=20), 5)  # 100 samples, 20 different ones
    refused = percentile_of([runs], 0.9)
    assert refused.value is None
    assert "resemble their neighbours" in refused.reason
    assert refused.worth < 36 < refused.n
    median = percentile_of([runs], 0.5)
    wider = ranks(0.5, 100)
    assert median.high - median.low > np.sort(runs)[wider[1] - 1] - np.sort(runs)[wider[0] - 1]
    assert median.lag1 > 0.5
    assert f"lag-1 correlation {median.lag1:.2f}): 100 are worth {median.worth}" in median.reason


def test_samples_that_are_all_equal_have_an_interval_of_no_width():
    constant = percentile_of([np.full(400, 0.02)], 0.99)
    assert (constant.value, constant.low, constant.high, constant.lag1) == (0.02, 0.02, 0.02, None)
    assert constant.half_width == 0


def test_rounding_of_a_clock_that_counts_up_is_no_likeness_of_neighbours():
    readings = np.cumsum(np.full(401, 0.01))
    found = percentile_of([np.diff(readings)], 0.5)
    assert found.value == pytest.approx(0.01)
    assert found.worth == 400


@given(
    st.lists(st.floats(1e-6, 1e3), min_size=36, max_size=400), st.sampled_from([1e-3, 1.0, 1e3]), st.integers(0, 400)
)
def test_units_and_the_split_into_processes_change_nothing_but_what_neighbours_are_worth(values, unit, cut):
    whole = percentile_of([values], 0.9)
    scaled = percentile_of([[value * unit for value in values]], 0.9)
    parts = percentile_of([values[:cut], values[cut:]], 0.9)
    assert whole.worth <= whole.n == scaled.n == parts.n == len(values)
    if whole.value is not None and scaled.value is not None:
        assert scaled.value == pytest.approx(whole.value * unit)
        assert whole.low <= whole.value <= whole.high
        assert whole.value in values
    if whole.value is not None and parts.value is not None:
        assert parts.value == whole.value


def test_what_is_no_number_is_refused():
    with pytest.raises(BenchwrightError, match="NaN"):
        percentile_of([[1.0, float("nan")]], 0.5)
    with pytest.raises(BenchwrightError, match="share"):
        percentile_of([[1.0]], 90)
    assert percentile_of([], 0.5).reason.startswith("0 samples")
