"""Metrics over numbers: Pearson and Spearman correlation, root mean square and mean absolute error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.metrics.columns import CodedRows, Codes, Columns, Floats
from benchwright.metrics.metric import Metric
from benchwright.metrics.weighted_ranks import Reals, SortedValues, Totals, in_pieces, precision_for, sizes
from benchwright.types import Kind, Task

_FLAT = 1e-12
"""A variance below this share of the mean square is rounding noise of a constant."""


def moments(columns: Columns) -> CodedRows:
    """Basis (1, x, y, x^2, y^2, xy) of standardised targets and outputs."""
    x, y = _standardised(columns.gold_numbers), _standardised(columns.predicted_numbers)
    return CodedRows(np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1), np.arange(columns.n))


def errors(columns: Columns) -> CodedRows:
    """Basis (1, |error|, error^2)."""
    error = np.abs(columns.predicted_numbers - columns.gold_numbers)
    return CodedRows(np.stack([np.ones_like(error), error, error * error], axis=1), np.arange(columns.n))


def _standardised(values: Floats) -> Floats:
    """Mean 0 and variance 1, so that differences of sums stay exact; constants become 0."""
    centred = values - values.mean() if values.size else values
    spread = float(np.sqrt((centred * centred).mean())) if values.size else 0.0
    constant = not spread > 1e-14 * float(np.abs(values).max(initial=0.0))
    return np.zeros_like(values) if constant else centred / spread


def _pearson(sums: Floats, _task: Task) -> Floats:
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
    if _error_flags(columns):
        return np.full(len(weights), np.nan)
    by_item = np.ascontiguousarray(weights.T)
    size = sizes(by_item)
    gold, predicted = (_Ranked.of(columns, which) for which in ("gold_numbers", "predicted_numbers"))
    totals_x, totals_y = gold.order.totals(by_item, size), predicted.order.totals(by_item, size)
    centre = size.astype(precision_for(size.size))
    covariance = np.zeros(size.shape)
    for piece in in_pieces(*by_item.shape):
        ranks = gold.ranks(totals_x, piece, centre)
        ranks *= by_item[piece]
        covariance += np.einsum("ij,ij->j", ranks, predicted.ranks(totals_y, piece, centre))
    cube = size.astype(np.float64) ** 3
    spread_x, spread_y = cube - gold.cubed_ties(totals_x), cube - predicted.cubed_ties(totals_y)
    defined = (spread_x > _FLAT * cube) & (spread_y > _FLAT * cube)
    below = np.sqrt(np.where(defined, spread_x * spread_y, 1.0)) / 3
    return np.where(defined, np.clip(covariance / below, -1.0, 1.0), np.nan)


@dataclass(frozen=True)
class _Ranked:
    """Where the running totals of one variable are read: around each item (n), around each tie group (g)."""

    order: SortedValues
    before: Codes
    through: Codes
    group_before: Codes
    group_through: Codes

    @staticmethod
    def of(columns: Columns, which: str) -> _Ranked:
        return columns.remember(("ranked", which), lambda: _Ranked._build(getattr(columns, which)))

    @staticmethod
    def _build(values: Floats) -> _Ranked:
        order, different = SortedValues(values), np.unique(values)
        return _Ranked(
            order, order.before(values), order.through(values), order.before(different), order.through(different)
        )

    def ranks(self, totals: Totals, piece: slice, centre: Reals) -> Reals:
        """Doubled centred mid-ranks of some items (rows, b), in the precision of ``centre``, the total weight."""
        doubled = totals[self.before[piece]]
        doubled += totals[self.through[piece]]
        ranks = doubled.astype(centre.dtype)
        ranks -= centre
        return ranks

    def cubed_ties(self, totals: Totals) -> Floats:
        """Sum over tie groups of their cubed weight (b)."""
        added, precision = np.zeros(totals.shape[1]), precision_for(totals.shape[1])
        for piece in in_pieces(self.group_before.size, totals.shape[1]):
            weight = (totals[self.group_through[piece]] - totals[self.group_before[piece]]).astype(precision)
            added += np.einsum("ij,ij->j", weight * weight, weight)
        return added


def _rmse(sums: Floats, _task: Task) -> Floats:
    value: Floats = np.sqrt(sums[..., 2] / sums[..., 0])
    return value


def _mae(sums: Floats, _task: Task) -> Floats:
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
    strange = columns.remember("not finite", lambda: _not_finite(columns.predicted_numbers, columns.gold_numbers))
    return (f"undefined: {strange} values are not finite numbers",) if strange else ()


def _not_finite(*values: Floats) -> int:
    return sum(int((~np.isfinite(column)).sum()) for column in values)


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
    interval="expanded",
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
