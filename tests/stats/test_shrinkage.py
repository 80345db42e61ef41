"""Shrunken slice scores: the estimating equation, its limits, refusals, and that shrinking helps."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchwright.errors import BenchwrightError
from benchwright.stats.multiplicity import shrink

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
def test_refusals(errors):
    """An error of 0 would be certainty; NaN and missing errors are refused."""
    with pytest.raises(BenchwrightError, match="errors"):
        shrink([0.5, 0.6], errors)
