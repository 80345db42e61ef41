"""Choosing one of several models: how much too good the winner looks, and which options nothing beats."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchwright.errors import BenchwrightError
from benchwright.stats.selection import expected_optimism, non_dominated

TABLE = [(872, 2, 0.34), (872, 5, 0.68), (872, 20, 1.08), (872, 50, 1.30), (277, 20, 1.9), (9815, 20, 0.32)]


def equal_models(rng, models, items):
    """Right and wrong (models, items): accuracy 0.90, any two disagree on 6 % (correlation 2/3)."""
    common, own = rng.random(items) < 0.9, rng.random((models, items)) < 0.9
    return np.where(rng.random((models, items)) < (2 / 3) ** 0.5, common, own).astype(float)


@pytest.mark.parametrize(("items", "models", "points"), TABLE)
def test_best_minus_mean_of_equal_models(items, models, points):
    """Bootstrap draws of one data set tell what choosing among equal models adds: the table's points, no new data needed."""
    rng = np.random.default_rng(items + models)
    right = equal_models(rng, models, items)
    weights = rng.multinomial(items, np.full(items, 1 / items), 1000)
    found = expected_optimism(right @ weights.T / items, right.mean(axis=1))

    assert 100 * found.if_equal == pytest.approx(points, rel=0.13)
    assert found.expected <= found.if_equal + 1e-3


@pytest.mark.parametrize(("items", "models", "points"), TABLE[:3])
def test_simulated_best_minus_mean(items, models, points):
    """Fresh data sets of equal models show the same excess."""
    rng = np.random.default_rng(models)
    excess = []
    for _ in range(250):
        means = equal_models(rng, models, items).mean(axis=1)
        excess.append(means.max() - means.mean())

    assert 100 * np.mean(excess) == pytest.approx(points, rel=0.12)


def test_a_clear_winner_is_not_optimistic():
    """When one model is far ahead it wins every resample, and its expected excess is nothing."""
    rng = np.random.default_rng(0)
    values = np.array([0.95, 0.80, 0.79])
    draws = values[:, None] + rng.normal(size=(3, 20_000)) * 0.01

    assert expected_optimism(draws, values).expected == pytest.approx(0.0, abs=5e-4)
    assert expected_optimism(draws, values).if_equal == pytest.approx(0.8463 * 0.01, rel=0.03)


def test_one_model_and_identical_models():
    """Nothing was chosen: the optimism is 0."""
    alone = expected_optimism(np.array([[0.1, 0.3]]), [0.2])
    same = expected_optimism(np.tile([0.1, 0.3], (2, 1)), [0.2, 0.2])

    assert (alone.expected, alone.if_equal, alone.models) == (0.0, 0.0, 1)
    assert (same.expected, same.if_equal) == (pytest.approx(0.0), pytest.approx(0.0))


@pytest.mark.parametrize(
    ("draws", "values", "name"),
    [
        ([[float("nan")]], [0.1], "draws"),
        ([[0.1]], [float("nan")], "values"),
        ([[0.1]], [0.1, 0.2], "draws"),
        (np.zeros((0, 4)), [], "draws"),
    ],
)
def test_refusals_name_the_argument(draws, values, name):
    """NaN and shapes that do not fit are refused by name."""
    with pytest.raises(BenchwrightError, match=name):
        expected_optimism(draws, values)


def slow(table):
    return [not any(all(b >= a) and any(b > a) for b in table) for a in table]


@settings(max_examples=200, deadline=None)
@given(arrays(np.int64, st.tuples(st.integers(1, 4), st.integers(0, 8), st.integers(1, 4)), elements=st.integers(0, 3)))
def test_front_equals_its_definition(tables):
    """Every resample's front is that of a double loop; one table alone gives one mask."""
    found = non_dominated(tables.astype(float))

    assert found.shape == tables.shape[:2]
    for mask, table in zip(found, tables, strict=True):
        assert mask.tolist() == slow(table)
        assert non_dominated(table.astype(float)).tolist() == mask.tolist()
        assert mask.any() == (len(table) > 0)


def test_equal_options_share_the_front():
    """Options with the same values do not dominate one another; one objective keeps its best."""
    assert non_dominated([[1.0, 2.0], [1.0, 2.0], [0.0, 2.0]]).tolist() == [True, True, False]
    assert non_dominated([[3.0], [1.0], [3.0]]).tolist() == [True, False, True]


def test_refusals():
    """NaN would win every comparison or lose it, so it is refused."""
    for bad in ([[1.0, float("nan")]], [1.0, 2.0]):
        with pytest.raises(BenchwrightError, match="values"):
            non_dominated(bad)
