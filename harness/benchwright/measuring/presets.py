"""How long is measured: what a preset fills into a specification, and the limits that follow from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from benchwright.measuring.interleaved import design_of
from benchwright.types.hardware import Preset, ProfileSpec


@dataclass(frozen=True, kw_only=True)
class Limits:
    """When warming up and measuring begin and end.

    Attributes:
        calls: Calls of the warm-up at least.
        seconds: Seconds of the warm-up at least.
        cap: Seconds of warm-up and steady test together at most; the call that is under way then is the last.
        least_seconds: Seconds of measuring at least.
        least_queries: Queries at least.
        most_seconds: Seconds after which measuring ends whatever is missing; what is missing is told then.
        median_goal: Half the interval of the median, divided by it, that is waited for; None: it is not waited for.
        p99_goal: The same of p99.
        goal_seconds: Seconds after which the goals are waited for no longer.
        search_seconds: Seconds that a search for a rate may take in all.
    """

    calls: int = 10
    seconds: float = 3.0
    cap: float = 60.0
    least_seconds: float = 10.0
    least_queries: int = 1000
    most_seconds: float = 300.0
    median_goal: float | None = None
    p99_goal: float | None = None
    goal_seconds: float = 0.0
    search_seconds: float = 600.0


PRESETS: dict[Preset, Limits] = {
    "quick": Limits(
        cap=8.0,
        least_seconds=3.0,
        least_queries=64,
        most_seconds=20.0,
        median_goal=0.05,
        goal_seconds=6.0,
        search_seconds=60.0,
    ),
    "standard": Limits(median_goal=0.02, p99_goal=0.10, goal_seconds=30.0),
    "official": Limits(least_seconds=600.0, least_queries=64, most_seconds=3600.0, search_seconds=14_400.0),
}
"""Duration and queries of ``official`` are MLPerf's, whose percentile is then told by its early-stopping rule as well."""

POINTS: dict[Preset, Limits] = {
    "quick": Limits(calls=3, seconds=0.5, cap=5.0, least_seconds=1.5, least_queries=12, most_seconds=8.0),
    "standard": Limits(calls=5, seconds=1.0, cap=15.0, least_seconds=5.0, least_queries=36, most_seconds=30.0),
    "official": Limits(least_seconds=30.0, least_queries=100, most_seconds=300.0),
}
"""Of each point of a sweep, of which there are many: enough for a median and a throughput with intervals."""

PROCESSES: dict[Preset, int] = {"quick": 1, "standard": 3, "official": 1}
"""Fresh processes: address layout, placement of pages and choices of kernels vary between processes only."""

BOUND = 0.130
"""Seconds that p99 of ``server`` may take where no bound was named: MLPerf's for BERT."""

_BATCHES: dict[Preset, tuple[int, ...]] = {
    "quick": (1, 8, 32),
    "standard": (1, 2, 4, 8, 16, 32, 64),
    "official": (1, 2, 4, 8, 16, 32, 64, 128),
}
_CONCURRENCY: dict[Preset, tuple[int, ...]] = {"quick": (1, 2), "standard": (1, 2, 4), "official": (1, 2, 4, 8)}


def filled(spec: ProfileSpec) -> ProfileSpec:
    """The specification with every field that its preset and scenario decide; what was asked for is kept.

    ``batch`` of ``offline`` stays open: the adapter batches. ``rate`` of ``server`` stays open: it is searched for.
    """
    limits, preset, interleaved = _usual(spec), spec.preset, spec.scenario == "interleaved"
    return msgspec.structs.replace(
        spec,
        duration=spec.duration if spec.duration is not None or interleaved else limits.least_seconds,
        queries=spec.queries if spec.queries is not None or interleaved else limits.least_queries,
        processes=spec.processes if spec.processes is not None or interleaved else _processes(spec),
        blocks=design_of(spec).rounds if interleaved else spec.blocks,
        batch=1 if interleaved and spec.batch is None else spec.batch,
        bound=BOUND if spec.scenario == "server" and spec.bound is None else spec.bound,
        batches=spec.batches or (_BATCHES[preset] if spec.scenario == "sweep" else ()),
        concurrency=spec.concurrency or (_CONCURRENCY[preset] if spec.scenario == "concurrency" else ()),
    )


def _usual(spec: ProfileSpec) -> Limits:
    return (POINTS if spec.scenario == "sweep" else PRESETS)[spec.preset]


def _processes(spec: ProfileSpec) -> int:
    """A sweep is made in one process: its points are compared with one another, and there are many."""
    return 1 if spec.scenario == "sweep" else PROCESSES[spec.preset]


def limits_of(spec: ProfileSpec) -> Limits:
    """Limits of the preset with the duration and the queries that were asked for; the longest time grows with these.

    Who asks for less than a second looks whether it works: warm-up and steady test then end after three times that (half a second at
    least), and the flag says that nothing was shown to be steady.
    """
    usual = _usual(spec)
    seconds = usual.least_seconds if spec.duration is None else spec.duration
    queries = usual.least_queries if spec.queries is None else spec.queries
    longer = max(1.0, seconds / usual.least_seconds, queries / usual.least_queries)
    return replace(
        usual,
        cap=usual.cap if seconds >= 1 else min(usual.cap, max(3 * seconds, 0.5)),
        least_seconds=seconds,
        least_queries=queries,
        most_seconds=usual.most_seconds * longer,
        goal_seconds=min(usual.goal_seconds, 3 * seconds),
        search_seconds=usual.search_seconds * longer,
    )
