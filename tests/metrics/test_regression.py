"""Correlations and errors equal scipy's and scikit-learn's, weighted and not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.metrics import regression as r
from benchwright.metrics.columns import Columns
from benchwright.types import RegressionTask

TASK = RegressionTask(name="t", splits={}, default_split="v", inputs={}, target=("l",), metrics=("pearson",))

NUMBERS = st.one_of(st.integers(0, 5).map(float), st.floats(-5, 5).map(lambda x: round(x, 3)))
PAIRS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=50)


def columns(pairs):
    return Columns(TASK, [x for x, _ in pairs], [y for _, y in pairs])


def varies(values):
    return len(set(values)) > 1


@settings(deadline=None)
@given(PAIRS)
def test_values_equal_the_oracles(pairs):
    """Pearson, Spearman with ties, RMSE and MAE equal scipy's and scikit-learn's."""
    from scipy.stats import pearsonr, spearmanr
    from sklearn.metrics import mean_absolute_error, root_mean_squared_error

    x, y = zip(*pairs, strict=True)
    table = columns(pairs)

    assert r.rmse.value(table) == pytest.approx(root_mean_squared_error(x, y))
    assert r.mae.value(table) == pytest.approx(mean_absolute_error(x, y))
    if varies(x) and varies(y):
        assert r.pearson.value(table) == pytest.approx(pearsonr(x, y).statistic, abs=1e-7)
        assert r.spearman.value(table) == pytest.approx(spearmanr(x, y).statistic, abs=1e-5)
    else:
        assert np.isnan(r.pearson.value(table))
        assert np.isnan(r.spearman.value(table))


@settings(deadline=None)
@given(PAIRS, st.lists(st.integers(0, 4), min_size=50, max_size=50))
def test_weighted_spearman_equals_repeated_rows(pairs, times):
    """Mid-ranks are those of the weighted sample: weights act like repeated rows."""
    times = np.array(times[: len(pairs)])
    repeated = [pair for pair, time in zip(pairs, times, strict=True) for _ in range(time)]
    value = r.spearman.compute_weighted(columns(pairs), times[None].astype(np.uint8))[0]
    if not repeated or not varies(x for x, _ in repeated) or not varies(y for _, y in repeated):
        assert np.isnan(value)
    else:
        assert value == pytest.approx(r.spearman.value(columns(repeated)), abs=1e-5)


@pytest.mark.parametrize(("n", "levels"), [(9815, 0), (9815, 26), (40_000, 0), (40_000, 5)])
def test_spearman_of_many_items_is_precise(n, levels):
    """Resampled Spearman on thousands of items equals scipy's on the repeated rows to six digits."""
    from scipy.stats import spearmanr

    rng = np.random.default_rng(n)
    x = rng.normal(size=n)
    y = x + rng.normal(size=n)
    if levels:
        x = np.round(x * levels / 6)
    weights = rng.poisson(1, (2, n)).astype(np.uint8)
    values = r.spearman.compute_weighted(Columns(TASK, x.tolist(), y.tolist()), weights)
    expected = [spearmanr(np.repeat(x, row), np.repeat(y, row)).statistic for row in weights]

    assert values == pytest.approx(expected, abs=1e-6)


def test_a_resample_of_equal_values_is_undefined():
    """Drawing one item only leaves both correlations undefined, whatever its value."""
    table = columns([(0.1, 0.3), (0.7, 1e9), (0.2, -5.0)])
    rows = table.rows(r.moments)
    weights = np.array([[3, 0, 0], [0, 3, 0], [1, 1, 1]], dtype=np.uint8)
    pearson = r.pearson.compute(weights @ rows.values[rows.codes], TASK)

    assert np.isnan(pearson).tolist() == [True, True, False]
    assert np.isnan(r.spearman.compute_weighted(table, weights)).tolist() == [True, True, False]


def test_values_that_are_not_finite_are_told():
    """A NaN among the answers leaves correlations undefined and is counted, instead of being ranked last."""
    table = columns([(1.0, 2.0), (2.0, float("nan")), (3.0, 1.0)])

    assert np.isnan([metric.value(table) for metric in (r.pearson, r.spearman, r.rmse, r.mae)]).all()
    assert r.spearman.flags(table) == ("undefined: 1 values are not finite numbers",)


def test_constant_predictions_are_told():
    """Pitfall 5: constant predictions are flagged undefined."""
    assert r.pearson.flags(columns([(1.0, 2.0), (3.0, 2.0)])) == ("undefined: constant predictions",)


def test_weights_must_be_counts():
    """Fractional weights have no mid-ranks here and are refused."""
    with pytest.raises(TypeError, match="counts"):
        r.spearman.compute_weighted(columns([(1.0, 2.0), (3.0, 1.0)]), np.ones((1, 2)))
