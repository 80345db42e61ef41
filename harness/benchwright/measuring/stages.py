"""Where the time of a query goes: a pass of its own, in which the device is waited for after each stage."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence

from benchwright.measuring.clock import Clock
from benchwright.types import FORWARD_DEVICE, STAGES, Example, HasStages, Samples, StageTime

PHASE = "stages"
QUANTITY = "stage"

_LEAST = 3
"""Queries in stages that are asked however long they take."""


def measure_stages(
    session: HasStages, queries: Sequence[Sequence[Example]], clock: Clock, *, most_seconds: float = math.inf
) -> tuple[Samples, ...]:
    """Seconds of each stage of each query, as a pass apart from the one that is measured as a whole.

    Args:
        session: Whose model was warmed up.
        queries: Inputs of each query.
        clock: What time is read from.
        most_seconds: After which no further query is asked, as long as there were three.

    Returns:
        For each stage its seconds, a value for a query (0 where a query did not come to it); ``wall`` is the time of all queries, from
        begin to end of each, gaps between them left out.
    """
    found: list[dict[str, float]] = []
    wall = 0.0
    inputs = 0
    for examples in queries:
        begin = clock.now()
        _, seconds = session.predict_in_stages(examples, clock.now)
        wall += clock.now() - begin
        found.append(dict(seconds))
        inputs += len(examples)
        if wall >= most_seconds and len(found) >= _LEAST:
            break
    names = [name for name in (*STAGES, FORWARD_DEVICE) if any(name in one for one in found)]
    return tuple(
        Samples(
            quantity=QUANTITY,
            values=tuple(one.get(name, 0.0) for one in found),
            phase=PHASE,
            stage=name,
            batch=_constant(queries[: len(found)]),
            inputs=inputs,
            wall=wall,
        )
        for name in names
    )


def _constant(queries: Sequence[Sequence[Example]]) -> int:
    """Inputs to each of the queries; 0 where they differ."""
    sizes = {len(one) for one in queries}
    return sizes.pop() if len(sizes) == 1 else 0


def stage_times(samples: Iterable[Samples]) -> tuple[StageTime, ...]:
    """Median seconds of each stage of a query, and its share of all stages, raw values of all processes together.

    The share is of the sums, so that shares add up to 1 (medians do not). What the events of a GPU say of the forward pass stands
    beside, as the share of all stages that it lasted.
    """
    values: dict[str, list[float]] = {}
    for one in samples:
        if one.quantity == QUANTITY and one.phase == PHASE:
            values.setdefault(one.stage, []).extend(one.values)
    total = sum(sum(values[name]) for name in values if name != FORWARD_DEVICE)
    if total <= 0:
        return ()
    return tuple(
        StageTime(
            stage=name,
            seconds=statistics.median(values[name]),
            share=sum(values[name]) / total,
            n=len(values[name]),
        )
        for name in (*STAGES, FORWARD_DEVICE)
        if values.get(name)
    )


def overlap(samples: Iterable[Samples]) -> float | None:
    """Seconds of all stages divided by those of the queries: above 1 stages overlap, below it the rest is in none; None without stages."""
    walls: dict[int, float] = {}
    stages = 0.0
    for one in samples:
        if one.quantity == QUANTITY and one.phase == PHASE:
            walls[one.process] = one.wall
            stages += sum(one.values) if one.stage != FORWARD_DEVICE else 0.0
    wall = sum(walls.values())
    return stages / wall if wall > 0 else None
