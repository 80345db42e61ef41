"""Draws that their key decides: every number once, all alike, and the same for ever."""

from collections import Counter
from itertools import islice, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.behaviour import Draws


@given(limit=st.integers(0, 60), key=st.text(max_size=5))
def test_distinct_draws_are_a_permutation(limit, key):
    drawn = list(Draws(key).distinct(limit))

    assert sorted(drawn) == list(range(limit))
    assert drawn == list(Draws(key).distinct(limit))


def test_all_orders_come_alike():
    counts = Counter(tuple(Draws("orders", seed).distinct(3)) for seed in range(3000))

    assert set(counts) == set(permutations(range(3)))
    assert all(420 <= count <= 580 for count in counts.values()), counts  # binomial(3000, 1/6), sd 20.4


def test_the_first_of_very_many_cost_little():
    drawn = list(islice(Draws("many").distinct(10**30), 1000))

    assert len(set(drawn)) == 1000
    assert max(drawn) > 10**29


def test_keys_are_told_apart():
    keys = [("a", "b"), ("ab",), ("b", "a"), ("a",), ("a", "b", "")]

    assert len({Draws(*key).below(10**9) for key in keys}) == len(keys)


def test_draws_are_what_they_were():
    """Suites that were written with a seed are written again the same: these values never change."""
    draws = Draws(0, "template", "{city}")

    assert [draws.below(1000) for _ in range(5)] == [773, 649, 851, 666, 740]


def test_nothing_is_drawn_of_nothing():
    with pytest.raises(ValueError, match="no whole number"):
        Draws("a").below(0)
