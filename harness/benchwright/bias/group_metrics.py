"""Any metric of a task in the groups of a slice: values, and bounds of each or draws of all."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from functools import cache

import msgspec
import numpy as np

from benchwright.alarm import note
from benchwright.bias.compared import Compared
from benchwright.bias.groups import Groups, Members
from benchwright.metrics.closed_form import closed_form_interval
from benchwright.metrics.columns import Columns, Floats
from benchwright.metrics.degenerate import degenerate_interval, rarest
from benchwright.metrics.metric import Metric
from benchwright.metrics.resample import leave_out, resample
from benchwright.score import score_columns
from benchwright.stats.bootstrap import draw_sums, merge_rows, sum_by_cluster
from benchwright.stats.gaps import GroupEstimates
from benchwright.stats.group_bounds import DrawnGroups, IndependentGroups, InfluencedGroups
from benchwright.stats.intervals import Interval, bca, expanded
from benchwright.stats.resample_weights import visit_weights
from benchwright.types import GroupValue

RESAMPLES = 10_000
FEWER = 2_000
"""Resamples of groups that share items, for a metric that is a sum of nothing: all items are gone through for each."""

Bound = Callable[[str, float, int], float | None]


def compare_metric(columns: Columns, groups: Groups, metric: Metric) -> Compared:
    """A metric of the task in every group, as it is made of the whole; a note for a group in which it is undefined."""
    parts = {name: columns.select(np.flatnonzero(inside).tolist()) for name, inside in groups.members.items()}
    values, told = [], []
    known: dict[str, float] = {}
    for name, part in parts.items():
        score = score_columns(part, [metric], slice=f"{groups.slice}={name}")[0]
        score = msgspec.structs.replace(score, metric=metric.name)
        values.append(GroupValue(group=name, n=part.n, used=score.n, score=score))
        if score.value is None:
            reason = next((one.sentence for one in score.alarms), "it is undefined there")
            told.append(note("group", f"{name} has no value of {metric.name}: {reason}"))
        else:
            known[name] = score.value
    estimates: GroupEstimates = (
        groups_apart(metric, parts, known)
        if groups.are_apart
        else groups_together(columns, metric, groups, parts, known)
    )
    return Compared(values=tuple(values), estimates=estimates, notes=tuple(told))


def groups_apart(metric: Metric, parts: Mapping[str, Columns], values: Mapping[str, float]) -> IndependentGroups:
    """Groups without an item or a cluster in common: the bounds of each, as its interval is made at that level.

    Args:
        metric: What is compared.
        parts: Group -> its items.
        values: Group -> its value, for groups that have one.
    """
    bounds = {name: _bounds_of(parts[name], metric, values[name]) for name in values}

    def bound(name: str, alpha: float, sign: int) -> float | None:
        found = bounds[name](alpha)
        return found.low if sign < 0 else found.high

    return IndependentGroups(
        known=values,
        bound=bound,
        total=sum(parts[name].n for name in values),
        width=metric.quantity.width,
        how="closed form" if metric.share is not None or metric.influence is not None else "bootstrap",
    )


def _bounds_of(columns: Columns, metric: Metric, value: float) -> Callable[[float], Interval]:
    """The interval of one group whose ends are each a bound at a level."""
    drawn: list[Floats] = []

    @cache
    def at(alpha: float) -> Interval:
        confidence = 1 - 2 * alpha
        if metric.share is not None or metric.influence is not None:
            found = closed_form_interval(columns, metric, confidence)
            return found or degenerate_interval(columns, metric, confidence)
        if not drawn:
            seed = (0, zlib.crc32(columns.task.name.encode()))
            drawn.append(resample([columns], [metric], resamples=RESAMPLES, seed=seed)[0, 0])
        draws = drawn[0][np.isfinite(drawn[0])]
        if columns.n_clusters < 2 or 2 * draws.size < RESAMPLES:
            return Interval(low=None, high=None, se=None, method="none")
        if float(np.ptp(draws)) <= 1e-12 * max(1.0, abs(value)):
            return degenerate_interval(columns, metric, confidence)
        return _drawn_interval(columns, metric, value, draws, confidence)

    return at


def _drawn_interval(columns: Columns, metric: Metric, value: float, draws: Floats, confidence: float) -> Interval:
    """The wider of the expanded percentile and the BCa interval: each alone is too narrow somewhere in small groups."""
    low, high = expanded(draws, columns.n_clusters, confidence)
    if metric.interval == "bca":
        left = leave_out(columns, [metric])
        other = bca(draws, value, left.values[0], left.counts, confidence)
        low, high = min(low, other[0]), max(high, other[1])
    return Interval(low=min(low, value), high=max(high, value), se=float(draws.std(ddof=1)), method="bootstrap")


def groups_together(
    columns: Columns, metric: Metric, groups: Groups, parts: Mapping[str, Columns], values: Mapping[str, float]
) -> InfluencedGroups | DrawnGroups:
    """Groups that share items or clusters: what each item adds, where the metric says it; draws of all groups elsewhere."""
    names = list(values)
    total = float(np.any([groups.members[name] for name in names], axis=0).sum()) if names else 0.0
    if metric.influence is not None:
        rows = []
        for name in names:
            row = np.zeros(columns.n)
            row[groups.members[name]] = metric.influence(parts[name])
            rows.append(row)
        return InfluencedGroups(
            known=values,
            influence=sum_by_cluster(np.array(rows).T, columns.cluster_codes).T,
            sizes=np.array([rarest(parts[name]) for name in names], dtype=np.float64),
            total=total,
            width=metric.quantity.width,
        )
    return DrawnGroups(
        known=values,
        draws=_draws(columns, metric, [groups.members[name] for name in names]),
        units=min((parts[name].n_clusters for name in names), default=0),
        total=total,
        width=metric.quantity.width,
    )


def _draws(columns: Columns, metric: Metric, members: list[Members]) -> Floats:
    """Values of each group (k, R) over resamples of all units: an item outside of a group has no weight in it."""
    seed = (0, zlib.crc32(columns.task.name.encode()))
    codes = columns.cluster_codes
    if metric.basis is not None and metric.compute is not None:
        rows = columns.rows(metric.basis)
        terms = rows.values[rows.codes]
        width = terms.shape[1]
        every = np.concatenate([terms * inside[:, None] for inside in members], axis=1)
        sums = draw_sums(merge_rows(sum_by_cluster(every, codes)), resamples=RESAMPLES, seed=seed)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = [metric.compute(sums[:, at * width : (at + 1) * width], columns.task) for at in range(len(members))]
        return np.array(found)
    weighted = metric.compute_weighted
    assert weighted is not None

    def visit(weights: np.ndarray) -> Floats:
        of_items = weights if codes is None else weights.T[codes].T
        with np.errstate(all="ignore"):
            return np.array([weighted(columns, of_items * inside) for inside in members])

    blocks = visit_weights(visit, units=columns.n_clusters, resamples=FEWER, seed=seed)
    return np.concatenate(blocks, axis=-1)
