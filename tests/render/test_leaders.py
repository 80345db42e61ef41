"""Who leads: ties are no winners, and unlike items are not compared."""

from __future__ import annotations

from benchwright.render.grid import RankTier, rank_tiers
from benchwright.types import Score


def score(value, low=None, high=None, n=100):
    return Score(metric="score", value=value, low=low, high=high, n=n)


def test_separated_best():
    """The best score leads alone when no other interval reaches its own."""
    found = rank_tiers({0: score(0.9, 0.88, 0.92), 1: score(0.8, 0.78, 0.82)}, "higher")

    assert found == {0: RankTier.BEST, 1: RankTier.BEHIND}


def test_overlap_is_a_tie():
    """Overlapping intervals make both 'not separable', touching ends included."""
    found = rank_tiers({0: score(0.9, 0.82, 0.92), 1: score(0.8, 0.78, 0.82), 2: score(0.5, 0.4, 0.6)}, "higher")

    assert found == {0: RankTier.LEADING, 1: RankTier.NEAR, 2: RankTier.BEHIND}


def test_equal_scores_all_lead():
    """Equal best scores share the lead, also without intervals."""
    assert set(rank_tiers({0: score(0.5), 1: score(0.5)}, "higher").values()) == {RankTier.LEADING}


def test_lower_is_better():
    """For errors the smallest value leads."""
    assert rank_tiers({0: score(0.9, 0.8, 1.0), 1: score(0.1, 0.0, 0.2)}, "lower")[1] is RankTier.BEST


def test_no_interval_separates_nothing():
    """Without an interval nobody can be called separable."""
    assert rank_tiers({0: score(0.9, 0.88, 0.92), 1: score(0.1)}, "higher")[1] is RankTier.NEAR


def test_fewer_items_are_not_compared():
    """A score on fewer items never wins over one on all."""
    found = rank_tiers({0: score(0.99, 0.98, 1.0, n=10), 1: score(0.8, 0.7, 0.9), 2: score(0.7, 0.6, 0.8)}, "higher")

    assert found[0] is RankTier.FEWER
    assert found[1] is RankTier.LEADING


def test_alone_and_unknown():
    """One score, or a metric without agreed direction, has no leader; undefined scores have no tier."""
    assert rank_tiers({0: score(0.9)}, "higher") == {0: RankTier.ALONE}
    assert rank_tiers({0: score(0.9), 1: score(0.8)}, None) == {0: RankTier.ALONE, 1: RankTier.ALONE}
    assert rank_tiers({0: score(None), 1: score(float("nan"))}, "higher") == {}
