"""MLPerf's early stopping; expected counts are those of its rules (and the p99 counts of LoadGen's tests)."""

import numpy as np
import pytest
from scipy.stats import binom

from benchwright.errors import BenchwrightError
from benchwright.stats.early_stopping import estimate, is_shown, least_queries, most_over

TABLE = {
    1: {0.9: 64, 0.95: 130, 0.99: 662, 0.999: 6636},
    2: {0.9: 81, 0.95: 165, 0.99: 838, 0.999: 8403},
    10: {0.9: 197, 0.95: 398, 0.99: 2010, 0.999: 20140},
}


@pytest.mark.parametrize("over", TABLE)
def test_the_least_number_of_queries_is_that_of_the_table(over):
    assert {share: least_queries(over, share) for share in TABLE[over]} == TABLE[over]


def test_with_none_slow_p99_takes_459_queries():
    assert least_queries(0, 0.99) == 459
    assert 0.99**459 <= 0.01 < 0.99**458


@pytest.mark.parametrize("share", [0.9, 0.99])
def test_beta_and_binomial_are_the_same_test(share):
    for queries in (10, 64, 100, 662, 1000, 5000):
        over = most_over(queries, share)
        if over >= 0:
            assert binom.cdf(over, queries, 1 - share) <= 0.01 + 1e-12
            assert is_shown(queries, over, share)
        assert binom.cdf(over + 1, queries, 1 - share) > 0.01
        assert not is_shown(queries, over + 1, share)


def test_the_t_minus_one_slowest_are_dropped_and_the_slowest_left_is_told():
    values = np.random.default_rng(1).permutation(np.arange(1.0, 198.0))
    assert most_over(197, 0.9) == 10
    assert estimate([values], 0.9) == 188.0  # (q - t + 1)-th smallest of 197
    assert estimate([values[:100], values[100:]], 0.9) == 188.0
    assert estimate([np.arange(64.0)], 0.9) == 63.0


def test_below_one_query_that_may_be_slow_there_is_no_estimate():
    assert estimate([np.arange(63.0)], 0.9) is None
    assert estimate([np.arange(661.0)], 0.99) is None
    assert estimate([], 0.9) is None
    assert most_over(63, 0.9) == 0
    assert most_over(10, 0.9) == most_over(0, 0.9) == -1


def test_a_count_that_is_none_is_refused():
    with pytest.raises(BenchwrightError, match="whole number"):
        least_queries(-1, 0.9)
