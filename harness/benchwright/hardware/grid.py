"""Points of a sweep, of several processes at once, or of rates: what was measured under each condition, and where it grows no further."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from benchwright.hardware.latencies import percentiles
from benchwright.hardware.read_values import MEMORY, largest
from benchwright.hardware.work_done import throughput, together, tokens_per_second
from benchwright.measuring.saturation import Load, saturation
from benchwright.types import GridPoint, MeasuredQuantity, Measurements, Reading, Samples

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
    return tuple(_saturated(made, groups))


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
    yield tokens_per_second(groups, whole, readings)
    for name in MEMORY:
        told = [one for one in readings if one.quantity == name]
        if told:
            yield largest(name, told)


def _readings_at(readings: Iterable[Reading], place: _Place) -> list[Reading]:
    """Readings that were taken under a condition of their own; those of the whole process belong to no point."""
    return [one for one in readings if (one.batch, one.length) == place[:2] and (one.batch, one.length) != (1, 0)]


def _saturated(made: Sequence[GridPoint], groups: Mapping[_Place, Sequence[Samples]]) -> Iterator[GridPoint]:
    """The first point of each line from which on more load brings clearly no more throughput is marked; where noise hides it the last
    point says so.
    """
    lines: dict[tuple[object, ...], list[GridPoint]] = {}
    for one in made:
        lines.setdefault(_line(one), []).append(one)
    changed: dict[int, GridPoint] = {}
    for line in lines.values():
        changed |= _marked(line, groups)
    yield from (changed.get(id(one), one) for one in made)


def _line(point: GridPoint) -> tuple[object, ...]:
    """What does not change along a line of growing load: of a sweep the length, of rates nothing is a line."""
    return (point.length, point.rate) if not point.rate else (point.length, point.rate, point.batch)


def _marked(line: Sequence[GridPoint], groups: Mapping[_Place, Sequence[Samples]]) -> dict[int, GridPoint]:
    """Points of a line that change, by the identity of the old one."""
    loads = [(point, load) for point in line if (load := _load(point, groups)) is not None]
    if len(loads) < 2:
        return {}
    found = saturation([load for _, load in loads])
    if found.inputs is not None:
        first = next(point for point, load in loads if load.inputs == found.inputs)
        return {id(first): msgspec.structs.replace(first, saturated=True)}
    last = loads[-1][0]
    told = "; ".join(filter(None, (last.reason, found.reason)))
    return {id(last): msgspec.structs.replace(last, reason=told)} if found.is_hidden else {}


def _load(point: GridPoint, groups: Mapping[_Place, Sequence[Samples]]) -> Load | None:
    """Inputs and seconds of the queries of a point, of all processes; None where it has no constant batch or no queries."""
    measured = groups.get((point.batch, point.length, point.concurrency, point.rate), ())
    seconds = [value for one in measured for value in one.values]
    if not seconds or not point.batch:
        return None
    return Load(inputs=point.batch * point.concurrency, seconds=seconds)
