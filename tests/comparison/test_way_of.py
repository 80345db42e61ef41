"""One rule says of two systems which one is better: that of verdicts, ranks and decisions."""

from dataclasses import dataclass

import pytest

from benchwright.comparison.difference import Difference, way_of
from benchwright.comparison.pairwise import leader
from benchwright.comparison.result import Pair
from benchwright.comparison.text import verdict_text
from benchwright.selection.uncertainty import ties

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


@pytest.mark.parametrize(
    ("low", "p", "p_adjusted", "taken_back"),
    [
        (0.01, 0.04, 0.2, True),
        (0.01, 0.04, 0.04, False),  # there is a difference
        (0.01, 0.06, 0.2, False),  # its own test told nothing apart either
        (-0.01, 0.04, 0.2, False),  # nor did its interval
        (0.01, None, None, False),
        (None, 0.04, 0.2, False),
    ],
)
def test_adjusting_takes_back_only_what_a_difference_says_by_itself(low, p, p_adjusted, taken_back):
    row = Difference(
        path="s/t", metric="accuracy@1", direction="higher", first="a", second="b", a=0.5, b=0.53, delta=0.03,
        low=low, high=0.05, p=p, p_adjusted=p_adjusted, method="", n=100, clusters=100,
    )  # fmt: skip
    assert row.is_taken_back is taken_back
    assert (verdict_text(row) == "not distinguishable once adjusted") is taken_back


@dataclass(frozen=True)
class Reading:
    """An estimate whose bounds and p are given, so that they may differ."""

    low: float
    level: float
    value: float = 0.03

    def bound(self, alpha, side):
        return self.low if side == "lower" else 0.05

    def p(self, delta0, tail):
        return self.level / 2 if tail == "greater" else 1 - self.level / 2


@pytest.mark.parametrize(
    ("low", "p", "is_tied"), [(0.01, 0.01, False), (-0.01, 0.01, True), (0.01, 0.2, True), (-0.01, 0.2, True)]
)
def test_a_model_is_tied_with_the_winner_of_a_selection_where_a_comparison_tells_them_not_apart(low, p, is_tied):
    found = ties(["small", "large"], 1, lambda one, other: Reading(low, p))
    assert found.tied.tolist() == [is_tied, True]
