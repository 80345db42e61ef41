"""Bootstrap draws of any metrics, for one or several models on the same items: one set of draws for everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.errors import NotComparable
from benchwright.metrics.columns import Basis, Columns, Floats
from benchwright.metrics.metric import Metric
from benchwright.stats.bootstrap import ClusterRows, draw_sums, is_cheap, merge_rows, sum_by_cluster, weigh
from benchwright.stats.resample_weights import block_size, visit_weights

_MOST_CODES = 2**62
"""Codes of rows of several models are numbered anew before they would pass this."""
_SOME = 128
"""Items, besides an eighth of all, among which too many different rows are looked for first."""
_GROUPS = 1000
"""Most parts a sample is cut into for the jackknife of metrics that are not sums."""


def resample(
    systems: Sequence[Columns], metrics: Sequence[Metric], *, resamples: int = 10_000, seed: tuple[int, ...] = (0,)
) -> Floats:
    """Values (systems, metrics, resamples); NaN where a resample leaves a metric undefined.

    Units are clusters, or items where none share one. All systems and metrics see the same draws.

    Raises:
        NotComparable: The systems do not answer the same items.
    """
    _check_same_items(systems)
    order = _own_order(systems, metrics)
    ordered = [systems[at] for at in order]
    few = _few_rows(ordered, metrics)
    if few is not None:
        found = few[0].metrics_of_sums(draw_sums(few[1], resamples=resamples, seed=seed))
    else:
        table = _Table(ordered, metrics)
        units = systems[0].n_clusters
        blocks = visit_weights(table.metrics_of_weights, units=units, resamples=resamples, seed=seed)
        found = np.concatenate(blocks, axis=-1)
    return found if len(systems) == 1 else found[np.argsort(order)]


class Resamples:
    """What `resample` gives for several metrics, each when it is asked for; of sums that take few different rows only these are kept.

    The draws are the same in whatever order the systems are given, so that a difference and its reverse have mirrored intervals.

    Args:
        systems: As for `resample`.
        metrics: All that share the draws: whether they are drawn by different rows is decided over all of them.
        resamples: How many.
        seed: Of the draws.
        pool: Draws of more systems on the same items, these among them; None: they are drawn alone.
    """

    def __init__(
        self,
        systems: Sequence[Columns],
        metrics: Sequence[Metric],
        *,
        resamples: int,
        seed: tuple[int, ...],
        pool: DrawnTogether | None = None,
    ) -> None:
        _check_same_items(systems)
        order = _own_order(systems, metrics)
        self._place = np.argsort(order)
        systems = [systems[at] for at in order]
        self.systems, self.metrics, self.resamples, self.seed = systems, metrics, resamples, seed
        self.pool = pool if pool is not None and pool.holds(systems, resamples, seed) else None
        few = _few_rows(systems, metrics)
        self._few = None if few is None else (few[0], draw_sums(few[1], resamples=resamples, seed=seed))
        self._known: dict[str, Floats] = {}

    def values(self, metric: Metric) -> Floats:
        """Values (systems, resamples) of one of the metrics; NaN where a resample leaves it undefined."""
        if metric.name not in self._known:
            if self._few is not None:
                table, sums = self._few
                self._known[metric.name] = table.metrics_of_sums(sums, only=metric)[:, 0]
            elif self.pool is not None:
                self._known[metric.name] = self.pool.values(self.systems, metric)
            else:
                drawn = self._draw()
                self._known |= {one.name: drawn[:, at] for at, one in enumerate(self.metrics)}
        found: Floats = self._known[metric.name][self._place]
        return found

    def _draw(self) -> Floats:
        units = self.systems[0].n_clusters
        visit = _Table(self.systems, self.metrics).metrics_of_weights
        return np.concatenate(visit_weights(visit, units=units, resamples=self.resamples, seed=self.seed), axis=-1)


def _own_order(systems: Sequence[Columns], metrics: Sequence[Metric]) -> list[int]:
    """Positions of systems in an order that their answers alone decide: by the sums of their rows, equal ones by the rows.

    Different rows are drawn by number, and their numbers follow the order of the systems.
    """
    if len(systems) == 1:
        return [0]
    bases = list(dict.fromkeys(metric.basis for metric in metrics if metric.basis is not None))
    sums = [tuple(end for basis in bases for end in columns.sums(basis).tolist()) for columns in systems]
    if len(set(sums)) == len(sums):
        return sorted(range(len(systems)), key=sums.__getitem__)
    rows = [[columns.rows(basis) for basis in bases] for columns in systems]
    told = [b"".join(one.values[one.codes].tobytes() for one in several) for several in rows]
    return sorted(range(len(systems)), key=lambda at: (sums[at], told[at]))


def _few_rows(systems: Sequence[Columns], metrics: Sequence[Metric]) -> tuple[_Table, ClusterRows] | None:
    """A table for sums, and its different rows; None where these are too many to be drawn, or of metrics that are not sums.

    They are at least as many as those of any one model, which are known already and tell most pairs with too many.
    """
    bases = dict.fromkeys(metric.basis for metric in metrics if metric.basis is not None)
    if any(metric.basis is None for metric in metrics) or not all(
        _has_few(columns, basis) for columns in systems for basis in bases
    ):
        return None
    table, merged = _different_rows(systems, metrics)
    return (table, merged) if is_cheap(merged) else None


def _has_few(columns: Columns, basis: Basis) -> bool:
    """Whether the different rows of one model are few; where a part of its items has too many already, the others are not looked at."""
    return columns.remember(("few rows", basis), lambda: _count_few(columns, basis))


def _count_few(columns: Columns, basis: Basis) -> bool:
    if columns.cluster_codes is None:
        rows = columns.rows(basis)
        some = merge_rows(rows.values[rows.codes[: _SOME + columns.n // 8]])
        if not is_cheap(some, columns.n):
            return False
    return is_cheap(columns.cluster_rows(basis))


def _different_rows(systems: Sequence[Columns], metrics: Sequence[Metric]) -> tuple[_Table, ClusterRows]:
    """A table for sums, and its different rows.

    Independent items are the same row where every model's row of every basis is: these are told by code, and only one of each is made.
    """
    if systems[0].cluster_codes is not None or not systems[0].n:
        table = _Table(systems, metrics)
        return table, merge_rows(table.values)
    bases = dict.fromkeys(metric.basis for metric in metrics if metric.basis is not None)
    joint = np.zeros(systems[0].n, dtype=np.int64)
    for columns in systems:
        for basis in bases:
            rows = columns.rows(basis)
            if rows.codes.size and int(joint.max() + 1) * len(rows.values) > _MOST_CODES:
                joint = np.unique(joint, return_inverse=True)[1]
            joint = joint * len(rows.values) + rows.codes
    _, first, counts = np.unique(joint, return_index=True, return_counts=True)
    table = _Table(systems, metrics, only=first)
    return table, merge_rows(table.values, counts)


class DrawnTogether:
    """Bootstrap draws of all systems that answered the same items, made once for every pair of them.

    Draws of units depend on their number and the seed alone, so those of a pair are the same with other systems beside it. Sums of whole
    numbers are then equal to the last bit; others differ by how many columns a matrix product has, in their last digits.

    Args:
        systems: On the same items.
        first: Metrics that are wanted together; others are drawn when they are asked for.
        resamples: How many.
        seed: Of the draws.
    """

    def __init__(
        self, systems: Sequence[Columns], first: Sequence[Metric], *, resamples: int, seed: tuple[int, ...]
    ) -> None:
        self.systems, self.first, self.resamples, self.seed = systems, first, resamples, seed
        self._places = {id(columns): at for at, columns in enumerate(systems)}
        self._known: dict[str, Floats] = {}
        self._alone: dict[str, Floats] = {}

    def holds(self, systems: Sequence[Columns], resamples: int, seed: tuple[int, ...]) -> bool:
        """Whether the draws of these systems are among them."""
        return (resamples, seed) == (self.resamples, self.seed) and all(id(one) in self._places for one in systems)

    def values(self, systems: Sequence[Columns], metric: Metric) -> Floats:
        """Values (systems, resamples) of a metric; one of ranks that is undefined over all items is so in every resample."""
        if metric.basis is None and not any(np.isfinite(metric.value(columns)) for columns in self.systems):
            return np.full((len(systems), self.resamples), np.nan)
        return self._of(self._known, systems, metric, self._draw)

    def without_one(self, systems: Sequence[Columns], metric: Metric) -> Floats:
        """Values (systems, units) of a metric without each unit."""
        return self._of(self._alone, systems, metric, lambda metrics: leave_each_out(self.systems, metrics))

    def _of(
        self,
        known: dict[str, Floats],
        systems: Sequence[Columns],
        metric: Metric,
        make: Callable[[Sequence[Metric]], Floats],
    ) -> Floats:
        if metric.name not in known:
            metrics = self.first if any(metric is one for one in self.first) else [metric]
            table = make(metrics)
            known.update({one.name: table[:, at] for at, one in enumerate(metrics)})
        found: Floats = known[metric.name][[self._places[id(one)] for one in systems]]
        return found

    def _draw(self, metrics: Sequence[Metric]) -> Floats:
        visit, units = _Table(self.systems, metrics).metrics_of_weights, self.systems[0].n_clusters
        return np.concatenate(visit_weights(visit, units=units, resamples=self.resamples, seed=self.seed), axis=-1)


@dataclass(frozen=True)
class LeftOut:
    """Metric values (metrics, m) without one unit of a kind, and how many units are of that kind (m)."""

    values: Floats
    counts: NDArray[np.int64]


def leave_out(columns: Columns, metrics: Sequence[Metric]) -> LeftOut:
    """The jackknife: values without one unit, or without one of 1000 groups of units for metrics that are not sums."""
    if all(metric.basis is not None for metric in metrics):
        table, merged = _different_rows([columns], metrics)
        return LeftOut(table.metrics_of_sums(merged.sums - merged.values)[0], merged.counts)
    table = _Table([columns], metrics)
    units = columns.n_clusters
    groups = min(units, _GROUPS)
    member = np.arange(units)[:, None] % groups
    size = block_size(units)
    blocks = [
        table.metrics_of_weights((member != np.arange(start, min(start + size, groups))).astype(np.uint8).T)[0]
        for start in range(0, groups, size)
    ]
    return LeftOut(np.concatenate(blocks, axis=-1), np.ones(groups, dtype=np.int64))


def leave_each_out(systems: Sequence[Columns], metrics: Sequence[Metric]) -> Floats:
    """The jackknife of several systems: values (systems, metrics, units) without each unit, for few units.

    Raises:
        NotComparable: The systems do not answer the same items.
    """
    _check_same_items(systems)
    units = systems[0].n_clusters
    return _Table(systems, metrics).metrics_of_weights((1 - np.eye(units)).astype(np.uint8))


class _Table:
    """Sums of all bases of all systems, side by side; with ``only`` of some items alone, each a unit."""

    def __init__(
        self, systems: Sequence[Columns], metrics: Sequence[Metric], *, only: NDArray[np.intp] | None = None
    ) -> None:
        self.systems, self.metrics = systems, metrics
        self.sums_only = all(metric.basis is not None for metric in metrics)
        bases = list(dict.fromkeys(metric.basis for metric in metrics if metric.basis is not None))
        parts: list[Floats] = []
        self.places = dict[tuple[int, Basis], slice | list[int]]()
        known: dict[bytes, int] = {}
        for number, columns in enumerate(systems):
            for basis in bases:
                rows = columns.rows(basis)
                items = rows.values[rows.codes if only is None else rows.codes[only]].T
                if len(systems) == 1:
                    self.places[number, basis] = slice(len(parts), len(parts) + len(items))
                    parts += list(items)
                    continue
                # What is the same for all systems, such as gold counts, is summed once.
                place = []
                for column in items:
                    name = column.tobytes()
                    if name not in known:
                        known[name] = len(parts)
                        parts.append(column)
                    place.append(known[name])
                self.places[number, basis] = place
        items = np.stack(parts, axis=1) if parts else np.empty((systems[0].n if only is None else len(only), 0))
        self.values = items if only is not None else sum_by_cluster(items, systems[0].cluster_codes)

    def metrics_of_sums(
        self, sums: Floats, weights: NDArray[Any] | None = None, *, only: Metric | None = None
    ) -> Floats:
        """Values (systems, metrics, b) from sums (b, w) and, for weighted forms, item weights (b, n); of ``only`` one metric, or of all."""
        metrics = self.metrics if only is None else (only,)
        values = np.empty((len(self.systems), len(metrics), len(sums)))
        for row, columns in enumerate(self.systems):
            for column, metric in enumerate(metrics):
                with np.errstate(divide="ignore", invalid="ignore"):
                    if metric.basis is not None and metric.compute is not None:
                        part = sums[:, self.places[row, metric.basis]]
                        values[row, column] = metric.compute(part, columns.task)
                    elif metric.compute_weighted is not None and weights is not None:
                        values[row, column] = metric.compute_weighted(columns, weights)
        return values

    def metrics_of_weights(self, weights: NDArray[np.uint8]) -> Floats:
        """Values (systems, metrics, b) from unit weights (b, units)."""
        codes = self.systems[0].cluster_codes
        items = weights if codes is None or self.sums_only else weights.T[codes].T
        return self.metrics_of_sums(weigh(self.values, weights), items)


def _check_same_items(systems: Sequence[Columns]) -> None:
    first = systems[0]
    for other in systems[1:]:
        if other.n != first.n or other.clusters != first.clusters or other.targets != first.targets:
            raise NotComparable(
                f"models answer different items of {first.task.name}: {first.n} and {other.n}",
                expected="the same items, in the same order, with the same gold answers",
                hint="keep the items that all of them answered",
            )
