"""What hardware profiles say of the systems of a comparison: times and memory on one machine, and ratios of models that took turns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from benchwright.comparison.result import HardwareCost
from benchwright.comparison.systems import System
from benchwright.hardware.find import HardwareValue, find_values, worst_of
from benchwright.hardware.machines import apart, called
from benchwright.types import LatencyRatio, Machine

SHOWN = ("latency_p50", "latency_p90", "throughput", "host_memory_peak", "gpu_memory_peak")
"""Quantities that stand beside the scores."""


class _First(NamedTuple):
    """The machine that values must be of, and whose it is."""

    name: str
    machine: Machine


def hardware_costs(systems: Sequence[System], paths: Sequence[str]) -> list[HardwareCost | None]:
    """What was measured of each system on these tasks, the worst of several; None of one that was not measured.

    Values are of the machine of the first system that was measured; a system of another machine has none, and says which facts
    differ. A ratio is told of models that took turns in one session alone: runs made at different times are not compared.
    """
    first: _First | None = None
    found: list[HardwareCost | None] = []
    for system in systems:
        values = {name: _value(system, name, paths) for name in SHOWN}
        machines = [one.profile.machine for one in values.values() if one is not None and one.profile is not None]
        if not machines:
            found.append(None)
            continue
        first = first or _First(system.label, machines[0])
        why = _elsewhere(first, system.label, machines)
        found.append(_cost(values, machines[0], why, None if system is systems[0] else _ratio(systems[0], system)))
    return found


def _value(system: System, quantity: str, paths: Sequence[str]) -> HardwareValue | None:
    known = [one for model in system.models for path in paths for one in find_values(system.run, model, quantity, path)]
    measured = [one for one in known if one.profile is not None]
    return worst_of(measured) if measured else None


def _elsewhere(first: _First, name: str, machines: Sequence[Machine]) -> str:
    told = (apart(first.machine, one, names=(f"that of {first.name}", f"that of {name}")) for one in machines)
    return next(filter(None, told), "")


def _cost(
    values: dict[str, HardwareValue | None], machine: Machine, why: str, ratio: LatencyRatio | None
) -> HardwareCost:
    numbers = {name: None if why or one is None else one.value for name, one in values.items()}
    flags = [flag for one in values.values() if one is not None for flag in one.flags]
    reasons = [
        f"{name}: {one.why}" for name, one in values.items() if one is not None and one.value is None and one.why
    ]
    return HardwareCost(
        machine=called(machine),
        profiles=tuple(dict.fromkeys(one.path for one in values.values() if one is not None and one.path)),
        **numbers,
        ratio=ratio,
        why=f"measured on another machine: {why}" if why else "",
        flags=tuple(dict.fromkeys((*flags, *reasons))),
    )


def _ratio(first: System, system: System) -> LatencyRatio | None:
    """The latency of a model over that of the first one, from blocks of one session; None where they took no turns."""
    if first.run.name != system.run.name or len(first.models) > 1 or len(system.models) > 1:
        return None
    known = (ratio for profile in system.run.profiles for ratio in profile.ratios)
    return next((one for one in known if (one.model, one.against) == (system.models[0], first.models[0])), None)
