"""The difference of two systems on one metric, as an estimator: value, bounds and p from one object.

Shares of independent items that both systems tried, accuracy above all: Tango's score method. Everything else, shares of
items in clusters too: bootstrap draws over units, the same resamples for both systems and for all metrics.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import ne

import numpy as np

from benchwright import registry
from benchwright.comparison.pairing import Pairing
from benchwright.items import Changes
from benchwright.metrics.columns import Floats, Metric, unit_influence
from benchwright.metrics.degenerate import rarest
from benchwright.metrics.twins import twin_of, twins
from benchwright.stats.estimator import MANY_UNITS, Bound, Drawn, Estimator, Linear, Pairs, Tail

__all__ = [
    "Bound",
    "Contrast",
    "Drawn",
    "Pairs",
    "Tail",
    "changes_of",
    "contrast",
    "count_changed",
    "draws_of_mean",
    "is_same",
    "unit_sizes",
]

_NONE = 1e-12

Contrast = Estimator
"""A difference, second minus first."""


def contrast(pairing: Pairing, metric: str, first: int = 0, second: int = 1) -> Contrast:
    """The difference of two systems of a pairing on a metric, or on ``score``.

    Raises:
        NotComparable: The task has no such metric.
    """
    members = pairing.quantity(metric).members
    if len(members) == 1:
        found = _standing_for(pairing, pairing.metric(members[0]), first, second)
        if pairing.n and found.proportion:
            pairs = _pairs(pairing, found, first, second)
            if pairs is not None:
                return pairs
        if pairing.n and found.influence is not None:
            linear = _linear(pairing, found, first, second)
            if linear is not None:
                return linear
    return draws_of_mean(pairing, metric, (first,), (second,))


def _standing_for(pairing: Pairing, metric: Metric, first: int, second: int) -> Metric:
    """The metric itself, or the share of items that it is under another name."""
    if metric.proportion or metric.basis is None or not pairing.n or pairing.own:
        return metric
    found = [twin_of(pairing.columns[at], _with_shares(pairing), metric) for at in (first, second)]
    twin = found[0]
    return twin if twin is not None and twin.proportion and found[1] is twin else metric


def _with_shares(pairing: Pairing) -> list[Metric]:
    """The task's metrics, and accuracy, which may stand for one of them."""
    accuracy: Metric = registry.get("metrics", "accuracy")
    known = list(pairing.metrics)
    return known if accuracy in known or pairing.task.kind not in accuracy.kinds else [accuracy, *known]


def draws_of_mean(pairing: Pairing, metric: str, first: tuple[int, ...], second: tuple[int, ...]) -> Drawn:
    """Bootstrap draws of the difference of mean values of systems, which stand for one side each."""
    width = pairing.quantity(metric).width
    if not pairing.n:
        return Drawn(value=math.nan, draws=np.empty(0), units=0, width=width, of=pairing.resamples)
    value, draws = (
        np.mean([table[at] for at in second], axis=0) - np.mean([table[at] for at in first], axis=0)
        for table in ([pairing.value(at, metric) for at in range(len(pairing.columns))], pairing.draws(metric))
    )
    few = (f"only {pairing.units} independent units",) if pairing.units < 30 else ()
    return Drawn(
        value=float(value),
        draws=draws[np.isfinite(draws)],
        units=pairing.units,
        width=width,
        of=pairing.resamples,
        changed=count_changed(pairing, first[0], second[0]),
        counted=changes_of(pairing, first[0], second[0]),
        without_one=_without_one(pairing, metric, first, second),
        sizes=unit_sizes(pairing),
        extra=few,
    )


def count_changed(pairing: Pairing, first: int, second: int) -> int:
    """Items that two systems answer differently, or the units that hold them where those are no more than half of all."""
    return _changes(pairing, first, second)[0]


def changes_of(pairing: Pairing, first: int, second: int) -> Changes:
    """What `count_changed` counts."""
    return _changes(pairing, first, second)[1]


def _changes(pairing: Pairing, first: int, second: int) -> tuple[int, Changes]:
    def count() -> tuple[int, Changes]:
        one, other = pairing.columns[first], pairing.columns[second]
        changed = np.fromiter(map(ne, one.outputs, other.outputs), bool, one.n)
        codes = one.cluster_codes
        units = len(np.unique(codes[changed])) if codes is not None else one.n
        return (units, "clusters") if codes is not None and 2 * units <= one.units else (int(changed.sum()), "answers")

    found: tuple[int, Changes] = pairing.remember(("changed", first, second), count)
    return found


def is_same(pairing: Pairing, metric: str, other: str, systems: Sequence[int]) -> bool:
    """Whether two metrics are one number by definition, under two names, and on the answers of some systems."""
    if "score" in (metric, other) or not pairing.n:
        return False
    found = twins(pairing.task, _with_shares(pairing))
    if found.get(metric, metric) != found.get(other, other):
        return False
    return all(abs(pairing.value(at, metric) - pairing.value(at, other)) <= _NONE for at in systems)


def unit_sizes(pairing: Pairing) -> Floats | None:
    """Items of each unit, where units are clusters and few; None elsewhere."""
    codes = pairing.columns[0].cluster_codes if pairing.n else None
    if codes is None or pairing.units >= MANY_UNITS:
        return None
    return np.bincount(codes).astype(np.float64)


def _linear(pairing: Pairing, metric: Metric, first: int, second: int) -> Linear | None:
    """From what each item adds to the values; None where one is undefined."""
    assert metric.influence is not None
    values = [pairing.value(at, metric.name) for at in (first, second)]
    if not all(math.isfinite(value) for value in values):
        return None
    one, other = (
        pairing.remember(("influence", metric.name, at), lambda at=at: unit_influence(metric, pairing.columns[at]))
        for at in (first, second)
    )
    few = (f"only {pairing.units} independent units",) if pairing.units < 30 else ()
    return Linear(
        value=values[1] - values[0],
        pull=other - one,
        width=metric.high - metric.low,
        df=max(rarest(pairing.columns[first]) - 1, 1),
        changed=_moved(pairing, first, second),
        extra=few,
    )


def _moved(pairing: Pairing, first: int, second: int) -> int:
    """Items whose scores differ."""
    one, other = pairing.columns[first].scores, pairing.columns[second].scores
    assert one is not None
    assert other is not None
    return int((one != other).any(axis=1).sum()) if one.shape == other.shape else pairing.n


def _without_one(pairing: Pairing, metric: str, first: tuple[int, ...], second: tuple[int, ...]) -> Floats | None:
    table = pairing.without_one(metric)
    if table is None:
        return None
    found: Floats = table[list(second)].mean(axis=0) - table[list(first)].mean(axis=0)
    return found if np.isfinite(found).all() else None


def _pairs(pairing: Pairing, metric: Metric, first: int, second: int) -> Pairs | None:
    """Counts of a share of independent items, each tried by both sides or by neither; None for anything else."""
    assert metric.share is not None
    assert metric.basis is not None
    shares = []
    for system in (first, second):
        rows = pairing.columns[system].rows(metric.basis)
        hits, trials = metric.share(rows.values, pairing.task)
        shares.append((np.asarray(hits)[rows.codes], np.asarray(trials)[rows.codes]))
    (one, tried), (other, tried_too) = shares
    if not np.array_equal(tried, tried_too) or not np.isin(tried, (0.0, 1.0)).all() or not tried.any():
        return None
    codes = pairing.columns[first].cluster_codes
    if codes is not None and np.bincount(codes, weights=tried).max() > 1:
        return None
    up, down = np.maximum(other - one, 0.0), np.maximum(one - other, 0.0)
    return Pairs(b=float(up.sum()), c=float(down.sum()), n=float(tried.sum()))
