"""Calibration against plain loops, scikit-learn, and draws of the estimator that Kumar et al. (2019) publish."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from benchwright.stats.calibration import brier, calibration_error, count_bins, reliability_bins


def made(seed, n=600, slope=1.0):
    """Confidences in [0.5, 1) and verdicts that are right as often as ``slope`` makes of them."""
    draw = np.random.default_rng(seed)
    confidence = 0.5 + 0.5 * draw.random(n)
    truth = 0.5 + (confidence - 0.5) * slope
    return confidence, (draw.random(n) < truth).astype(float)


def ece_by_hand(confidence, correct, bins):
    """Sorted, cut into equal parts, one loop; for values without ties whose number the bins divide."""
    pairs = sorted(zip(confidence.tolist(), correct.tolist(), strict=True))
    size = len(pairs) // bins
    total = 0.0
    for at in range(bins):
        part = pairs[at * size : (at + 1) * size]
        total += len(part) / len(pairs) * abs(sum(c for c, _ in part) / len(part) - sum(r for _, r in part) / len(part))
    return total


@pytest.mark.parametrize("seed", range(5))
def test_the_error_is_that_of_a_plain_loop(seed):
    confidence, correct = made(seed, slope=0.6)

    assert calibration_error(confidence, correct, 15).plain == pytest.approx(ece_by_hand(confidence, correct, 15))


@pytest.mark.parametrize("seed", range(5))
def test_bins_are_those_of_scikit_learn(seed):
    """Its quantile strategy gives the same points of a reliability diagram where no values are equal."""
    confidence, correct = made(seed, n=300)
    shares, means = calibration_curve(correct, confidence, n_bins=15, strategy="quantile")
    bins = reliability_bins(confidence, correct, 15)

    # scikit-learn interpolates its quantiles, so that an item at an edge may fall into the neighbouring bin
    assert [one.confidence for one in bins] == pytest.approx(means.tolist(), abs=0.004)
    assert np.abs(np.array([one.accuracy for one in bins]) - shares).max() < 0.06
    assert sum(one.n for one in bins) == 300


@pytest.mark.parametrize("seed", range(3))
def test_the_correction_is_that_of_the_published_library(seed):
    """``normal_debiased_ce`` draws what is computed in closed form here: 2 ce - mean of ces around the observed accuracies."""
    confidence, correct = made(seed, slope=0.8)
    found = calibration_error(confidence, correct, 15)
    weights = np.array([one.n for one in found.bins]) / 600
    accuracy = np.array([one.accuracy for one in found.bins])
    spread = np.sqrt(accuracy * (1 - accuracy) / np.array([one.n for one in found.bins]))
    model = np.array([one.confidence for one in found.bins])
    draws = np.random.default_rng(9).normal(accuracy, spread, (200_000, len(accuracy)))
    published = 2 * found.plain - float((np.abs(draws - model) @ weights).mean())

    assert found.corrected == pytest.approx(max(0.0, published), abs=2e-4)


def test_a_calibrated_model_stays_within_chance_in_95_of_100_cases():
    """Confidence is true here, so that the plain error is chance alone; the corrected one is nearer to 0 on average."""
    found = [calibration_error(*made(seed, n=400)) for seed in range(400)]
    above = sum(one.is_shown for one in found) / len(found)

    assert 0.02 <= above <= 0.085  # 0.05 give or take three standard errors
    assert sum(one.corrected for one in found) < 0.8 * sum(one.plain for one in found)


def test_a_model_that_is_too_sure_is_told_from_a_calibrated_one():
    assert calibration_error(*made(1, n=2000, slope=0.3)).is_shown


@pytest.mark.parametrize("seed", range(4))
def test_the_brier_score_of_two_labels_is_that_of_scikit_learn(seed):
    draw = np.random.default_rng(seed)
    positive = draw.random(500)
    gold = (draw.random(500) < positive).astype(int)
    found = brier(np.column_stack([1 - positive, positive]), gold)

    assert found.value == pytest.approx(brier_score_loss(gold, positive))


def brier_by_hand(rows, gold):
    """Brier (1950), equation 2, halved: the sum over labels of squared distances, a mean over items."""
    total = 0.0
    for row, right in zip(rows, gold, strict=True):
        total += sum((share - (label == right)) ** 2 for label, share in enumerate(row))
    return total / len(rows) / 2


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.lists(st.integers(1, 9), min_size=3, max_size=3), st.integers(0, 2)), min_size=1, max_size=60)
)
def test_the_brier_score_of_several_labels_is_that_of_a_plain_loop_and_its_parts_add_up(items):
    rows = [[one / sum(counts) for one in counts] for counts, _ in items]
    gold = [right for _, right in items]
    found = brier(np.array(rows), np.array(gold), 5)

    assert found.value == pytest.approx(brier_by_hand(rows, gold))
    assert found.reliability - found.resolution + found.uncertainty + found.within == pytest.approx(found.value)
    assert min(found.reliability, found.resolution, found.uncertainty) >= 0
    base = [gold.count(label) / len(gold) for label in range(3)]
    assert found.uncertainty == pytest.approx(brier_by_hand([base] * len(gold), gold))


def test_probabilities_of_few_values_are_decomposed_without_a_rest():
    """Murphy (1973) groups equal probabilities: nothing is left within a bin then."""
    positive = np.repeat([0.1, 0.4, 0.8], 100)
    gold = (np.arange(300) % 10 < np.repeat([2, 4, 6], 100)).astype(int)
    found = brier(np.column_stack([1 - positive, positive]), gold, 3)

    assert found.within == pytest.approx(0, abs=1e-12)
    assert found.reliability == pytest.approx(np.mean([0.1**2, 0.0, 0.2**2]))
    assert found.resolution == pytest.approx(np.mean([0.2**2, 0.0, 0.2**2]))
    assert found.uncertainty == pytest.approx(0.24)


@settings(deadline=None)
@given(st.lists(st.sampled_from([0.5, 0.7, 0.9, 1.0]), min_size=1, max_size=200), st.integers(1, 20))
def test_equal_confidences_are_never_parted(values, bins):
    """Whatever the order of items, the bins are the same."""
    confidence = np.array(values)
    correct = (np.arange(len(values)) % 3 > 0).astype(float)
    found = reliability_bins(confidence, correct, bins)
    turned = reliability_bins(confidence[::-1], correct[::-1], bins)

    assert [(one.n, one.low, one.high) for one in found] == [(one.n, one.low, one.high) for one in turned]
    assert sum(one.n for one in found) == len(values)
    assert all(one.high < other.low for one, other in pairwise(found))
    assert math.isclose(sum(one.n * one.accuracy for one in found), correct.sum(), abs_tol=1e-9)


def test_one_confidence_is_one_bin_and_no_items_are_no_number():
    assert len(reliability_bins(np.ones(50), np.ones(50))) == 1
    assert calibration_error(np.ones(50), np.ones(50)).plain == 0
    assert calibration_error(np.zeros(0), np.zeros(0)) is None
    assert [count_bins(n) for n in (1, 100, 300, 5000)] == [1, 5, 15, 15]
