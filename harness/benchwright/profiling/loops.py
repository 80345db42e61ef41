"""Queries asked one after the other, until they are steady, or for a time."""

from __future__ import annotations

import statistics
from collections.abc import Callable

from benchwright.measuring.clock import Clock

Ask = Callable[[int], object]


def warm_up(ask: Ask, clock: Clock, *, cap: float) -> tuple[tuple[float, ...], bool]:
    """Seconds of each query, and whether three windows in a row had the same median within 5 %."""
    began = clock.now()
    values: list[float] = []
    while True:
        before = clock.now()
        ask(len(values))
        now = clock.now()
        values.append(now - before)
        size = 20
        if len(values) >= 10 + 3 * size and now - began >= min(3.0, cap) and len(values) % size == 0:
            medians = [
                statistics.median(values[len(values) - (k + 1) * size : len(values) - k * size]) for k in range(3)
            ]
            if max(medians) <= 1.05 * min(medians):
                return tuple(values), True
        if now - began >= cap:
            return tuple(values), False


def single_stream(ask: Ask, clock: Clock, *, seconds: float, queries: int) -> tuple[tuple[float, ...], float]:
    """Seconds of each query, and of all of them with the gaps between."""
    began = clock.now()
    values: list[float] = []
    now = began
    while now - began < seconds or len(values) < queries:
        before = clock.now()
        ask(len(values))
        now = clock.now()
        values.append(now - before)
    return tuple(values), now - began
