"""Cost of a system: bytes, number of weights, seconds per item; unknown if not measured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from benchwright.comparison.hardware_cost import hardware_costs
from benchwright.comparison.result import Cost
from benchwright.comparison.systems import System
from benchwright.types import CellResult

_READ = "its answers were read from a file, which tells nothing of the system behind it"
"""Why neither size nor time of a file of predictions is a cost."""


@dataclass(frozen=True, kw_only=True)
class CostValue:
    """A cost of one system.

    Attributes:
        value: Bytes, weights, or seconds per item; None where it was not measured.
        why: Why it was not measured; empty if it was.
        flags: Notes about the value.
        machine: For seconds, the machine: device, platform, processors, and what decides how it computes (`machine.arithmetic_facts`).
    """

    value: float | None
    why: str = ""
    flags: tuple[str, ...] = ()
    machine: tuple[object, ...] = ()


def size_of(system: System, what: str, paths: Sequence[str] | None = None) -> CostValue:
    """``size_bytes`` or ``parameters`` of a system's largest checkpoint on these tasks (default: all it has), the mean over seeds.

    Unknown if the size of one of its checkpoints is. A system that was only measured on machines has the size of what was measured.
    """
    largest, several = [], 0
    for cells in _by_model(system, paths) or (_measured_by_model(system) if paths is None else []):
        facts = [system.store.read_facts(str(cell.key)) for cell in cells]
        if any(fact.replayed for fact in facts):
            return CostValue(value=None, why=_READ)
        sizes = [getattr(fact, what) for fact in facts]
        if any(size is None for size in sizes):
            return CostValue(value=None, why="its adapter does not know it")
        largest.append(float(max(sizes)))
        several = max(several, len(set(sizes)))
    if not largest:
        return CostValue(value=None, why="it has no result")
    return CostValue(value=fmean(largest), flags=(f"the largest of {several} checkpoints",) if several > 1 else ())


def seconds_of(system: System, paths: Sequence[str] | None = None) -> CostValue:
    """Prediction time in seconds per item over these tasks, recorded when the answers were computed; the mean over seeds.

    Unknown if answers were read from a file, a cell was not timed, or machines differ.
    """
    found, machines = [], set[tuple[object, ...]]()
    for cells in _by_model(system, paths):
        if any(system.store.read_facts(str(cell.key)).replayed for cell in cells):
            return CostValue(value=None, why=_READ)
        items = sum(cell.ledger.total for cell in cells if cell.ledger)
        if not items or any(not cell.seconds or cell.ledger is None for cell in cells):
            return CostValue(value=None, why="it was not timed")
        found.append(sum(cell.seconds or 0.0 for cell in cells) / items)
        machines |= {_machine(system, cell) for cell in cells}
    if not found:
        return CostValue(value=None, why="it has no result")
    if len(machines) > 1:
        return CostValue(value=None, why="its answers were computed on different machines")
    return CostValue(value=fmean(found), machine=machines.pop())


def costs(systems: Sequence[System], paths: Sequence[str]) -> list[Cost]:
    """The cost of each system over the tasks ``paths``, with ratios to the first system's."""
    sizes = [size_of(system, "size_bytes", paths) for system in systems]
    weights = [size_of(system, "parameters", paths) for system in systems]
    seconds = [seconds_of(system, paths) for system in systems]
    hardware = hardware_costs(systems, paths)
    return [
        Cost(
            seconds_per_item=seconds[at].value,
            size_bytes=sizes[at].value,
            parameters=weights[at].value,
            seconds_ratio=cost_ratio(seconds[at], seconds[0]),
            size_ratio=cost_ratio(sizes[at], sizes[0]),
            parameters_ratio=cost_ratio(weights[at], weights[0]),
            hardware=hardware[at],
        )
        for at in range(len(systems))
    ]


def cost_ratio(one: CostValue, other: CostValue) -> float | None:
    """Ratio of two costs; None if either is unknown, the second is 0, or times are from two machines."""
    if one.value is None or not other.value or one.machine != other.machine:
        return None
    return one.value / other.value


def _by_model(system: System, paths: Sequence[str] | None) -> list[list[CellResult]]:
    """Scored cells of each of a system's models; models without one are left out."""
    found: dict[str, list[CellResult]] = {}
    for path in system.paths if paths is None else paths:
        for cell in system.cells(path):
            if cell.status == "scored" and cell.key:
                found.setdefault(cell.model, []).append(cell)
    return list(found.values())


def _measured_by_model(system: System) -> list[list[CellResult]]:
    """Hardware profiles of each of a system's models; models without one are left out."""
    cells = [cell for cell in system.run.cells if cell.status == "measured" and cell.key]
    of_models = [[cell for cell in cells if cell.model == model] for model in system.models]
    return [found for found in of_models if found]


def _machine(system: System, cell: CellResult) -> tuple[object, ...]:
    stored = system.store.read_cell(str(cell.key))
    known = stored.environment
    facts = json.dumps(known.get("machine"), sort_keys=True)
    return stored.key.device, known.get("platform"), known.get("processors"), facts
