"""Differences of recipes that were trained with several seeds: intervals over seeds and items (decisions, section 1)."""

from __future__ import annotations

import math

import numpy as np

from benchwright.comparison.difference import CHECKPOINTS, RECIPE, Difference, direction_of, id_of, is_score
from benchwright.comparison.estimate import estimate_between
from benchwright.comparison.pairing import PairedRecords, Replicates
from benchwright.items import count, noun
from benchwright.quantities import positive_of
from benchwright.stats.difference import two_sided


def differ_recipes(
    pairing: PairedRecords,
    metric: str,
    first: Replicates,
    second: Replicates,
    *,
    confidence: float,
    slice: str | None = None,
) -> Difference:
    """Second minus first of mean scores over seeds.

    With two or more seeds on both sides the interval is about the recipes (Howe's combination of both levels, see
    `benchwright.stats.seeds`). With one seed on a side nothing is known about its spread: the interval then is about
    these checkpoints on other items, and says so.

    Raises:
        NotComparable: The task has no such metric.
    """
    a, b = (float(np.mean([pairing.value(at, metric) for at in side.systems])) for side in (first, second))
    delta = b - a
    found = estimate_between(pairing, metric, first, second)
    tail = (1 - confidence) / 2
    low, high = (None, None) if found is None else (found.bound(tail, "lower"), found.bound(tail, "upper"))
    known = found is not None and low is not None
    flags = () if found is None else found.flags
    if found is None and pairing.n:
        flags = ("undefined for a seed, or in most resamples",)
    about = RECIPE if min(len(first.systems), len(second.systems)) > 1 else CHECKPOINTS
    if about == CHECKPOINTS:
        lonely = " and ".join(side.label for side in (first, second) if len(side.systems) == 1)
        flags = (f"one seed of {lonely}: nothing is known about other seeds", *flags)
    every = (*first.systems, *second.systems)
    return Difference(
        path=pairing.path,
        metric=id_of(pairing, metric),
        positive=positive_of(metric, pairing.task),
        direction=direction_of(pairing, metric),
        first=first.label,
        second=second.label,
        a=a if math.isfinite(a) else None,
        b=b if math.isfinite(b) else None,
        delta=delta if math.isfinite(delta) else None,
        low=low,
        high=high,
        p=two_sided(found) if found is not None and known else None,
        method=found.method if found is not None and known else "none",
        test=found.method if found is not None and known else "",
        about=about,
        confidence=confidence,
        level=1 - confidence,
        se=None if found is None else found.se,
        is_score=is_score(pairing, metric),
        n=pairing.counted(metric)[0],
        unit=pairing.counted(metric)[1],
        clusters=pairing.n_clusters if pairing.n else 0,
        left_out=pairing.left_out,
        identical=all(pairing.is_identical(every[0], other) for other in every[1:]),
        slice=slice,
        flags=_told(pairing, flags),
    )


def _told(pairing: PairedRecords, flags: tuple[str, ...]) -> tuple[str, ...]:
    told = [*pairing.flags, *flags]
    if pairing.left_out:
        told.append(f"{count(pairing.left_out, noun(pairing.task))} left out: not answered by both")
    return tuple(dict.fromkeys(told))
