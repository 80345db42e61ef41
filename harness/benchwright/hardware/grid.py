"""Points of a sweep, of several processes at once, or of rates: what was measured under each condition, and where it grows no further."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from benchwright.hardware.latencies import percentiles
from benchwright.hardware.read_values import MEMORY, largest
from benchwright.hardware.work_done import throughput, together, tokens_per_second
from benchwright.types import GridPoint, MeasuredQuantity, Measurements, Reading, Samples

SATURATED = 0.05
"""A next point that brings less than this share more throughput."""

_Place = tuple[int, int, int, float]
"""Batch, length, processes and rate."""


def points(found: Measurements) -> tuple[GridPoint, ...]:
    """A point for each condition, in the order of batch, length, number of processes and rate."""
    groups: dict[_Place, list[Samples]] = {}
    for one in found.samples:
        if one.quantity in ("latency", "pass") and one.phase == "measured":
            groups.setdefault((one.batch, one.length, one.concurrency, one.rate), []).append(one)
    failed: dict[_Place, str] = {}
    for reading in found.readings:
        if reading.quantity in ("latency", "throughput") and reading.value is None:
            failed[reading.batch, reading.length, 1, 0.0] = reading.reason
    made = [
        _point(place, groups.get(place, []), _readings_at(found.readings, place), failed.get(place, ""))
        for place in sorted({*groups, *failed}, key=lambda place: (place[1], *place))
    ]
    return tuple(_saturated(made))


def _point(place: _Place, groups: Sequence[Samples], readings: Sequence[Reading], reason: str) -> GridPoint:
    batch, length, concurrency, rate = place
    return GridPoint(
        batch=batch,
        length=length,
        concurrency=concurrency,
        rate=rate,
        quantities=tuple(_quantities(groups, readings, is_shared=concurrency > 1)) if groups else (),
        steady=all(one.steady for one in groups),
        reason=reason,
    )


def _quantities(
    groups: Sequence[Samples], readings: Sequence[Reading], *, is_shared: bool
) -> Iterator[MeasuredQuantity]:
    latencies = [one for one in groups if one.quantity == "latency"]
    if latencies:
        yield from percentiles(latencies)
    whole = (together if is_shared else throughput)(groups)
    yield whole
    yield tokens_per_second(groups, whole)
    for name in MEMORY:
        told = [one for one in readings if one.quantity == name]
        if told:
            yield largest(name, told)


def _readings_at(readings: Iterable[Reading], place: _Place) -> list[Reading]:
    """Readings that were taken under a condition of their own; those of the whole process belong to no point."""
    return [one for one in readings if (one.batch, one.length) == place[:2] and (one.batch, one.length) != (1, 0)]


def _saturated(made: Sequence[GridPoint]) -> Iterator[GridPoint]:
    """The first point of each line from which on no later one brings clearly more throughput is marked."""
    lines: dict[tuple[object, ...], list[GridPoint]] = {}
    for one in made:
        lines.setdefault(_line(one), []).append(one)
    marked = {id(first) for line in lines.values() if (first := _first_saturated(line)) is not None}
    yield from (msgspec.structs.replace(one, saturated=True) if id(one) in marked else one for one in made)


def _line(point: GridPoint) -> tuple[object, ...]:
    """What does not change along a line of growing load: of a sweep the length, of rates nothing is a line."""
    return (point.length, point.rate) if not point.rate else (point.length, point.rate, point.batch)


def _first_saturated(line: Sequence[GridPoint]) -> GridPoint | None:
    rates = [(one, value) for one in line if (value := _value(one, "throughput"))]
    for at, (point, value) in enumerate(rates[:-1]):
        if max(later for _, later in rates[at + 1 :]) < value * (1 + SATURATED):
            return point
    return None


def _value(point: GridPoint, quantity: str) -> float | None:
    return next((one.value for one in point.quantities if one.quantity == quantity), None)
