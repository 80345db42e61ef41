"""Points of a sweep, of several processes at once, or of rates: what was measured under each condition, and where it grows no further."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from benchwright.hardware.latencies import measured, percentiles
from benchwright.hardware.read_values import MEMORY, largest
from benchwright.hardware.server_rates import reasons
from benchwright.hardware.work_done import plain_rate, throughput, together, tokens_per_second
from benchwright.measuring.saturation import GROWTH, Load, Saturation, saturation
from benchwright.types import GridPoint, MeasuredQuantity, Measurements, Reading, Samples

_Place = tuple[int, int, int, float]
"""Batch, length, processes and rate."""


def points(found: Measurements) -> tuple[GridPoint, ...]:
    """A point for each condition, in the order of length, batch, number of processes and rate."""
    groups: dict[_Place, list[Samples]] = {}
    for one in found.samples:
        if one.quantity in ("latency", "completed", "pass") and one.phase == "measured":
            groups.setdefault(_place(one), []).append(one)
    failed = {
        (one.batch, one.length, one.concurrency, 0.0): one.reason
        for one in found.readings
        if one.quantity in ("latency", "throughput") and one.value is None
    }
    said = reasons(found) if found.spec.scenario == "server" else {}
    made = []
    for place in sorted({*groups, *failed}, key=lambda place: (place[1], *place)):
        told = failed.get(place, said.get(place[3], ""))
        made.append(_point(place, groups.get(place, []), _readings_at(found.readings, place), told))
    marks = _of_processes(made) if found.spec.scenario == "concurrency" else _of_batches(found)
    return tuple(msgspec.structs.replace(one, saturated=True) if _where(one) in marks else one for one in made)


def saturation_notes(found: Measurements) -> Iterator[str]:
    """Why a line of a sweep has no point of saturation, or why it may lie earlier; nothing of a line with one batch."""
    for length, told in _lines(found).items():
        if told.reason and len({one.batch for one in measured(found.samples, "latency") if one.length == length}) > 1:
            yield f"{f'{length} tokens' if length else 'texts as they are'}: {told.reason}"


def _place(one: Samples) -> _Place:
    return one.batch, one.length, one.concurrency, one.rate


def _where(point: GridPoint) -> _Place:
    return point.batch, point.length, point.concurrency, point.rate


def _point(place: _Place, groups: Sequence[Samples], readings: Sequence[Reading], reason: str) -> GridPoint:
    batch, length, concurrency, rate = place
    return GridPoint(
        batch=batch,
        length=length,
        concurrency=concurrency,
        rate=rate,
        quantities=tuple(_quantities(groups, readings)) if groups else (),
        steady=all(one.steady for one in groups),
        reason=reason,
    )


def _quantities(groups: Sequence[Samples], readings: Sequence[Reading]) -> Iterator[MeasuredQuantity]:
    latencies = [one for one in groups if one.quantity == "latency"]
    if latencies:
        yield from percentiles(latencies)
    latencies = latencies or list(groups)  # of `offline` passes over many inputs at once
    if any(one.quantity == "completed" or one.concurrency > 1 for one in groups):
        whole = together(groups)
    else:
        whole = plain_rate(latencies) if any(one.rate for one in latencies) else throughput(latencies)
    yield whole
    yield tokens_per_second(latencies, whole, readings)
    for name in MEMORY:
        told = [one for one in readings if one.quantity == name]
        if told:
            yield largest(name, told)


def _readings_at(readings: Iterable[Reading], place: _Place) -> list[Reading]:
    """Readings that were taken under a condition of their own; those of the whole process belong to no point."""
    return [one for one in readings if (one.batch, one.length) == place[:2] and (one.batch, one.length) != (1, 0)]


def _of_batches(found: Measurements) -> set[_Place]:
    """The first point of each length from which on a larger batch brings no more throughput, as intervals tell it."""
    return {(told.inputs, length, 1, 0.0) for length, told in _lines(found).items() if told.inputs is not None}


def _lines(found: Measurements) -> Mapping[int, Saturation]:
    """Saturation of each length, over batches in rising order, raw seconds of all processes together."""
    if found.spec.scenario != "sweep":
        return {}
    lines: dict[int, dict[int, list[float]]] = {}
    for one in measured(found.samples, "latency"):
        lines.setdefault(one.length, {}).setdefault(one.batch, []).extend(one.values)
    return {
        length: saturation([Load(inputs=batch, seconds=line[batch]) for batch in sorted(line)])
        for length, line in sorted(lines.items())
    }


def _of_processes(made: Sequence[GridPoint]) -> set[_Place]:
    """The first number of processes from which on more of them bring less than 5 % more throughput. There are no intervals to tell it by."""
    rates = [
        (_where(one), told.value)
        for one in made
        for told in one.quantities
        if told.quantity == "throughput" and told.value is not None
    ]
    for at, (place, rate) in enumerate(rates[:-1]):
        if max(later for _, later in rates[at + 1 :]) < rate * GROWTH:
            return {place}
    return set()
