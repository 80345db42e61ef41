import numpy as np
import pytest

from benchwright.errors import BenchwrightError
from benchwright.stats.autocorrelation import lag_one, worth
from benchwright.stats.block_bootstrap import block_length, mean_interval, rate_interval


def chained(rng, n, rho):
    """AR(1) of mean 0 and variance 1."""
    noise, out = rng.normal(size=n), np.empty(n)
    out[0] = noise[0]
    for k in range(1, n):
        out[k] = rho * out[k - 1] + (1 - rho**2) ** 0.5 * noise[k]
    return out


def test_the_lag_one_correlation_is_that_of_the_series():
    rng = np.random.default_rng(5)
    assert lag_one([chained(rng, 20_000, 0.6)]) == pytest.approx(0.58, abs=0.03)  # of ranks: 6/pi asin(0.3) = 0.582
    assert abs(lag_one([rng.normal(size=20_000)])) < 0.03
    assert lag_one([[1.0, 2.0]]) is None
    assert lag_one([[1.0] * 9]) is None
    assert lag_one([[1.0, 2.0] * 200]) == pytest.approx(-1, abs=0.01)


def test_no_pair_reaches_from_one_process_into_the_next():
    rng = np.random.default_rng(6)
    parts = [rng.normal(size=200) for _ in range(50)]
    assert abs(lag_one(parts)) < 0.05
    assert lag_one([[1.0, 2.0, 3.0, 4.0]] * 100) == lag_one([[1.0, 2.0, 3.0, 4.0]])


def test_a_chain_is_worth_as_many_independent_samples_as_theory_says():
    rng = np.random.default_rng(7)
    found = np.median([worth([chained(rng, 4000, 0.6) <= 0]) for _ in range(20)])
    # the sign of AR(1) has autocorrelations 2/pi asin(0.6^k): 1 + 2 sum = 3.2
    time = 1 + 2 * sum(2 / np.pi * np.arcsin(0.6**k) for k in range(1, 200))
    assert found == pytest.approx(4000 / time, rel=0.15)


def test_independent_samples_keep_their_number():
    rng = np.random.default_rng(8)
    kept = [worth([rng.random(500) <= 0.9]) == 500 for _ in range(200)]
    assert np.mean(kept) >= 0.95


@pytest.mark.parametrize("rho", [0.0, 0.8])
def test_the_interval_of_a_mean_covers_it_where_neighbours_are_alike_too(rho):
    rng = np.random.default_rng(9)
    held = []
    for _ in range(200):
        found = mean_interval(chained(rng, 400, rho), resamples=300)
        held.append(found.low <= 0 <= found.high)
    assert np.mean(held) >= 0.88


@pytest.mark.parametrize(("n", "rho", "least"), [(8, 0.0, 0.93), (12, 0.5, 0.87), (50, 0.8, 0.85)])
def test_few_passes_that_resemble_their_neighbours_have_an_interval_that_knows_it(n, rho, least):
    """A block bootstrap of so few covers 63 % at n = 50 and 0.8."""
    rng, held = np.random.default_rng(13), []
    for _ in range(300):
        found = mean_interval(chained(rng, n, rho), resamples=200)
        held.append(found.low <= 0 <= found.high)
    assert np.mean(held) >= least


def test_fewer_than_six_samples_have_no_interval():
    none = mean_interval([1.0, 2.0, 3.0, 2.0, 1.0])
    assert none.low is None
    assert none.flags == ("5 of 6 samples for an interval",)
    assert rate_interval([1.0] * 5, 64).low is None


def test_a_rate_is_inputs_divided_by_seconds_and_its_ends_change_places():
    seconds = np.random.default_rng(10).normal(2.0, 0.1, 40)
    of_mean, of_rate = mean_interval(seconds), rate_interval(seconds, 64)
    assert (of_rate.low, of_rate.high) == (64 / of_mean.high, 64 / of_mean.low)
    assert of_rate.low < 32 < of_rate.high


def test_blocks_grow_where_neighbours_are_alike():
    rng = np.random.default_rng(11)
    assert block_length(rng.normal(size=1000)) == 10
    assert block_length(chained(rng, 1000, 0.9)) > 30


def test_equal_samples_have_an_interval_of_no_width():
    flat = mean_interval([0.5] * 30)
    assert (flat.low, flat.high) == (0.5, 0.5)


def test_what_is_no_number_is_refused():
    with pytest.raises(BenchwrightError, match="NaN"):
        mean_interval([1.0, float("nan")])


def test_a_million_samples_are_drawn_in_a_bounded_number_of_blocks():
    found = mean_interval(np.random.default_rng(12).normal(1, 0.1, 1_000_000), resamples=200)
    assert found.method == "block bootstrap, blocks of 500"
    assert found.low < 1 < found.high
    assert found.high - found.low == pytest.approx(4 * 0.1 / 1000, rel=0.3)


def test_a_rate_whose_times_reach_nought_says_that_its_interval_has_no_upper_end():
    """Of seven passes one takes a hundred times as long as the others."""
    found = rate_interval([0.1] * 6 + [10.0], 64)

    assert found.low is not None
    assert found.high is None
    assert "no upper end" in found.flags[0]
