"""Differences of recipes that were trained with several seeds: intervals over seeds and items (decisions, section 1)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchwright.comparison.difference import CHECKPOINTS, RECIPE, Difference, direction_of, id_of, is_score
from benchwright.comparison.pairing import Pairing
from benchwright.metrics.columns import Floats
from benchwright.stats.seeds import SeedInterval, two_level_difference, two_level_p


@dataclass(frozen=True, kw_only=True)
class Seeds:
    """Who of a pairing's systems stands for one recipe."""

    label: str
    systems: tuple[int, ...]


def differ_recipes(
    pairing: Pairing, metric: str, first: Seeds, second: Seeds, *, confidence: float, group: str | None = None
) -> Difference:
    """Second minus first of mean scores over seeds.

    With two or more seeds on both sides the interval is about the recipes (Howe's combination of both levels, see
    `benchwright.stats.seeds`). With one seed on a side nothing is known about its spread: the interval then is about
    these checkpoints on other items, and says so.

    Raises:
        NotComparable: The task has no such metric.
    """
    values = [np.array([pairing.value(at, metric) for at in side.systems]) for side in (first, second)]
    a, b = (float(some.mean()) for some in values)
    delta = b - a
    found, flags = _interval(pairing, metric, values, (first.systems, second.systems), confidence)
    about = RECIPE if min(len(first.systems), len(second.systems)) > 1 else CHECKPOINTS
    if about == CHECKPOINTS:
        lonely = " and ".join(side.label for side in (first, second) if len(side.systems) == 1)
        flags = (f"one seed of {lonely}: nothing is known about other seeds", *flags)
    every = (*first.systems, *second.systems)
    known = found is not None and found[0] is not None
    return Difference(
        path=pairing.path,
        metric=id_of(pairing, metric),
        direction=direction_of(pairing, metric),
        first=first.label,
        second=second.label,
        a=a if math.isfinite(a) else None,
        b=b if math.isfinite(b) else None,
        delta=delta if math.isfinite(delta) else None,
        low=found[0] if found else None,
        high=found[1] if found else None,
        p=found[2] if found else None,
        method=_method(pairing, about) if known else "none",
        test=_method(pairing, about) if known else "",
        about=about,
        confidence=confidence,
        level=1 - confidence,
        se=found[3] if found else None,
        is_score=is_score(pairing, metric),
        n=pairing.n,
        clusters=pairing.units if pairing.n else 0,
        left_out=pairing.left_out,
        identical=all(pairing.is_identical(every[0], other) for other in every[1:]),
        group=group,
        flags=_told(pairing, flags),
    )


def _method(pairing: Pairing, about: str) -> str:
    return "seeds and items" if about == RECIPE else f"paired bootstrap {pairing.resamples:,}"


_Found = tuple[float | None, float | None, float | None, float | None]


def _interval(
    pairing: Pairing,
    metric: str,
    values: Sequence[Floats],
    systems: tuple[tuple[int, ...], tuple[int, ...]],
    confidence: float,
) -> tuple[_Found | None, tuple[str, ...]]:
    """Low, high, p and standard error; None where nothing can be said."""
    if not pairing.n or not all(np.isfinite(some).all() for some in values):
        return None, ("undefined for a seed",)
    draws = pairing.draws(metric)[[*systems[0], *systems[1]]]
    kept = np.isfinite(draws).all(axis=0)
    if 2 * int(kept.sum()) < kept.size:
        return None, ("most resamples are undefined",)
    lost = int(kept.size - kept.sum())
    told = (f"{lost} of {kept.size} resamples are undefined and left out",) if lost else ()
    drawn = (draws[: len(systems[0]), kept], draws[len(systems[0]) :, kept])
    if min(len(some) for some in systems) < 2:
        return _of_checkpoints(pairing, metric, values, drawn, confidence, lost=lost), told
    found = two_level_difference(values[0], drawn[0], values[1], drawn[1], pairing.units, confidence=confidence)
    return (found.low, found.high, _two_sided(found), found.se), (*found.flags, *told)


def _two_sided(found: SeedInterval) -> float | None:
    if found.low is None:
        return None
    return min(1.0, 2 * min(two_level_p(found, 0.0, "greater"), two_level_p(found, 0.0, "less")))


def _of_checkpoints(
    pairing: Pairing,
    metric: str,
    values: Sequence[Floats],
    drawn: tuple[Floats, Floats],
    confidence: float,
    *,
    lost: int,
) -> _Found:
    """Interval and p of the difference of mean scores with the seeds as they are."""
    from benchwright.comparison.contrast import Drawn

    members = pairing.task.score_metrics if metric == "score" else (metric,)
    width = float(np.mean([pairing.metric(name).high - pairing.metric(name).low for name in members]))
    draws: Floats = drawn[1].mean(axis=0) - drawn[0].mean(axis=0)
    value = float(values[1].mean() - values[0].mean())
    found = Drawn(value=value, draws=draws, units=pairing.units, width=width, of=draws.size + lost)
    tail = (1 - confidence) / 2
    return found.bound(tail, "lower"), found.bound(tail, "upper"), found.p_two_sided(), found.se


def _told(pairing: Pairing, flags: tuple[str, ...]) -> tuple[str, ...]:
    told = [*pairing.flags, *flags]
    if pairing.left_out:
        told.append(f"{pairing.left_out:,} items left out: not answered by all")
    return tuple(dict.fromkeys(told))
