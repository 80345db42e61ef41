"""Holm and Benjamini-Hochberg: definitions, ties, refusals, and error rates."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.errors import BenchwrightError
from benchwright.stats.multiplicity import benjamini_hochberg, holm

PS = st.lists(st.sampled_from([0.0, 0.001, 0.01, 0.02, 0.03, 0.04, 0.2, 0.5, 1.0]) | st.floats(0, 1), max_size=30)


@settings(max_examples=300, deadline=None)
@given(PS, st.sampled_from([0.01, 0.05, 0.1]))
def test_rejections_are_those_of_the_stepwise_rules(ps, level):
    """Rejecting adjusted p <= level is the step-down and the step-up procedure, written as loops."""
    order, k = sorted(range(len(ps)), key=lambda i: ps[i]), len(ps)
    down = set()
    for rank, i in enumerate(order):
        if ps[i] * (k - rank) > level:
            break
        down.add(i)
    last = max((rank for rank, i in enumerate(order) if ps[i] * k / (rank + 1) <= level), default=-1)
    up = set(order[: last + 1])

    assert set(np.flatnonzero(holm(ps) <= level)) == down
    assert set(np.flatnonzero(benjamini_hochberg(ps) <= level)) == up


@settings(deadline=None)
@given(PS)
def test_adjusted_values_are_ordered_like_the_given_ones(ps):
    """Adjustment never shrinks a p, keeps order and ties, and stays within [p, 1]."""
    for adjust in (holm, benjamini_hochberg):
        adjusted, given_ = adjust(ps), np.array(ps)
        assert (adjusted >= given_ - 1e-15).all()
        assert (adjusted <= 1).all()
        order = np.argsort(given_, kind="stable")
        assert (np.diff(adjusted[order]) >= 0).all()
        for value in set(ps):
            assert np.ptp(adjusted[given_ == value]) == 0


def test_false_alarms_at_their_level():
    """40 true nulls: uncorrected rules fail in 87 % of runs, Holm in 5, Benjamini-Hochberg at 10 % in 10 (not 87)."""
    ps = np.random.default_rng(2).random((4000, 40))
    uncorrected = (ps.min(axis=1) < 0.05).mean()
    family = np.mean([holm(row).min() < 0.05 for row in ps])
    discovery = np.mean([benjamini_hochberg(row).min() < 0.10 for row in ps])

    assert uncorrected == pytest.approx(0.87, abs=0.02)
    assert family == pytest.approx(0.05, abs=0.012)
    assert discovery == pytest.approx(0.10, abs=0.016)


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_refusals(adjust):
    """NaN and numbers that are no probabilities are refused; nothing at all is nothing."""
    for bad in ([0.1, float("nan")], [1.2], [-0.1], [[0.1]]):
        with pytest.raises(BenchwrightError, match="p "):
            adjust(bad)
    assert adjust([]).size == 0
    assert adjust([0.03]).tolist() == [0.03]
