"""Planned hardware cells become outcomes: one model at a time on the whole machine, each finished profile in the store."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from benchwright.errors import BenchwrightError, StoreError
from benchwright.execution.begin import begin_cell
from benchwright.execution.outcome import Outcome, Progress
from benchwright.measuring.machine import describe_machine
from benchwright.measuring.machine_state import meanwhile, read_state
from benchwright.measuring.presets import filled
from benchwright.plan import Plan
from benchwright.profiling.gathered import GatheredSamples
from benchwright.profiling.in_turn import measure_interleaved, seconds_in_turn
from benchwright.profiling.measure import measure_alone, measure_concurrency, seconds_of
from benchwright.profiling.parent import ProcessFailed
from benchwright.profiling.patience import patience
from benchwright.profiling.starting import Wanted, Watch
from benchwright.profiling.subject import is_fast
from benchwright.profiling.whole_machine import whole_machine
from benchwright.shards import SHARD
from benchwright.store import Store
from benchwright.types import CellJob, Machine, PlannedCell, ProfileSpec, Scenario, makes_checkpoint

Group = list[PlannedCell]

_IN_ONE_PROCESS: tuple[Scenario, ...] = ("single_stream", "offline", "server", "sweep")
"""Measured one after the other in one process, in this order: the peak of memory of a scenario holds that of those before it."""


def measure_cells(
    cells: Sequence[PlannedCell],
    plan: Plan,
    store: Store,
    *,
    token: str,
    progress: Progress,
) -> Iterator[Outcome]:
    """Outcomes of planned hardware cells, which are measured now; cells in the store already are not among them.

    Only one process of a machine measures at a time, whatever its store: another one is waited for. What a broken-off run had
    finished is planned as stored by the run that goes on.

    Args:
        cells: Hardware cells that are not in the store.
        plan: That they are of.
        store: Where they are written as soon as all of a group is measured.
        token: Of the run.
        progress: Is told what begins, and how long the presets still take.

    Raises:
        StoreError: The store cannot be written.
        BenchwrightError: ``BENCHWRIGHT_PATIENCE`` is no time; whatever else goes wrong is an outcome.
    """
    if not cells:
        return
    silence = patience()
    groups = _groups(cells)
    left = sum(_seconds(group) for group in groups)
    with whole_machine(lambda what: progress.measure(cells[0], what, None)):
        for group in groups:
            watch = Watch(
                say=partial(progress.measure, group[0]),
                tell=partial(progress.tell, group[0]),
                left=left,
                patience=silence,
            )
            yield from _measured(group, plan, store, token=token, progress=progress, watch=watch)
            left -= _seconds(group)


def _groups(cells: Sequence[PlannedCell]) -> list[Group]:
    """Cells that are measured together: scenarios of a model on a task, or all models of an interleaved session."""
    groups: dict[tuple[str, ...], Group] = {}
    for cell in cells:
        scenario, base = _spec(cell).scenario, cell.task_path.partition("@")[2]
        model = "" if scenario == "interleaved" else cell.model.name
        alone = "" if scenario in _IN_ONE_PROCESS else cell.task_path
        groups.setdefault((model, base, cell.split, alone), []).append(cell)
    return [sorted(group, key=_place_in_process) for group in groups.values()]


def _place_in_process(cell: PlannedCell) -> int:
    scenario = _spec(cell).scenario
    return _IN_ONE_PROCESS.index(scenario) if scenario in _IN_ONE_PROCESS else 0


def _spec(cell: PlannedCell) -> ProfileSpec:
    assert cell.view is not None
    assert cell.view.profile is not None
    return filled(cell.view.profile)


def _seconds(group: Group) -> float:
    if _spec(group[0]).scenario == "interleaved":
        return seconds_in_turn(_spec(group[0]), len(group))
    return sum(seconds_of(_spec(cell)) for cell in group)


def _measured(
    group: Group, plan: Plan, store: Store, *, token: str, progress: Progress, watch: Watch
) -> Iterator[Outcome]:
    """Measure a group and write what there is of it."""
    began = time.perf_counter()
    for cell in group:
        assert cell.id is not None
        store.clear_cell(cell.id)  # of an interleaved session all are measured again where one is lacking
        begin_cell(cell, store, shard=SHARD)
    machine, start = describe_machine(plan.spec.device), read_state("cpu")
    try:
        found = _measure(group, plan, store, token=token, machine=machine, watch=watch)
    except (ProcessFailed, OSError) as error:  # no process can be started
        found = [
            GatheredSamples(key=str(cell.id), spec=_spec(cell), reason=f"it cannot be measured: {error}")
            for cell in group
        ]
    _share_choices(group, store)
    machine = msgspec.structs.replace(machine, state=meanwhile(start, read_state("cpu")))
    seconds = (time.perf_counter() - began) / len(group)
    session = f"{token}:{secrets.token_hex(4)}"
    for cell, one in zip(group, found, strict=True):
        outcome = _written(cell, one, store, machine=machine, session=session, seconds=seconds)
        progress.finish(cell, outcome)
        yield outcome


def _share_choices(group: Group, store: Store) -> None:
    """Keep beside each cell of a model that was measured fast what it was computed with, which was chosen for the first of them."""
    chosen = {cell.place[0]: choice for cell in group if (choice := store.read_choice(str(cell.id))) is not None}
    for cell in group:
        if cell.place[0] in chosen:
            store.write_choice(str(cell.id), chosen[cell.place[0]])


def _measure(
    group: Group, plan: Plan, store: Store, *, token: str, machine: Machine, watch: Watch
) -> list[GatheredSamples]:
    def wanted(cells: Group) -> Wanted:
        first = cells[0]
        assert first.key is not None
        by_key = {str(cell.id): _spec(cell) for cell in cells}
        job = _job(first, plan, store, token)
        assert first.adapter is not None
        derives = makes_checkpoint(first.adapter, first.model) or is_fast(first)
        return Wanted(job=job, machine=first.key.machine, cells=by_key, derives=derives)

    scenario = _spec(group[0]).scenario
    if machine.fingerprint != (group[0].key.machine if group[0].key else ""):
        reason = "the machine changed after the run was planned (next: type the command again)"
        return [GatheredSamples(key=str(cell.id), spec=_spec(cell), reason=reason) for cell in group]
    if scenario == "interleaved":
        return measure_interleaved([wanted([cell]) for cell in group], watch)
    measure = measure_concurrency if scenario == "concurrency" else measure_alone
    return measure(wanted(group), watch)


def _job(cell: PlannedCell, plan: Plan, store: Store, token: str) -> CellJob:
    assert cell.id is not None
    folder, root = str(Path.cwd()), str(store.root.absolute())
    return CellJob(spec=plan.spec, place=cell.place, key=cell.id, store=root, folder=folder, shard=SHARD, token=token)


def _written(
    cell: PlannedCell, found: GatheredSamples, store: Store, *, machine: Machine, session: str, seconds: float
) -> Outcome:
    if found.reason:
        return Outcome(place=cell.place, reason=found.reason, seconds=seconds)
    assert cell.id is not None
    try:
        store.write_measurements(cell.id, found.measurements(machine, session), seconds=seconds)
    except StoreError:
        raise
    except BenchwrightError as error:
        return Outcome(place=cell.place, reason=error.line, seconds=seconds)
    fresh = sum(one.inputs for one in found.samples)
    return Outcome(place=cell.place, fresh=fresh, seconds=seconds)
