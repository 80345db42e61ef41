"""Orders of words and their agreement, held against scipy and against counts by hand."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from benchwright.explanations.ranks import by_value, kendall_tau, top_overlap

few_values = st.lists(st.integers(-3, 3), min_size=2, max_size=30)


def test_tau_counts_concordant_pairs_less_discordant_ones():
    # Pairs: (1,2) agrees, (1,3) agrees, (2,3) does not.
    assert kendall_tau([1, 2, 3], [1, 3, 2]) == pytest.approx(1 / 3)
    assert kendall_tau([1, 2, 3], [3, 2, 1]) == -1.0


def test_ties_of_one_series_are_taken_from_its_pairs():
    # Of 3 pairs 2 are untied in the first and 3 in the second; both agree.
    assert kendall_tau([0, 0, 1], [1, 2, 3]) == pytest.approx(2 / np.sqrt(2 * 3))


@pytest.mark.parametrize("series", [([], []), ([1], [2]), ([1, 1, 1], [1, 2, 3]), ([1, 2, 3], [0, 0, 0])])
def test_tau_is_undefined_without_a_pair_that_both_order(series):
    assert kendall_tau(*series) is None


@given(few_values, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_tau_is_that_of_scipy_ties_and_all(values, draw):
    other = [draw.randint(-2, 2) for _ in values]
    expected = kendalltau(values, other).statistic
    found = kendall_tau(values, other)
    assert (found is None and np.isnan(expected)) or found == pytest.approx(expected, abs=1e-12)


def test_tau_of_more_words_than_are_held_at_a_time_is_that_of_scipy():
    rng = np.random.default_rng(5)
    one, other = rng.integers(0, 90, 700), rng.standard_normal(700)
    assert kendall_tau(one, other) == pytest.approx(kendalltau(one, other).statistic, abs=1e-12)


def test_words_of_equal_values_stand_in_no_preferred_order():
    rng = np.random.default_rng(0)
    first = [int(by_value([0.0, 1.0, 0.0, 0.0], rng)[1]) for _ in range(600)]
    assert set(first) == {0, 2, 3}
    assert min(first.count(place) for place in (0, 2, 3)) > 150
    assert all(by_value([3.0, 1.0, 2.0], rng).tolist() == [0, 2, 1] for _ in range(5))


def test_overlap_is_the_mean_over_all_ways_to_break_ties():
    one, other = [2, 1, 1, 0, 1], [0, 1, 1, 1, 2]

    def tops(values):
        orders = [order for order in permutations(range(5)) if all(values[a] >= values[b] for a, b in pairwise(order))]
        return [set(order[:2]) for order in orders]

    every = [len(a & b) / 2 for a in tops(one) for b in tops(other)]
    assert top_overlap(one, other, 2) == pytest.approx(sum(every) / len(every))
    assert top_overlap([3, 2, 1, 0], [3, 2, 0, 1], 2) == 1.0
    assert top_overlap([1, 2], [1, 2], 2) is None
