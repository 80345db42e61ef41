"""Values and bootstrap resamples of one task for all systems; all metrics and slices share the resamples."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from benchwright.comparison.pairing import PairedRecords
from benchwright.comparison.slices import label_slices
from benchwright.metrics.columns import Basis, CodedRows, Columns, Floats
from benchwright.metrics.metric import Metric
from benchwright.metrics.resample import resample
from benchwright.slicing import rows_by_slice

FEWEST_ITEMS = 30
"""Fewest items of a slice that ``worst_slice`` looks at."""


@dataclass(frozen=True, kw_only=True)
class TaskResamples:
    """Values and resamples of one task.

    Attributes:
        values: Metric, or ``score`` -> value of each system (s); NaN where undefined.
        draws: The same over resamples (s, R).
        worst: The worst slice's score of each system (s); None if no slice is large enough or slices were not requested.
        worst_draws: The same over resamples (s, R).
        slices: Names of the slices that were evaluated.
        flags: Notes for the reader.
    """

    values: dict[str, Floats]
    draws: dict[str, Floats]
    worst: Floats | None = None
    worst_draws: Floats | None = None
    slices: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _MaskedColumns(Columns):
    """Columns in which items outside a slice have weight 0, so that resamples are shared with the whole task."""

    whole: Columns = field(kw_only=True)
    mask: NDArray[np.bool_] = field(kw_only=True)

    def rows(self, basis: Basis) -> CodedRows:
        """Rows of a basis; zero for items outside the slice."""
        return self.remember(("masked", basis), lambda: self._rows(basis))

    def _rows(self, basis: Basis) -> CodedRows:
        rows = self.whole.rows(basis)
        nothing = np.zeros((1, rows.values.shape[1]))
        codes = np.where(self.mask, rows.codes, len(rows.values))
        return CodedRows(values=np.concatenate([rows.values, nothing]), codes=codes)


def resample_task(
    pairing: PairedRecords, names: Sequence[str], *, slices: bool, seed: int, resamples: int
) -> TaskResamples:
    """Values and draws of metrics (or ``score``) and, on request, of the worst slice's score, label slices included."""
    members = pairing.quantity("score").members if "score" in names or slices else ()
    wanted = dict.fromkeys(m for name in names for m in (members if name == "score" else (name,)))
    if slices:
        wanted.update(dict.fromkeys(members))
    metrics = [_weighted(pairing.metric(name)) for name in wanted]
    masks = slice_masks(pairing) if slices else {}
    of_labels = _label_metrics(pairing, members) if slices else {}
    flags = [
        f"{slice}: not an additive slice, left out" for slice in masks if not _adds_up(pairing, masks[slice], metrics)
    ]
    masks = {slice: mask for slice, mask in masks.items() if _adds_up(pairing, mask, metrics)}
    systems: list[Columns] = [*pairing.columns, *(masked(c, mask) for mask in masks.values() for c in pairing.columns)]
    start = (seed, zlib.crc32(pairing.path.encode()))
    with np.errstate(all="ignore"):
        table = resample(systems, [*metrics, *of_labels.values()], resamples=resamples, seed=start)
    size = len(pairing.columns)
    values = {name: np.array([pairing.value(s, name) for s in range(size)]) for name in names}
    draws = {name: _of(table[:size], list(wanted), members if name == "score" else (name,)) for name in names}
    every = [*masks, *of_labels]
    if not every:
        return TaskResamples(values=values, draws=draws, flags=tuple(flags))
    by_slice = np.concatenate(
        [
            _of(table[size:], list(wanted), members).reshape(len(masks), size, resamples),
            np.moveaxis(table[:size, len(metrics) :], 0, 1),
        ]
    )
    points = np.array(
        [
            *([_point(masked(c, m), members, pairing) for c in pairing.columns] for m in masks.values()),
            *([metric.value(c) for c in pairing.columns] for metric in of_labels.values()),
        ]
    )
    known = np.isfinite(points).any(axis=1)
    flags += [f"{slice}: undefined for every model, left out" for slice, ok in zip(every, known, strict=True) if not ok]
    if not known.any():
        return TaskResamples(values=values, draws=draws, flags=tuple(flags))
    worst = np.min if pairing.quantity("score").direction == "higher" else np.max
    return TaskResamples(
        values=values,
        draws=draws,
        worst=worst(points[known], axis=0),
        worst_draws=worst(by_slice[known], axis=0),
        slices=tuple(slice for slice, ok in zip(every, known, strict=True) if ok),
        flags=tuple(flags),
    )


def _label_metrics(pairing: PairedRecords, members: Sequence[str]) -> dict[str, Metric]:
    """Label slice with enough items -> the score's metric of that label, if the score has one."""
    if len(members) != 1:
        return {}
    return {
        slice: part.metric(members[0])
        for slice, part in label_slices(pairing).items()
        if members[0] in part.task.metrics and (part.about or 0) >= FEWEST_ITEMS
    }


def slice_masks(pairing: PairedRecords, least: int = FEWEST_ITEMS) -> dict[str, NDArray[np.bool_]]:
    """``name=value`` -> which items are in it, for slices of at least ``least`` items."""
    found: dict[str, NDArray[np.bool_]] = {}
    for slice, rows in rows_by_slice(pairing.records[0], pairing.task).items():
        if len(rows) >= least:
            found[slice] = np.zeros(pairing.n, dtype=np.bool_)
            found[slice][rows] = True
    return found


def masked(columns: Columns, mask: NDArray[np.bool_]) -> _MaskedColumns:
    """The columns with weight 0 for items outside of a mask (n); they share resamples with the whole task."""
    shared = (columns.task, columns.targets, columns.outputs, columns.scores, columns.clusters, columns.slices)
    return _MaskedColumns(*shared, columns.group, columns.strict, whole=columns, mask=mask)


def _weighted(metric: Metric) -> Metric:
    """The metric; in weighted form, items outside a masked slice get weight 0."""
    compute = metric.compute_weighted
    if compute is None:
        return metric

    def within(columns: Columns, weights: NDArray[np.generic]) -> Floats:
        if isinstance(columns, _MaskedColumns):
            return compute(columns.whole, np.where(columns.mask, weights, 0))
        return compute(columns, weights)

    return replace(metric, compute_weighted=within)


def _point(columns: _MaskedColumns, members: Sequence[str], pairing: PairedRecords) -> float:
    return float(np.mean([_weighted(pairing.metric(name)).value(columns) for name in members]))


def _adds_up(pairing: PairedRecords, mask: NDArray[np.bool_], metrics: Sequence[Metric]) -> bool:
    """Whether the masked columns score like the slice alone; metrics over groups need complete groups."""
    columns = pairing.columns[0]
    alone = columns.select(np.flatnonzero(mask).tolist())
    return all(
        np.isclose(metric.value(masked(columns, mask)), metric.value(alone), equal_nan=True) for metric in metrics
    )


def _of(table: Floats, names: Sequence[str], members: Sequence[str]) -> Floats:
    found: Floats = np.mean([table[:, names.index(name)] for name in members], axis=0)
    return found
