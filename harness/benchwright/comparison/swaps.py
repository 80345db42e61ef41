"""The p-value of equal systems by swapping their answers, for every metric of a pairing that is made of sums."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np

from benchwright.comparison.pairing import PairedRecords
from benchwright.metrics.columns import Basis, Floats, Metric
from benchwright.quantities import members_of
from benchwright.stats.bootstrap import sum_by_cluster
from benchwright.stats.randomisation import Statistic, permutation_tests
from benchwright.types import Task


def randomised(pairing: PairedRecords, metric: str, first: int, second: int) -> Callable[[], float] | None:
    """What makes the two-sided p of a metric, or of ``score``; None where the metric is not made of sums.

    All metrics of two systems are tested on the same swaps of units, made when the first p is asked for.
    """
    members = members_of(metric, pairing.task)
    if any(pairing.metric(name).basis is None for name in members):
        return None
    return lambda: pairing.remember(("swaps", first, second), lambda: _p_values(pairing, first, second))[members]


def _p_values(pairing: PairedRecords, first: int, second: int) -> dict[tuple[str, ...], float]:
    """P by metrics whose mean is tested: each alone, and those of the score; undefined ones are left out."""
    known = [
        metric
        for metric in pairing.metrics
        if metric.basis is not None
        and np.isfinite([pairing.value(system, metric.name) for system in (first, second)]).all()
    ]
    names = {metric.name: metric for metric in known}
    asked: list[tuple[str, ...]] = [(metric.name,) for metric in known]
    score = pairing.task.score_metrics
    if len(score) > 1 and all(name in names for name in score):
        asked.append(score)
    bases = list(dict.fromkeys(metric.basis for metric in known if metric.basis is not None))
    rows, places = _rows(pairing, (first, second), bases)
    statistics = [_statistic([names[name] for name in members], places, pairing.task) for members in asked]
    start = (pairing.seed, zlib.crc32(pairing.path.encode()), 1)
    found = permutation_tests(rows[0], rows[1], statistics, resamples=pairing.resamples, seed=start)
    return {members: one.p for members, one in zip(asked, found, strict=True)}


def _rows(
    pairing: PairedRecords, systems: tuple[int, int], bases: list[Basis]
) -> tuple[list[Floats], dict[Basis, slice]]:
    """One row of sums per unit for each system, all bases side by side, and where each basis stands."""
    tables = []
    places: dict[Basis, slice] = {}
    for system in systems:
        columns, parts, start = pairing.columns[system], [], 0
        for basis in bases:
            rows = columns.rows(basis)
            parts.append(rows.values[rows.codes])
            places[basis] = slice(start, start + rows.values.shape[1])
            start += rows.values.shape[1]
        tables.append(sum_by_cluster(np.concatenate(parts, axis=1), columns.cluster_codes))
    return tables, places


def _statistic(metrics: list[Metric], places: dict[Basis, slice], task: Task) -> Statistic:
    def mean(sums: Floats) -> Floats:
        values = []
        for metric in metrics:
            assert metric.basis is not None
            assert metric.compute is not None
            values.append(metric.compute(sums[:, places[metric.basis]], task))
        found: Floats = np.mean(values, axis=0)
        return found

    return mean
