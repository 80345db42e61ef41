"""A sweep over batch sizes and lengths: each point a shape of its own, with its first call, its warm-up and its steady test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec
import numpy as np

from benchwright.measuring.clock import Clock
from benchwright.measuring.steady import Ask
from benchwright.types.hardware import Preset, Reading, Samples

WarmsUp = Callable[[Ask], Samples]
"""Asks until it is steady, or until a cap: seconds of the calls, and whether they were steady at the end."""

Measure = Callable[[Ask, bool], Samples]
"""Asks the queries that count, told whether the warm-up was steady."""

LEAST_QUERIES = 8
"""A query that takes so long that not even these are answered in the longest time of a point is too large for the sweep."""

QUANTILES: dict[Preset, tuple[float, ...]] = {
    "quick": (0.5, 0.9),
    "standard": (0.1, 0.5, 0.9, 0.99),
    "official": (0.1, 0.25, 0.5, 0.75, 0.9, 0.99),
}
"""Which lengths of the texts of a task are swept where none are named."""


class PointTooLarge(Exception):
    """A point cannot be asked: memory ran out, or there are no inputs of its length; the text is the reason."""


@dataclass(frozen=True, kw_only=True, order=True)
class Point:
    """Inputs to a query, and tokens of each."""

    length: int
    batch: int


class SweptModel(Protocol):
    """An open model whose queries can be given any shape."""

    def begin(self, point: Point) -> Ask:
        """What asks queries of a point: made before, one batch each. Raises PointTooLarge where there can be none."""

    def end(self, point: Point) -> tuple[Reading, ...]:
        """What was read since `begin`: peaks of memory, work of the queries."""


@dataclass(kw_only=True)
class Swept:
    """What a sweep found; a point without samples has a reading that says why."""

    samples: list[Samples] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)

    def lose(self, point: Point, reason: str) -> None:
        """Note why a point has no numbers."""
        self.readings.append(
            Reading(quantity="latency", value=None, reason=reason, batch=point.batch, length=point.length)
        )

    def take(self, point: Point, samples: Samples) -> None:
        """Keep samples under the condition of their point."""
        self.samples.append(msgspec.structs.replace(samples, batch=point.batch, length=point.length))


def sweep(
    model: SweptModel,
    points: Iterable[Point],
    clock: Clock,
    *,
    warm_up: WarmsUp,
    measure: Measure,
    most_seconds: float,
    bound: float | None = None,
    seed: int = 0,
    on_point: Callable[[str, int, int], None] | None = None,
) -> Swept:
    """Measure every point that can be: first calls of all in rising batches, then the points in random order.

    In random order, since a machine that grows warm or busy would otherwise be seen as the effect of large batches. That needs the
    points to be known: first calls, which are wanted anyway, are made length by length with rising batches, and stop growing where
    memory runs out, where a query takes longer than the bound, or so long that `LEAST_QUERIES` of them do not fit into a point. Larger
    batches of that length, and of longer ones, are then left out with the reason.

    Args:
        model: Open, and asked before.
        points: The grid.
        clock: What time is read from.
        warm_up: As `WarmsUp`.
        measure: As `Measure`.
        most_seconds: Longest time of a point.
        bound: Seconds that a query may take; None: any.
        seed: Of the order.
        on_point: Called with (what, done, total).

    Returns:
        First calls, warm-ups and measured seconds of each point, and readings: peaks of memory, and why a point is missing.
    """
    draw = np.random.default_rng(seed)
    grid = sorted(set(points))
    told = on_point or (lambda *_: None)
    found = Swept()
    fit = _first_calls(
        model, grid, clock, found, draw=draw, limit=_Limit(bound=bound, most_seconds=most_seconds), told=told
    )
    for number, at in enumerate(draw.permutation(len(fit)).tolist()):
        point = fit[at]
        told(f"batch {point.batch}, length {point.length}", number, len(fit))
        try:
            ask = model.begin(point)
            warm = warm_up(ask)
            measured = measure(ask, warm.steady)
        except PointTooLarge as error:
            found.lose(point, str(error))
            continue
        found.take(point, warm)
        found.take(point, measured)
        found.readings.extend(model.end(point))
    return found


@dataclass(frozen=True, kw_only=True)
class _Limit:
    bound: float | None
    most_seconds: float

    def broken_by(self, seconds: float) -> str:
        """Why batches need grow no further behind a query of so many seconds; empty: they may."""
        if self.bound is not None and seconds > self.bound:
            return f"a query takes {seconds:.3g} s, more than the bound of {self.bound:g} s"
        if seconds * LEAST_QUERIES > self.most_seconds:
            return f"a query takes {seconds:.3g} s: {LEAST_QUERIES} of them do not fit into the {self.most_seconds:g} s of a point"
        return ""


def _first_calls(
    model: SweptModel,
    grid: Sequence[Point],
    clock: Clock,
    found: Swept,
    *,
    draw: np.random.Generator,
    limit: _Limit,
    told: Callable[[str, int, int], None],
) -> list[Point]:
    """The points that can be measured; their first calls, and why the others cannot, are noted."""
    lengths = sorted({point.length for point in grid})
    refused: list[tuple[Point, str]] = []
    fit = []
    for number, at in enumerate(draw.permutation(len(lengths)).tolist()):
        told(f"first calls, length {lengths[at]}", number, len(lengths))
        for point in [one for one in grid if one.length == lengths[at]]:
            smaller = next((one for one in reversed(refused) if _holds(point, one[0])), None)
            if smaller is not None:
                found.lose(point, _larger(*smaller))
                continue
            reason = _first_call(model, point, clock, found, limit)
            if not reason:
                fit.append(point)
                continue
            found.lose(point, reason)
            refused.append((point, reason))
    return fit


def _first_call(model: SweptModel, point: Point, clock: Clock, found: Swept, limit: _Limit) -> str:
    """Seconds of the first query of a shape are noted; why the point is too large, or nothing.

    A first call may be slow by itself: before it counts against a limit it is made once more.
    """
    try:
        ask = model.begin(point)
        seconds = []
        for query in range(2):
            begin = clock.now()
            ask(query)
            seconds.append(clock.now() - begin)
            if not limit.broken_by(seconds[-1]):
                break
    except PointTooLarge as error:
        return str(error)
    found.take(point, Samples(quantity="first_call", values=(seconds[0],), phase="first_call"))
    return limit.broken_by(seconds[-1])


def _holds(point: Point, refused: Point) -> bool:
    """Whether a point is as large as a refused one in both."""
    return point.batch >= refused.batch and point.length >= refused.length


def _larger(refused: Point, reason: str) -> str:
    return f"not asked: at batch {refused.batch} of length {refused.length} {reason}"


def lengths_of(tokens: Sequence[int], preset: Preset) -> tuple[int, ...]:
    """Lengths to sweep, from those of the texts of a task: quantiles, each a length that occurs, shortest first."""
    counts = np.asarray([count for count in tokens if count > 0])
    if not len(counts):
        return ()
    return tuple(sorted({int(one) for one in np.quantile(counts, QUANTILES[preset], method="inverted_cdf")}))
