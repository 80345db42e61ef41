"""Bootstrap draws of columns of different items in the same units: an item and its variants, which are drawn together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchwright.errors import NotComparable
from benchwright.metrics.columns import Basis, Columns, Floats
from benchwright.metrics.metric import Metric
from benchwright.stats.bootstrap import draw_sums, is_cheap, merge_rows, sum_by_cluster, weigh
from benchwright.stats.resample_weights import visit_weights


def resample_units(
    sides: Sequence[Columns], metrics: Sequence[Metric], *, resamples: int = 10_000, seed: tuple[int, ...] = (0,)
) -> Floats:
    """Values (sides, metrics, resamples) of each metric on each side, over the same resamples of units; NaN where undefined.

    Unit u of one side is unit u of every other; how many items it has there, and with which gold answers, is free. (`resample`
    wants the same items.)

    Raises:
        NotComparable: The sides have different units.
    """
    table = _UnitTable(sides, metrics)
    if table.sums_only:
        merged = merge_rows(table.values)
        if is_cheap(merged):
            return table.of_sums(draw_sums(merged, resamples=resamples, seed=seed))
    return np.concatenate(visit_weights(table.of_weights, units=table.units, resamples=resamples, seed=seed), axis=-1)


def leave_each_unit_out(sides: Sequence[Columns], metrics: Sequence[Metric]) -> Floats:
    """Values (sides, metrics, units) without each unit, for few units. Raises NotComparable, as `resample_units`."""
    table = _UnitTable(sides, metrics)
    return table.of_weights((1 - np.eye(table.units)).astype(np.uint8))


class _UnitTable:
    """Sums of all bases over the items of each unit, all sides beside one another."""

    def __init__(self, sides: Sequence[Columns], metrics: Sequence[Metric]) -> None:
        _check_same_units(sides)
        self.sides, self.metrics, self.units = sides, metrics, sides[0].n_clusters
        self.sums_only = all(metric.basis is not None for metric in metrics)
        self.places: dict[tuple[int, Basis], slice] = {}
        parts: list[Floats] = []
        width = 0
        for number, columns in enumerate(sides):
            for basis in dict.fromkeys(metric.basis for metric in metrics if metric.basis is not None):
                rows = columns.rows(basis)
                part = sum_by_cluster(rows.values[rows.codes], columns.cluster_codes)
                self.places[number, basis] = slice(width, width + part.shape[1])
                width += part.shape[1]
                parts.append(part)
        self.values: Floats = np.concatenate(parts, axis=1) if parts else np.empty((self.units, 0))

    def of_sums(self, sums: Floats, weights: NDArray[np.uint8] | None = None) -> Floats:
        """Values (sides, metrics, b) from sums (b, w) and, for metrics that are not sums, weights of units (b, units)."""
        values = np.empty((len(self.sides), len(self.metrics), len(sums)))
        for row, columns in enumerate(self.sides):
            for at, metric in enumerate(self.metrics):
                with np.errstate(all="ignore"):
                    if metric.basis is not None and metric.compute is not None:
                        values[row, at] = metric.compute(sums[:, self.places[row, metric.basis]], columns.task)
                    elif metric.compute_weighted is not None and weights is not None:
                        codes = columns.cluster_codes
                        of_items = weights if codes is None else weights.T[codes].T
                        values[row, at] = metric.compute_weighted(columns, of_items)
        return values

    def of_weights(self, weights: NDArray[np.uint8]) -> Floats:
        """Values (sides, metrics, b) from weights of units (b, units)."""
        return self.of_sums(weigh(self.values, weights), weights)


def _check_same_units(sides: Sequence[Columns]) -> None:
    named = [list(dict.fromkeys(columns.clusters)) for columns in sides]
    if any(names != named[0] for names in named[1:]):
        raise NotComparable(
            f"answers are about different units of {sides[0].task.name}: {', '.join(f'{len(n):,}' for n in named)}",
            expected="the same items, each with all its variants",
            hint="keep the items that have an answer on every side",
        )
