"""What systems lose under a view: the metric on items as they are minus the metric on their variants, paired by item.

A system's loss is oriented so that positive is worse: clean minus perturbed where higher values are better, perturbed minus clean
where lower are. Of a second system it is compared with that of the first over the same items: answers to an item and to its
variants by both systems are one unit of the bootstrap, with whatever shares its cluster.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.comparison.pairing import PairedRecords
from benchwright.comparison.slices import rows_of
from benchwright.items import base_id
from benchwright.metrics.columns import Columns, Floats
from benchwright.metrics.metric import Metric
from benchwright.quantities import Quantity
from benchwright.robustness.consistency import same_answer, shares_of_consistent
from benchwright.robustness.join import is_even, join
from benchwright.robustness.measure import estimate_loss
from benchwright.stats.bootstrap import sum_by_cluster, weigh
from benchwright.stats.bootstrap_difference import MANY_UNITS, BootstrapDifference
from benchwright.stats.difference import DifferenceEstimate
from benchwright.stats.resample_weights import visit_weights

Codes = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)
class JoinedView:
    """Records of systems on the items of a task and on their variants.

    Attributes:
        clean: Items (n) that have variants, of which every system answered the item and every variant.
        matched: The items, each as often as it has variants: ``clean`` itself where all have as many. What variants are compared with.
        matched_units: Independent unit of each row of ``matched``.
        view: Their variants, in the order of the items' cell.
        item_of: Position in ``clean`` of each variant's item.
        units: Independent unit of each item: its cluster, or itself.
        variants: Number of variants of those items.
        left_out: Items with variants that some system did not answer in full.
    """

    clean: PairedRecords
    matched: PairedRecords
    matched_units: Codes
    view: PairedRecords
    item_of: Codes
    units: Codes
    left_out: int

    @property
    def n(self) -> int:
        """Items."""
        return self.clean.n

    @property
    def variants(self) -> int:
        """Variants of all items."""
        return self.view.n

    @property
    def n_units(self) -> int:
        """Independent units."""
        return int(self.units.max()) + 1 if self.units.size else 0


def join_view(clean: PairedRecords, view: PairedRecords) -> JoinedView:
    """The pairing of a task and that of a view of it, of the same systems, joined by the id of the item."""
    rows = {record.id: at for at, record in enumerate(clean.records[0])}
    # Variants of an item are a group, or, where items are judged together, the variants of those. One that lost a variant is none
    # any more: its item, or its items, are left out.
    of_item = [str(r.group) if r.group in rows else base_id(r.id) for r in view.records[0]]
    named = zip(of_item, view.columns[0].group, strict=True)
    whole = [item if group is not None and item in rows else None for item, group in named]
    items = list(dict.fromkeys(item for item in whole if item is not None))
    every = set(of_item)
    kept_rows = [rows[item] for item in items]
    kept = rows_of(clean, kept_rows)
    variants = [at for at, group in enumerate(whole) if group is not None]
    number = {item: at for at, item in enumerate(items)}
    clusters = kept.columns[0].clusters or [None] * kept.n
    known: dict[object, int] = {}
    units = [known.setdefault((at,) if name is None else name, len(known)) for at, name in enumerate(clusters)]
    item_of = np.array([number[str(whole[at])] for at in variants], dtype=np.intp)
    of_items = np.array(units, dtype=np.intp)
    even = is_even(item_of)
    return JoinedView(
        clean=kept,
        matched=kept if even else rows_of(kept, item_of.tolist()),
        matched_units=of_items if even else of_items[item_of],
        view=rows_of(view, variants),
        item_of=item_of,
        units=of_items,
        left_out=len(every - set(items)),
    )


def loss_of(joined: JoinedView, metric: str, system: int) -> float:
    """What one system loses on a metric, or on ``score``; NaN where one of the two values is undefined."""
    quantity = joined.clean.quantity(metric)
    lost = joined.matched.value(system, metric) - joined.view.value(system, metric)
    return quantity.sign * lost


def estimate_change(joined: JoinedView, metric: str, system: int) -> DifferenceEstimate:
    """Perturbed minus clean of one system, by the estimator whose interval a run shows. Raises NotComparable for an unknown metric."""
    quantity, clean = joined.clean.quantity(metric), joined.clean
    items = join(clean.task, clean.records[system], joined.view.records[system])
    return estimate_loss(
        items,
        [clean.metric(name) for name in quantity.members],
        quantity,
        moved=shares_of_consistent(items, same_answer(clean.task)) < 1,
        resamples=clean.resamples,
        seed=clean.seed,
    )


def estimate_extra_loss(joined: JoinedView, metric: str, first: int = 0, second: int = 1) -> BootstrapDifference:
    """The loss of the second system minus that of the first, paired by item. Raises NotComparable where the task has no such metric."""
    return _estimate(joined, metric, [(second, 1.0), (first, -1.0)])


def loss_draws(joined: JoinedView, metric: str, systems: Sequence[int]) -> Floats:
    """Losses (systems, R) over bootstrap resamples of units; NaN where a resample leaves one undefined."""
    import zlib

    clean = joined.clean
    seed = (clean.seed, zlib.crc32(joined.view.path.encode()))
    blocks = visit_weights(
        lambda weights: _losses(joined, metric, systems, weights),
        units=joined.n_units,
        resamples=clean.resamples,
        seed=seed,
    )
    return np.concatenate(blocks, axis=-1)


def _estimate(joined: JoinedView, metric: str, parts: Sequence[tuple[int, float]]) -> BootstrapDifference:
    quantity, resamples = joined.clean.quantity(metric), joined.clean.resamples
    systems, signs = [system for system, _ in parts], np.array([sign for _, sign in parts])
    width = quantity.width * len(parts)
    if joined.n_units < 2:
        value = float(sum(sign * loss_of(joined, metric, system) for system, sign in parts)) if joined.n else math.nan
        return BootstrapDifference(
            value=value, draws=np.empty(0), units=joined.n_units, width=width, resamples=resamples
        )
    draws = signs @ loss_draws(joined, metric, systems)
    few = joined.n_units < MANY_UNITS
    without = signs @ _losses(joined, metric, systems, (1 - np.eye(joined.n_units)).astype(np.uint8)) if few else None
    return BootstrapDifference(
        value=float(sum(sign * loss_of(joined, metric, system) for system, sign in parts)),
        draws=draws[np.isfinite(draws)],
        units=joined.n_units,
        width=width,
        resamples=resamples,
        changed=_changed(joined, systems),
        without_one=without if without is not None and np.isfinite(without).all() else None,
        sizes=np.bincount(joined.units).astype(np.float64) if few else None,
        extra=(f"only {joined.n_units} independent units",) if joined.n_units < 30 else (),
    )


def _losses(joined: JoinedView, metric: str, systems: Sequence[int], weights: NDArray[np.uint8]) -> Floats:
    """Losses (systems, b) under weights (b, units)."""
    quantity: Quantity = joined.clean.quantity(metric)
    of_items = weights.T[joined.matched_units].T
    of_variants = weights.T[joined.units[joined.item_of]].T
    found = []
    for system in systems:
        values = []
        for pairing, items, units in (
            (joined.matched, of_items, joined.matched_units),
            (joined.view, of_variants, joined.units[joined.item_of]),
        ):
            columns = pairing.columns[system]
            every = [_values(pairing.metric(name), columns, weights, items, units) for name in quantity.members]
            values.append(np.mean(every, axis=0))
        found.append(quantity.sign * (values[0] - values[1]))
    return np.stack(found)


def _values(
    metric: Metric, columns: Columns, weights: NDArray[np.uint8], items: NDArray[np.uint8], units: Codes
) -> Floats:
    """Values (b) of a metric under weights of units (b, U), or of items (b, n) where it is no function of sums."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if metric.basis is not None and metric.compute is not None:
            rows = columns.rows(metric.basis)
            return metric.compute(weigh(sum_by_cluster(rows.values[rows.codes], units), weights), columns.task)
        assert metric.compute_weighted is not None
        return metric.compute_weighted(columns, items)


def _changed(joined: JoinedView, systems: Sequence[int]) -> int:
    """Number of items that may add to the difference: some system answers a variant otherwise than the item, and not all alike."""
    outputs = [joined.clean.columns[system].outputs for system in systems]
    variants = [joined.view.columns[system].outputs for system in systems]
    moved: set[int] = set()
    for at, item in enumerate(joined.item_of.tolist()):
        apart = any(said[at] != original[item] for said, original in zip(variants, outputs, strict=True))
        alike = len(systems) > 1 and variants[0][at] == variants[1][at] and outputs[0][item] == outputs[1][item]
        if apart and not alike:
            moved.add(item)
    return len(moved)
