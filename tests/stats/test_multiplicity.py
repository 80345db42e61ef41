"""Many results at once: Holm, Benjamini-Hochberg, and scores of slices shrunk to their mean."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchwright.errors import BenchwrightError
from benchwright.stats.multiplicity import benjamini_hochberg, holm, shrink

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


SLICES = st.lists(st.tuples(st.floats(0, 1), st.floats(0.005, 0.3)), min_size=1, max_size=20)


@settings(max_examples=200, deadline=None)
@given(SLICES)
def test_tau_solves_its_equation(slices):
    """Weights are tau^2 / (tau^2 + SE^2); at tau the weighted squares sum to s - 1, or are below it at 0."""
    scores, errors = np.array(slices).T
    found = shrink(scores, errors)
    precision = 1 / (found.tau**2 + errors**2)
    excess = (precision * (scores - (precision @ scores) / precision.sum()) ** 2).sum() - (len(scores) - 1)

    assert found.weights == pytest.approx(found.tau**2 * precision)
    assert found.values == pytest.approx(found.weights * scores + (1 - found.weights) * found.centre)
    assert excess == pytest.approx(0, abs=1e-6) if found.tau > 0 else excess <= 1e-9


def test_statsmodels_agrees():
    """tau and the centre are those of statsmodels' iterated Paule-Mandel estimate."""
    oracle = pytest.importorskip("statsmodels.stats.meta_analysis")
    rng = np.random.default_rng(0)
    errors = rng.uniform(0.01, 0.1, 12)
    scores = rng.normal(0.8, 0.06, 12) + rng.normal(size=12) * errors
    theirs = oracle.combine_effects(scores, errors**2, method_re="iterated")
    found = shrink(scores, errors)

    assert found.tau**2 == pytest.approx(theirs.tau2, rel=1e-4)
    assert found.centre == pytest.approx(theirs.mean_effect_re, rel=1e-4)


def test_one_slice_and_no_spread():
    """One slice keeps its score; slices that differ no more than chance all get the centre."""
    assert shrink([0.7], [0.1]).values.tolist() == [0.7]
    assert shrink([0.7, 0.7, 0.7], [0.1, 0.2, 0.05]).tau == 0.0
    alike = shrink([0.70, 0.72, 0.71], [0.1, 0.1, 0.1])
    assert (alike.tau, alike.values) == (0.0, pytest.approx(np.full(3, 0.71)))
    assert shrink([0.2, 0.9], [0.1, 0.1], centre=0.5).centre == 0.5


def test_shrinking_is_nearer_to_the_truth():
    """Over simulated slices the shrunken scores have less squared error than the plain ones, and worst slices look less bad."""
    rng, plain, better = np.random.default_rng(1), 0.0, 0.0
    for _ in range(200):
        truth, errors = rng.normal(0.85, 0.03, 15), rng.uniform(0.01, 0.08, 15)
        seen = truth + rng.normal(size=15) * errors
        plain += ((seen - truth) ** 2).sum()
        better += ((shrink(seen, errors).values - truth) ** 2).sum()

    assert better < 0.6 * plain


@settings(deadline=None)
@given(SLICES)
def test_order_of_slices_does_not_matter(slices):
    """Slices may come in any order."""
    assume(len(slices) > 1)
    scores, errors = np.array(slices).T

    assert shrink(scores[::-1], errors[::-1]).values[::-1] == pytest.approx(shrink(scores, errors).values, abs=1e-9)


@pytest.mark.parametrize("errors", [[0.1, 0.0], [0.1], [0.1, float("nan")], []])
def test_refusals_of_shrinkage(errors):
    """An error of 0 would be certainty; NaN and missing errors are refused."""
    with pytest.raises(BenchwrightError, match="errors"):
        shrink([0.5, 0.6], errors)
