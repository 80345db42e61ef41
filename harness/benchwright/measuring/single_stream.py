"""Single stream: the next query is asked when the last is answered, each timed by itself."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np

from benchwright.measuring.clock import Clock
from benchwright.measuring.presets import Limits
from benchwright.measuring.steady import Ask
from benchwright.stats.order_statistics import percentile_of
from benchwright.stats.steadiness import moved
from benchwright.types.hardware import Samples

MOST_QUERIES = 4_000_000
"""Raw samples that are kept of one measuring: 32 MB; it ends when they are full."""

SHORT = 100e-6
"""Seconds of a query below which reading the clock is a part of it that must be told."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Raw samples of one scenario and what a reader must know of them.

    Attributes:
        samples: Labelled with what the scenario knows; process, batch and length are the caller's to set.
        notes: Why it ended early, why it was not steady, whether queries are as short as the clock.
        steady: Whether it was steady before and while it was measured.
    """

    samples: tuple[Samples, ...]
    notes: tuple[str, ...] = ()
    steady: bool = True


def single_stream(ask: Ask, clock: Clock, limits: Limits, *, steady: bool = True) -> Measured:
    """Latency of each query, for the duration and the number of queries that the limits ask for.

    Goes on for the half-widths of median and p99 that the preset wants, up to its ``goal_seconds``; ends at ``most_seconds`` whatever
    is missing, and says so. The time that is taken between two queries (counting, making room) is in the wall time and in no
    latency. A drift or a step while it was measured takes the steady flag away: `benchwright.stats.steadiness.moved`.
    """
    times, now = array("d"), clock.now
    begun = end = now()
    until = begun + limits.least_seconds
    while True:
        start = now()
        ask(len(times))
        end = now()
        times.append(end - start)
        if end >= until and len(times) >= limits.least_queries:
            if end - begun >= limits.goal_seconds or _is_narrow(times, limits):
                break
            until = begun + 1.2 * (end - begun)
        if end - begun >= limits.most_seconds or len(times) >= MOST_QUERIES:
            break
    return _told(times, end - begun, limits, clock, steady=steady)


def _is_narrow(times: array[float], limits: Limits) -> bool:
    """Whether the intervals are as narrow as the preset wants them."""
    values = np.array(times)
    for share, goal in ((0.5, limits.median_goal), (0.99, limits.p99_goal)):
        if goal is None:
            continue
        half = percentile_of([values], share).half_width
        if half is None or half > goal:
            return False
    return True


def _told(times: array[float], wall: float, limits: Limits, clock: Clock, *, steady: bool) -> Measured:
    values = tuple(times)
    trouble = moved(times) if steady else ""
    notes = [trouble] if trouble else []
    if len(values) < limits.least_queries or wall < limits.least_seconds:
        notes.append(
            f"ended after {wall:.3g} s with {len(values):,} queries of {limits.least_queries:,} and {limits.least_seconds:g} s that were asked for"
        )
    if values and float(np.median(np.array(times))) < SHORT:
        notes.append(f"queries are so short that reading the clock is part of them: {cost_of(clock) * 1e9:.0f} ns each")
    return Measured(
        samples=(
            Samples(
                quantity="latency",
                values=values,
                inputs=len(values),
                wall=wall,
                steady=steady and not trouble,
            ),
        ),
        notes=tuple(notes),
        steady=steady and not trouble,
    )


def cost_of(clock: Clock) -> float:
    """Seconds between two readings of the clock with nothing between them, the median of 1,000."""
    readings = [clock.now() for _ in range(1001)]
    return float(np.median(np.diff(readings)))
