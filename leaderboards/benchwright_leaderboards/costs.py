"""What an entry costs: from hardware profiles of its model on the board's machine and task, computed anew from raw samples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from benchwright.hardware.find import HardwareValue, find_values
from benchwright.hardware.machines import called, is_named
from benchwright.hardware.of_run import score_profiles
from benchwright.hardware.same_model import StoredModel, profiles_of_same_model
from benchwright.store import Store
from benchwright.types import MeasuredQuantity, Profile, Run
from benchwright_leaderboards.board import Board
from benchwright_leaderboards.entries import Cost

QUANTITIES = ("latency_p50", "latency_p90", "throughput", "host_memory_peak", "gpu_memory_peak")
"""What is kept of a profile."""


def with_profiles(store: Store, runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs with profiles computed from their raw samples, whatever they told. Raises StoreError where samples cannot be read."""
    return tuple(msgspec.structs.replace(run, profiles=score_profiles(store, run.cells, run.tasks)) for run in runs)


def profiles_of(mine: StoredModel, store: Store, runs: Sequence[Run]) -> tuple[Profile, ...]:
    """Profiles of a model: those of its own run, and those that other runs made of the very same model (by its digest and options)."""
    found = [profile for profile in mine.run.profiles if profile.model == mine.model]
    for run in runs:
        if run.name == mine.run.name and mine.store is store:
            continue
        for ref in run.spec.models:
            found += profiles_of_same_model(mine, StoredModel(store, run, ref.name))
    return tuple(found)


def cost_of(board: Board, mine: StoredModel, profiles: Sequence[Profile]) -> Cost:
    """Size and parameters from the cells; times and memory from the profiles that the board takes."""
    plain = _own_size(mine)
    if not profiles:
        return plain
    here = [one for one in profiles if board.spec.machine and is_named(one.machine, board.spec.machine)]
    base = _base(board, here)
    chosen = [one for one in here if one.base == base]
    if not chosen:
        return msgspec.structs.replace(plain, why=_why_none(board, profiles, here))
    run = msgspec.structs.replace(mine.run, profiles=tuple(chosen))
    found = {name: find_values(run, mine.model, name, base)[0] for name in QUANTITIES}
    memory = found["gpu_memory_peak"] if chosen[0].device == "cuda" else found["host_memory_peak"]
    return msgspec.structs.replace(
        plain,
        latency=found["latency_p50"].value,
        throughput=found["throughput"].value,
        memory=memory.value,
        base=base,
        machine=called(chosen[0].machine),
        quantities=tuple(_quantity(one) for one in found.values()),
        flags=tuple(dict.fromkeys(flag for one in found.values() for flag in one.flags)),
    )


def _base(board: Board, here: Sequence[Profile]) -> str:
    """The one task whose texts were the inputs: as board.toml says, else as of entries that were measured, else the first measured here."""
    if board.spec.measured_on is not None:
        return board.spec.measured_on
    known = next((one.entry.cost.base for one in board.entries if one.entry.cost.base), "")
    measured = {one.base for one in here}
    return known or next((path for path in board.spec.weights if path in measured), "")


def _why_none(board: Board, profiles: Sequence[Profile], here: Sequence[Profile]) -> str:
    if not board.spec.machine:
        return "board.toml names no machine"
    if not here:
        other = ", ".join(dict.fromkeys(called(one.machine) for one in profiles))
        return f"measured on another machine than the board's: {other}"
    return f"measured on {', '.join(dict.fromkeys(one.base for one in here))}, and the board's profiles are of {_base(board, here)}"


def _quantity(value: HardwareValue) -> MeasuredQuantity:
    return MeasuredQuantity(
        quantity=value.quantity,
        value=value.value,
        low=value.low,
        high=value.high,
        n=value.n,
        reason=value.why,
        method=value.method,
    )


def _own_size(mine: StoredModel) -> Cost:
    """Bytes and weights of the model, of several checkpoints those of the largest; none of predictions of another system."""
    sizes, weights = list[int](), list[int]()
    for cell in mine.run.cells:
        if cell.model != mine.model or cell.status != "scored" or cell.key is None:
            continue
        facts = mine.store.read_cell(cell.key).facts
        if facts.replayed:
            continue
        if facts.size_bytes is not None:
            sizes.append(facts.size_bytes)
        parameters = facts.parameters or (cell.training.parameters.get("all") if cell.training else None)
        if parameters:
            weights.append(parameters)
    return Cost(size=max(sizes, default=None), parameters=max(weights, default=None))
