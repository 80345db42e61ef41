"""Measure the difference of two systems on a metric: both values, interval, p, flips, and flags."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchwright.comparison.difference import CHECKPOINTS, CONFIDENCE, REPLICATES, Difference
from benchwright.comparison.estimate import estimate_difference, estimate_system_difference
from benchwright.comparison.flips import count_flips
from benchwright.comparison.pairing import PairedRecords, Replicates
from benchwright.items import count, noun
from benchwright.metrics.columns import Basis, Floats
from benchwright.metrics.metric import Metric
from benchwright.quantities import members_of, positive_of
from benchwright.stats.bootstrap import sum_by_cluster
from benchwright.stats.difference import DifferenceEstimate, two_sided
from benchwright.stats.paired import DiscordantCounts, mcnemar
from benchwright.stats.randomisation import Statistic, permutation_tests
from benchwright.types import Task


def measure_difference(
    pairing: PairedRecords,
    metric: str,
    first: Replicates,
    second: Replicates,
    *,
    confidence: float = CONFIDENCE,
    slice: str | None = None,
    randomise: bool = True,
) -> Difference:
    """The difference of two systems, of one model each or of several seeds, on a metric, or on ``score``.

    Raises:
        NotComparable: The task has no such metric.
    """
    if max(len(first.models), len(second.models)) > 1:
        return _measure_replicates(pairing, metric, first, second, confidence=confidence, slice=slice)
    labels = (first.label, second.label)
    models = (first.models[0], second.models[0])
    return measure_model_difference(
        pairing, metric, *models, labels=labels, confidence=confidence, slice=slice, randomise=randomise
    )


def measure_model_difference(
    pairing: PairedRecords,
    metric: str,
    first: int = 0,
    second: int = 1,
    *,
    labels: tuple[str, str] | None = None,
    confidence: float = CONFIDENCE,
    slice: str | None = None,
    randomise: bool = True,
) -> Difference:
    """The difference of two models of paired records on a metric, or on ``score``; ``labels``: what they are called in it;
    ``randomise``: whether the permutation test is made too.

    Raises:
        NotComparable: The task has no such metric.
    """
    found = estimate_difference(pairing, metric, first, second)
    a, b = (pairing.value(model, metric) if pairing.n else math.nan for model in (first, second))
    identical = pairing.is_identical(first, second)
    delta = b - a
    same_cell = identical and math.isfinite(delta) and pairing.cells[first].key == pairing.cells[second].key
    low, high, p = (0.0, 0.0, 1.0) if same_cell else _ends(found, delta, confidence, identical=identical)
    fixed, broken = count_flips(pairing, first, second)
    named = labels or (pairing.names[first], pairing.names[second])
    return Difference(
        **_about(pairing, metric, a, b, slice=slice, confidence=confidence),
        first=named[0],
        second=named[1],
        low=low,
        high=high,
        p=p,
        method="the same stored answers" if same_cell else found.method,
        test="" if identical or p is None else found.method,
        se=None if not math.isfinite(delta) else 0.0 if same_cell else found.se,
        fixed=fixed,
        broken=broken,
        identical=identical,
        mcnemar=mcnemar(round(found.b), round(found.c)) if isinstance(found, DiscordantCounts) else None,
        randomisation=None
        if isinstance(found, DiscordantCounts) or not randomise
        else _permutation_p(pairing, metric, first, second, delta),
        flags=_with_cases(pairing, metric, _flags(pairing, found, a, b, settled=same_cell), named),
    )


def _measure_replicates(
    pairing: PairedRecords,
    metric: str,
    first: Replicates,
    second: Replicates,
    *,
    confidence: float,
    slice: str | None = None,
) -> Difference:
    """Second minus first of mean scores over seeds.

    With two or more seeds on both sides the interval is about other seeds too (Howe's combination of both levels, see
    `benchwright.stats.seeds`). With one seed on a side nothing is known about its spread: the interval then is about
    these checkpoints on other items, and says so.

    Raises:
        NotComparable: The task has no such metric.
    """
    a, b = (float(np.mean([pairing.value(at, metric) for at in side.models])) for side in (first, second))
    found = estimate_system_difference(pairing, metric, first, second)
    tail = (1 - confidence) / 2
    low, high = (None, None) if found is None else (found.bound(tail, "lower"), found.bound(tail, "upper"))
    known = found is not None and low is not None
    flags = () if found is None else found.flags
    if found is None and pairing.n:
        flags = ("undefined for a seed, or in most resamples",)
    about = REPLICATES if min(len(first.models), len(second.models)) > 1 else CHECKPOINTS
    if about == CHECKPOINTS:
        lonely = " and ".join(side.label for side in (first, second) if len(side.models) == 1)
        flags = (f"one seed of {lonely}: nothing is known about other seeds", *flags)
    every = (*first.models, *second.models)
    return Difference(
        **_about(pairing, metric, a, b, slice=slice, confidence=confidence),
        first=first.label,
        second=second.label,
        low=low,
        high=high,
        p=two_sided(found) if found is not None and known else None,
        method=found.method if found is not None and known else "none",
        test=found.method if found is not None and known else "",
        about=about,
        se=None if found is None else found.se,
        identical=all(pairing.is_identical(every[0], other) for other in every[1:]),
        flags=_with_cases(pairing, metric, _with_left_out(pairing, [*pairing.flags, *flags]), pairing.names),
    )


def _about(
    pairing: PairedRecords, metric: str, a: float, b: float, *, slice: str | None, confidence: float
) -> dict[str, Any]:
    """What both kinds of difference say alike: metric, values, items."""
    counted, unit = pairing.counted(metric)
    return {
        "path": pairing.path,
        "metric": "score" if metric == "score" else pairing.metric(metric).id,
        "positive": positive_of(metric, pairing.task, slice),
        "direction": "neither" if pairing.quantity(metric).neutral is not None else pairing.quantity(metric).direction,
        "a": _known(a),
        "b": _known(b),
        "delta": _known(b - a),
        "confidence": confidence,
        "level": 1 - confidence,
        "is_score": metric == "score" or pairing.task.score_metrics == (metric,),
        "n": counted,
        "unit": unit,
        "clusters": pairing.n_clusters if pairing.n else 0,
        "left_out": pairing.left_out,
        "applicable": pairing.cases.applicable if pairing.cases and slice is None and not _is_of_flips(metric) else (),
        "slice": slice,
    }


def _ends(
    found: DifferenceEstimate, delta: float, confidence: float, *, identical: bool
) -> tuple[float | None, float | None, float | None]:
    if not math.isfinite(delta):
        return None, None, None
    tail = (1 - confidence) / 2
    return found.bound(tail, "lower"), found.bound(tail, "upper"), 1.0 if identical else two_sided(found)


def _flags(pairing: PairedRecords, found: DifferenceEstimate, a: float, b: float, *, settled: bool) -> tuple[str, ...]:
    flags = list(pairing.flags)
    if not pairing.n:
        flags.append("no common items")
    elif not math.isfinite(b - a):
        flags.append("undefined on one side" if math.isfinite(a) or math.isfinite(b) else "undefined on both sides")
    elif not settled:
        flags += found.flags
    return _with_left_out(pairing, flags)


def _with_left_out(pairing: PairedRecords, flags: Sequence[str]) -> tuple[str, ...]:
    """Flags, each once, and how many items one of them did not answer."""
    lost = (
        (f"{count(pairing.left_out, noun(pairing.task))} left out: not answered by both",) if pairing.left_out else ()
    )
    return tuple(dict.fromkeys((*flags, *lost)))


def _with_cases(pairing: PairedRecords, metric: str, flags: tuple[str, ...], names: Sequence[str]) -> tuple[str, ...]:
    """Flags, after how many cases are applicable to each model and compared; flips are asked of invariance tests alone."""
    if not pairing.cases:
        return flags
    if _is_of_flips(metric):
        return (f"flips are compared on {count(pairing.counted(metric)[0], 'case')} of invariance tests", *flags)
    return (pairing.cases.sentence(names), *flags)


def _is_of_flips(metric: str) -> bool:
    return metric.partition("@")[0] == "flip_rate"


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _permutation_p(pairing: PairedRecords, metric: str, first: int, second: int, delta: float) -> float | None:
    """Two-sided p of equal models by swapping their answers; None where the metric is not made of sums, or is undefined.

    All metrics of two models are tested on the same swaps of units, made when the first p is asked for.
    """
    if not pairing.n or not math.isfinite(delta):
        return None
    members = members_of(metric, pairing.task)
    if any(pairing.metric(name).basis is None for name in members):
        return None
    known: dict[tuple[str, ...], float] = pairing.remember(
        ("swaps", first, second), lambda: _p_values(pairing, first, second)
    )
    return known[members]


def _p_values(pairing: PairedRecords, first: int, second: int) -> dict[tuple[str, ...], float]:
    """P by metrics whose mean is tested: each alone, and those of the score; undefined ones are left out."""
    known = [
        metric
        for metric in pairing.metrics
        if metric.basis is not None
        and np.isfinite([pairing.value(model, metric.name) for model in (first, second)]).all()
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
    pairing: PairedRecords, models: tuple[int, int], bases: list[Basis]
) -> tuple[list[Floats], dict[Basis, slice]]:
    """One row of sums per unit for each model, all bases side by side, and where each basis stands."""
    tables = []
    places: dict[Basis, slice] = {}
    for model in models:
        columns, parts, start = pairing.columns[model], [], 0
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
