"""Metrics over numbers: Pearson and Spearman correlation, root mean square and mean absolute error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.metrics.columns import Columns, Floats, Metric, Rows
from benchwright.metrics.order import Order, add_products
from benchwright.types import Kind, Task

_FLAT = 1e-12
"""A variance below this share of the mean square is rounding noise of a constant."""


def moments(columns: Columns) -> Rows:
    """Basis (1, x, y, x^2, y^2, xy) of standardised targets and outputs."""
    x, y = _standardised(columns.gold_numbers), _standardised(columns.predicted_numbers)
    return Rows(np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1), np.arange(columns.n))


def errors(columns: Columns) -> Rows:
    """Basis (1, |error|, error^2)."""
    error = np.abs(columns.predicted_numbers - columns.gold_numbers)
    return Rows(np.stack([np.ones_like(error), error, error * error], axis=1), np.arange(columns.n))


def _standardised(values: Floats) -> Floats:
    """Mean 0 and variance 1, so that differences of sums stay exact; constants become 0."""
    centred = values - values.mean() if values.size else values
    spread = float(np.sqrt((centred * centred).mean())) if values.size else 0.0
    constant = not spread > 1e-14 * float(np.abs(values).max(initial=0.0))
    return np.zeros_like(values) if constant else centred / spread


def _pearson(sums: Floats, task: Task) -> Floats:
    count, x, y, xx, yy, xy = np.moveaxis(sums, -1, 0)
    spread_x, spread_y = xx - x * x / count, yy - y * y / count
    defined = (spread_x > _FLAT * xx) & (spread_y > _FLAT * yy)
    below = np.sqrt(np.where(defined, spread_x * spread_y, 1.0))
    return np.where(defined, np.clip((xy - x * y / count) / below, -1.0, 1.0), np.nan)


def _spearman(columns: Columns, weights: NDArray[Any]) -> Floats:
    """Pearson correlation of the mid-ranks that each weighted sample gives its own items.

    With t the weight of a tie group and N the total, ranks are kept doubled and centred, which makes them whole numbers
    (items below + items up to and including - N), and their sum of squares is (N^3 - sum t^3) / 3.
    """
    by_item = np.ascontiguousarray(weights.T)
    size = by_item.sum(axis=0, dtype=np.int64)
    ranks_x, ties_x = _ranks(columns, "gold_numbers", by_item, size)
    ranks_y, ties_y = _ranks(columns, "predicted_numbers", by_item, size)
    covariance = add_products(by_item.astype(np.float32), ranks_x, ranks_y)
    cube = size.astype(np.float64) ** 3
    below = np.sqrt(np.maximum(cube - ties_x, 0.0) * np.maximum(cube - ties_y, 0.0)) / 3
    defined = (cube - ties_x > _FLAT * cube) & (cube - ties_y > _FLAT * cube)
    values = np.divide(covariance, below, out=np.full(size.shape, np.nan), where=defined)
    return np.clip(values, -1.0, 1.0)


def _ranks(
    columns: Columns, which: str, by_item: NDArray[Any], size: NDArray[np.int64]
) -> tuple[NDArray[np.float32], Floats]:
    """Doubled centred mid-ranks (n, b) and the sum of cubed weights of tie groups (b)."""
    values: Floats = getattr(columns, which)
    order = columns.remember(("order", which), lambda: Order(values))
    before, through, starts, ends = columns.remember(
        ("rows of ranks", which),
        lambda: (order.before(values), order.through(values), order.before(order.ties()), order.through(order.ties())),
    )
    totals = order.totals(by_item)
    ranks = (totals[before] + totals[through]).astype(np.float32)
    ranks -= size.astype(np.float32)
    groups = (totals[ends] - totals[starts]).astype(np.float32)
    return ranks, add_products(groups, groups, groups)


def _rmse(sums: Floats, task: Task) -> Floats:
    value: Floats = np.sqrt(sums[..., 2] / sums[..., 0])
    return value


def _mae(sums: Floats, task: Task) -> Floats:
    value: Floats = sums[..., 1] / sums[..., 0]
    return value


def _correlation_flags(columns: Columns) -> tuple[str, ...]:
    strange = _error_flags(columns)
    sides = [
        side
        for side, values in (("predictions", columns.predicted_numbers), ("gold", columns.gold_numbers))
        if columns.n and (values == values[0]).all()
    ]
    return strange + ((f"undefined: constant {' and '.join(sides)}",) if sides else ())


def _error_flags(columns: Columns) -> tuple[str, ...]:
    strange = int((~np.isfinite(columns.predicted_numbers) | ~np.isfinite(columns.gold_numbers)).sum())
    return (f"undefined: {strange} values are not finite numbers",) if strange else ()


pearson = Metric(
    name="pearson",
    title="Pearson correlation",
    kinds=(Kind.REGRESS,),
    reference="GLUE STS-B: scipy.stats.pearsonr",
    low=-1.0,
    basis=moments,
    compute=_pearson,
    flags=_correlation_flags,
)
spearman = Metric(
    name="spearman",
    title="Spearman correlation",
    kinds=(Kind.REGRESS,),
    reference="GLUE STS-B: scipy.stats.spearmanr (mid-ranks for ties)",
    low=-1.0,
    compute_weighted=_spearman,
    flags=_correlation_flags,
)
rmse = Metric(
    name="rmse",
    title="Root mean square error",
    kinds=(Kind.REGRESS,),
    reference="scikit-learn root_mean_squared_error",
    direction="lower",
    high=float("inf"),
    basis=errors,
    compute=_rmse,
    flags=_error_flags,
)
mae = Metric(
    name="mae",
    title="Mean absolute error",
    kinds=(Kind.REGRESS,),
    reference="scikit-learn mean_absolute_error",
    direction="lower",
    high=float("inf"),
    basis=errors,
    compute=_mae,
    flags=_error_flags,
)
