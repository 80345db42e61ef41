"""The p of a difference between two sets is the share of partitions that show as large a one, ties counted."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test

from benchwright.errors import BenchwrightError
from benchwright.stats import partitions
from benchwright.stats.partitions import PartitionTest, partition_test

NUMBERS = st.lists(st.integers(-4, 4), min_size=1, max_size=5)


def by_hand(first, second):
    """All partitions, in fractions."""
    every = [Fraction(value) for value in (*first, *second)]
    seen = sum(every[: len(first)]) / len(first) - sum(every[len(first) :]) / len(second)
    hits = total = 0
    for chosen in combinations(range(len(every)), len(first)):
        one = sum(every[at] for at in chosen) / len(first)
        other = sum(every[at] for at in range(len(every)) if at not in chosen) / len(second)
        hits, total = hits + (one - other >= seen), total + 1
    return hits / total


@given(NUMBERS, NUMBERS)
def test_all_partitions_are_counted_with_their_ties(first, second):
    """Against fractions, in which nothing is rounded; thirds of numbers, whose sums are."""
    found = partition_test(np.array(first) / 3, np.array(second) / 3)
    assert found.exact
    assert found.p == pytest.approx(by_hand(first, second), abs=1e-12)


def test_exact_as_scipy():
    """On numbers without ties."""
    dice = np.random.default_rng(3)
    one, other = dice.normal(0.5, 1, 8), dice.normal(0, 1, 8)
    theirs = permutation_test(
        (one, other),
        lambda x, y, axis: x.mean(axis) - y.mean(axis),
        vectorized=True,
        n_resamples=np.inf,
        alternative="greater",
    )
    assert partition_test(one, other) == PartitionTest(p=pytest.approx(theirs.pvalue), partitions=12_870, exact=True)


def test_beyond_100_000_partitions_they_are_drawn():
    """Nine and nine are counted (48,620), ten and ten (184,756) drawn: near the exact p, the same at every call."""
    dice = np.random.default_rng(4)
    one, other = dice.normal(0.4, 1, 10), dice.normal(0, 1, 10)
    every = np.concatenate([one, other])
    sums = np.array([every[list(chosen)].sum() for chosen in combinations(range(20), 10)])
    exact = (sums >= one.sum() - 1e-9).mean()
    found = partition_test(one, other)

    assert partition_test(one[:9], other[:9]).exact
    assert (found.partitions, found.exact) == (100_000, False)
    assert abs(found.p - exact) < 4 * np.sqrt(exact * (1 - exact) / 100_000)
    assert partition_test(one, other) == found


def test_the_one_that_was_seen_counts_among_the_drawn():
    """However far apart the sets are, p is never 0; equal numbers tie everywhere."""
    far = partition_test(np.arange(30.0) + 100, np.arange(30.0))
    assert far.p == 1 / 100_000
    assert partition_test(np.ones(30), np.ones(30)).p == 1.0
    assert partitions.DRAWS + 1 == partitions.EXACT


@pytest.mark.parametrize("numbers", [[], [np.nan], [np.inf]])
def test_nothing_to_compare_is_refused(numbers):
    """An empty set, and numbers that are none."""
    with pytest.raises(BenchwrightError, match="cannot be compared by partitions"):
        partition_test(np.array(numbers), np.ones(2))
