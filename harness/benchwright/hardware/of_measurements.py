"""One profile from its measurements: every number is computed from the raw samples, without the model."""

from __future__ import annotations

from collections.abc import Iterator

from benchwright.alarm import in_order, note
from benchwright.hardware.grid import points
from benchwright.hardware.latencies import PERCENTILES, measured, percentiles, starts
from benchwright.hardware.profile_alarms import profile_alarms
from benchwright.hardware.read_values import peaks, sizes
from benchwright.hardware.server_rates import server_quantities
from benchwright.hardware.work_done import cost, energy, throughput, tokens_per_second
from benchwright.measuring.stages import stage_times
from benchwright.measuring.work import COUNTED, achieved_share, flops_per_input, padding_efficiency
from benchwright.types import Alarm, CellKey, LatencyRatio, MeasuredQuantity, Measurements, Profile

_ON_A_GRID = ("sweep", "concurrency")
"""Scenarios whose times belong to conditions, and none to the model as a whole."""


def profile_of(
    found: Measurements,
    *,
    model: str,
    suite: str,
    base: str,
    key: str,
    about: CellKey,
    ratios: tuple[LatencyRatio, ...] = (),
) -> Profile:
    """What measurements say of a model.

    Args:
        found: Raw.
        model: What it is called in the run.
        suite: Suite of views.
        base: ``suite/task`` whose inputs were asked.
        key: Of the cell.
        about: The key itself: split, device and precision.
        ratios: Of its interleaved session.
    """
    is_mixed = _has_several_lengths(found)
    grid = points(found) if is_mixed or found.spec.scenario in (*_ON_A_GRID, "server") else ()
    return Profile(
        model=model,
        suite=suite,
        base=base,
        split=about.split,
        key=key,
        spec=found.spec,
        machine=found.machine,
        session=found.session,
        device=about.device,
        precision=about.precision,
        quantities=tuple(_quantities(found)),
        stages=() if is_mixed else stage_times(found.samples),
        grid=grid,
        ratios=ratios,
        steady=all(one.steady for one in found.samples if one.phase == "measured"),
        settings=found.settings,
        alarms=in_order((*profile_alarms(found, ratios), *_limited(about.limit))),
    )


def _limited(limit: int | None) -> Iterator[Alarm]:
    if limit is not None:
        yield note("limited", f"on the first {limit:,} inputs of the task, again and again")


def _has_several_lengths(found: Measurements) -> bool:
    """Whether inputs of several given lengths were asked in a scenario that has one number for all."""
    timed = (*measured(found.samples, "latency"), *measured(found.samples, "pass"))
    return found.spec.scenario not in _ON_A_GRID and len({one.length for one in timed}) > 1


def _quantities(found: Measurements) -> Iterator[MeasuredQuantity]:
    scenario = found.spec.scenario
    if _has_several_lengths(found):
        reason = "inputs of several lengths were asked: each length is a point of the grid"
        names = ("throughput",) if scenario == "offline" else tuple(PERCENTILES)
        yield from (MeasuredQuantity(quantity=name, value=None, reason=reason) for name in names)
    elif scenario == "offline":
        yield from _in_bulk(found)
    elif scenario == "server":
        yield from server_quantities(found)
    elif scenario not in _ON_A_GRID:
        latencies = measured(found.samples, "latency")
        yield from percentiles(latencies)
        if scenario == "single_stream":
            yield from energy(latencies, found.readings)
    yield from starts(found.samples, found.readings)
    if scenario not in _ON_A_GRID:
        yield from peaks(found.readings)
    yield from sizes(found.readings)
    if any(one.quantity in COUNTED for one in found.readings):
        yield padding_efficiency(found.readings)
        yield flops_per_input(found.readings)


def _in_bulk(found: Measurements) -> Iterator[MeasuredQuantity]:
    passes = measured(found.samples, "pass")
    whole = throughput(passes)
    yield whole
    yield tokens_per_second(passes, whole, found.readings)
    yield from energy(passes, found.readings)
    yield from cost(whole, found.spec.price_per_hour)
    if any(one.quantity in COUNTED for one in found.readings):
        yield achieved_share(found.readings, whole)
