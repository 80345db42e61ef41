"""Queries asked one after the other, until they are steady, or for a time."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from benchwright.measuring.clock import Clock
from benchwright.types import ProfileSpec, Samples

Ask = Callable[[Sequence[int]], int]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long is measured."""

    cap: float
    least_seconds: float
    least_queries: int


_PRESETS = {"quick": (8.0, 3.0, 64, 1), "standard": (60.0, 10.0, 1000, 3), "official": (60.0, 600.0, 1000, 1)}


def filled(spec: ProfileSpec) -> ProfileSpec:
    """The specification with what its preset says."""
    _, seconds, queries, processes = _PRESETS[spec.preset]
    return msgspec.structs.replace(
        spec,
        duration=seconds if spec.duration is None else spec.duration,
        queries=queries if spec.queries is None else spec.queries,
        processes=processes if spec.processes is None else spec.processes,
    )


def limits_of(spec: ProfileSpec) -> Limits:
    """Limits of a filled specification."""
    full = filled(spec)
    assert full.duration is not None
    assert full.queries is not None
    return Limits(
        cap=min(_PRESETS[spec.preset][0], 2 * full.duration + 2),
        least_seconds=full.duration,
        least_queries=full.queries,
    )


def shuffled(inputs: int, batch: int = 1, seed: int = 0) -> list[list[int]]:
    """A cycle of queries."""
    order = [int(at) for at in np.random.default_rng(seed).permutation(inputs)]
    if batch >= inputs:
        return [order]
    return [[order[(number * batch + at) % inputs] for at in range(batch)] for number in range(min(inputs, 4096))]


@dataclass(frozen=True, kw_only=True)
class WarmedUp:
    """What a warm-up found."""

    steady: bool
    values: tuple[float, ...]

    def samples(self, *, process: int = 0, batch: int = 1) -> tuple[Samples, ...]:
        """The first call and the others."""
        first = Samples(
            quantity="first_call",
            phase="first_call",
            values=self.values[:1],
            process=process,
            batch=batch,
            steady=self.steady,
        )
        every = msgspec.structs.replace(first, quantity="latency", phase="warm_up", values=self.values)
        return first, every


def warm_up(clock: Clock, ask: Ask, queries: Sequence[Sequence[int]], limits: Limits) -> WarmedUp:
    """Seconds of each query, and whether three windows in a row had the same median within 5 %."""
    began = clock.now()
    values: list[float] = []
    while True:
        before = clock.now()
        ask(queries[len(values) % len(queries)])
        now = clock.now()
        values.append(now - before)
        size = 20
        if len(values) >= 10 + 3 * size and now - began >= min(3.0, limits.cap) and len(values) % size == 0:
            medians = [
                statistics.median(values[len(values) - (k + 1) * size : len(values) - k * size]) for k in range(3)
            ]
            if max(medians) <= 1.05 * min(medians):
                return WarmedUp(steady=True, values=tuple(values))
        if now - began >= limits.cap:
            return WarmedUp(steady=False, values=tuple(values))


def single_stream(clock: Clock, ask: Ask, queries: Sequence[Sequence[int]], limits: Limits, *, steady: bool) -> Samples:
    """Seconds of each query, and of all of them with the gaps between."""
    began = clock.now()
    values: list[float] = []
    inputs = tokens = 0
    now = began
    while now - began < limits.least_seconds or len(values) < limits.least_queries:
        query = queries[len(values) % len(queries)]
        before = clock.now()
        tokens += ask(query)
        now = clock.now()
        values.append(now - before)
        inputs += len(query)
    return Samples(
        quantity="latency", values=tuple(values), wall=now - began, inputs=inputs, tokens=tokens, steady=steady
    )


def offline(clock: Clock, ask: Ask, passes: Sequence[Sequence[int]], limits: Limits, *, steady: bool) -> Samples:
    """Seconds of each pass."""
    one = msgspec.structs.replace
    short = Limits(cap=limits.cap, least_seconds=limits.least_seconds, least_queries=1)
    return one(single_stream(clock, ask, passes, short, steady=steady), quantity="pass", batch=0)
