"""Several processes at once, each with a copy of the model: raw samples pooled, throughput over the time in which all were busy."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np

from benchwright.measuring.clock import Clock
from benchwright.measuring.presets import Limits
from benchwright.measuring.single_stream import Measured
from benchwright.measuring.steady import Ask
from benchwright.stats.steadiness import moved
from benchwright.types.hardware import Samples


def stream_from(
    ask: Ask, clock: Clock, limits: Limits, *, begin: float, concurrency: int, steady: bool = True
) -> Measured:
    """One process of several: queries one after the other from ``begin`` on (a reading of the clock that all share).

    Two samples: ``latency`` of each query, and ``completed``, the seconds from ``begin`` to its end, by which `throughput_together`
    finds the time in which all were busy. For the least duration and count of the limits; ends at ``most_seconds``.
    """
    latency, completed, now = array("d"), array("d"), clock.now
    late = now() - begin
    clock.sleep(-late)
    end = now()
    while True:
        start = now()
        ask(len(latency))
        end = now()
        latency.append(end - start)
        completed.append(end - begin)
        spent = end - begin
        if spent >= limits.most_seconds or (spent >= limits.least_seconds and len(latency) >= limits.least_queries):
            break
    wall = completed[-1] - completed[0] + latency[0]
    trouble = moved(latency) if steady else ""
    still = steady and not trouble
    kinds = (("latency", latency), ("completed", completed))
    samples = tuple(
        Samples(
            quantity=kind,
            values=tuple(values),
            inputs=len(values),
            wall=wall,
            concurrency=concurrency,
            steady=still,
        )
        for kind, values in kinds
    )
    told = (f"a process began {late:.2g} s late" if late > 0.05 * limits.least_seconds else "", trouble)
    return Measured(samples=samples, notes=tuple(one for one in told if one), steady=still)


def throughput_together(samples: Sequence[Samples]) -> tuple[float, float] | None:
    """Queries a second of all processes together and the seconds over which they were counted; None where they never ran at once.

    Counted is the time from the last process's first query to the first process's last answer; a query that reaches over an edge counts with
    its share. Rates of processes that ran at different times are never added up.
    """
    spans = []
    for completed in (one for one in samples if one.quantity == "completed"):
        latency = next(
            one
            for one in samples
            if (one.quantity, one.process, one.concurrency) == ("latency", completed.process, completed.concurrency)
        )
        ends = np.asarray(completed.values)
        spans.append((ends - np.asarray(latency.values), ends))
    if not spans:
        return None
    opens, closes = max(float(starts[0]) for starts, _ in spans), min(float(ends[-1]) for _, ends in spans)
    if closes <= opens:
        return None
    done = 0.0
    for starts, ends in spans:
        inside = np.minimum(ends, closes) - np.maximum(starts, opens)
        done += float((np.maximum(inside, 0) / np.maximum(ends - starts, 1e-12)).sum())
    return done / (closes - opens), closes - opens
