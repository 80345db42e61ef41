"""One rule says of two systems which one is better: that of verdicts, ranks and decisions."""

import pytest

from benchwright.comparison.difference import Difference, way_of
from benchwright.comparison.pairwise import leader
from benchwright.comparison.result import Pair

BY_HAND = [
    (0.01, 0.05, 0.01, 1),
    (-0.05, -0.01, 0.01, -1),
    (0.01, 0.05, 0.2, 0),  # p alone says no
    (-0.01, 0.05, 0.01, 0),  # the interval alone says no
    (0.0, 0.05, 0.01, 0),  # an end at 0 excludes nothing
    (None, None, 0.01, 0),
    (float("nan"), float("nan"), 0.01, 0),
]


@pytest.mark.parametrize(("low", "high", "p", "way"), BY_HAND)
def test_a_difference_is_there_where_both_interval_and_p_say_so(low, high, p, way):
    assert way_of(low, high, p, level=0.05) == way


@pytest.mark.parametrize(("low", "high", "p", "way"), BY_HAND)
def test_a_row_and_the_decision_say_the_same(low, high, p, way):
    """The verdict of a row and the pair that decisions, ranks and fronts rest on."""
    delta = 0.03 if way >= 0 else -0.03
    row = Difference(
        path="s/t", metric="accuracy@1", direction="higher", first="a", second="b", a=0.5, b=0.5 + delta, delta=delta,
        low=low, high=high, p=0.001, p_adjusted=p, method="", n=100, clusters=100,
    )  # fmt: skip
    pair = Pair(metric="accuracy", first="a", second="b", delta=delta, p=0.001, p_adjusted=p, low=low, high=high)
    assert leader(pair, level=0.05, higher=True) == {1: "b", -1: "a", 0: ""}[way]
    assert row.verdict == {1: "better", -1: "worse", 0: "not distinguishable"}[way]
    assert row.is_real is bool(way)


def test_nothing_is_decided_where_nothing_was_tested():
    pair = Pair(metric="accuracy", first="a", second="b", delta=0.1, p=None, low=0.05, high=0.15)
    assert leader(pair, level=0.05, higher=True) == ""
