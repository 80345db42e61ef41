"""Rank sets: equal to an independent loop, defined without spread, and right nearly always near ties."""

import numpy as np
import pytest

from benchwright.errors import BenchwrightError
from benchwright.stats.ranks import rank_sets


def answers(rng, accuracies, items, shared=0.6):
    """Right and wrong (models, items): with chance sqrt(shared) a model answers as the item's common draw does."""
    common = rng.random(items)
    own = rng.random((len(accuracies), items))
    draws = np.where(rng.random(own.shape) < shared**0.5, common, own)
    return (draws < np.asarray(accuracies)[:, None]).astype(float)


def bootstrap(rng, right, resamples):
    weights = rng.multinomial(right.shape[1], np.full(right.shape[1], 1 / right.shape[1]), resamples)
    return right @ weights.T / right.shape[1]


def slow_ranks(values, draws, alpha):
    """The four steps as nested loops over pairs and resamples."""
    p, resamples = draws.shape
    errors = [[np.std(draws[j] - draws[k], ddof=1) for k in range(p)] for j in range(p)]
    largest = []
    for r in range(resamples):
        ratios = [
            abs(draws[j, r] - draws[k, r] - (values[j] - values[k])) / errors[j][k]
            for j in range(p)
            for k in range(p)
            if errors[j][k] > 1e-12
        ]
        largest.append(max(ratios))
    critical = sorted(largest)[int(np.ceil((1 - alpha) * (resamples - 1)))]
    low, high = [], []
    for j in range(p):
        beaten = [k for k in range(p) if errors[j][k] > 1e-12 and values[j] - values[k] > critical * errors[j][k]]
        beats = [k for k in range(p) if errors[j][k] > 1e-12 and values[k] - values[j] > critical * errors[j][k]]
        low.append(1 + len(beats))
        high.append(p - len(beaten))
    return critical, low, high


@pytest.mark.parametrize("seed", range(4))
def test_rank_sets_equal_the_loop(seed):
    """Critical value and sets equal an independent loop, with a pair of identical models among them."""
    rng = np.random.default_rng(seed)
    right = answers(rng, [0.95, 0.9, 0.9, 0.8, 0.7], 300)
    right = np.concatenate([right, right[1:2]])
    draws = bootstrap(rng, right, 150)
    found = rank_sets(right.mean(axis=1), draws, 0.1)
    critical, low, high = slow_ranks(right.mean(axis=1), draws, 0.1)

    assert found.critical == pytest.approx(critical)
    assert found.low.tolist() == low
    assert found.high.tolist() == high
    assert not found.better[1, 5]
    assert not found.better[5, 1]


def test_clear_steps_are_ranked():
    """Models far apart get one place each."""
    rng = np.random.default_rng(0)
    right = answers(rng, [0.5, 0.9, 0.7], 5000)
    found = rank_sets(right.mean(axis=1), bootstrap(rng, right, 200))

    assert found.low.tolist() == found.high.tolist() == [3, 1, 2]
    assert found.better.tolist() == [[False] * 3, [True, False, True], [True, False, False]]


def test_pairs_without_spread_are_not_separable():
    """Identical models share all places; a difference that never varied separates nothing, and is named."""
    same = rank_sets([0.8, 0.8], np.tile(np.linspace(0.7, 0.9, 50), (2, 1)))
    one_item = rank_sets([1.0, 0.0], np.array([[1.0] * 50, [0.0] * 50]))
    rounding = rank_sets([0.3, 0.1], np.linspace(0.2, 0.4, 50) - np.array([[0.0], [0.2]]))

    assert (same.low.tolist(), same.high.tolist(), same.critical) == ([1, 1], [2, 2], None)
    assert not same.constant.any()
    assert (one_item.low.tolist(), one_item.high.tolist()) == ([1, 1], [2, 2])
    assert one_item.constant.tolist() == [[False, True], [True, False]]
    assert not rounding.better.any()
    assert rounding.constant.any()


def test_one_model():
    """A single model is first."""
    alone = rank_sets([0.4], np.array([[0.3, 0.5]]))

    assert (alone.low.tolist(), alone.high.tolist(), alone.critical) == ([1], [1], None)


@pytest.mark.parametrize(
    ("values", "draws", "alpha", "name"),
    [
        ([0.1, float("nan")], np.zeros((2, 5)), 0.05, "values"),
        ([0.1, 0.2], np.full((2, 5), np.nan), 0.05, "draws"),
        ([0.1, 0.2], np.zeros((3, 5)), 0.05, "draws"),
        ([], np.zeros((0, 5)), 0.05, "draws"),
        ([0.1], np.zeros((1, 1)), 0.05, "draws"),
        ([0.1], np.zeros((1, 4)), 1.5, "alpha"),
    ],
)
def test_refusals_name_the_argument(values, draws, alpha, name):
    """NaN and shapes that do not fit are refused by name."""
    with pytest.raises(BenchwrightError, match=name):
        rank_sets(values, draws, alpha)
