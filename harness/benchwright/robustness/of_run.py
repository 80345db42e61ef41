"""The robustness of every model of a run on every view that it was asked for, from the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from benchwright import perturbations
from benchwright.alarm import as_note, goes_along, in_order, note
from benchwright.robustness.join import join
from benchwright.robustness.measure import measure
from benchwright.store import Store
from benchwright.task_path import is_identity_view
from benchwright.types import Alarm, CellResult, Kind, Record, RobustnessScore, Task, View


def score_views(store: Store, cells: Sequence[CellResult], tasks: Mapping[str, Task]) -> tuple[RobustnessScore, ...]:
    """A row for each view whose cell is scored beside the cell of its task, in the order of the cells; read from the records alone.

    Args:
        store: Holds the records.
        cells: Of a run.
        tasks: ``suite/task`` -> card, of the same run.
    """
    return tuple(_rows(store, cells, tasks))


def _rows(store: Store, cells: Sequence[CellResult], tasks: Mapping[str, Task]) -> Iterator[RobustnessScore]:
    scored = {(cell.model, cell.task_path, cell.split): cell for cell in cells if cell.status == "scored"}
    known: dict[str, list[Record]] = {}
    for cell in scored.values():
        task = tasks.get(cell.task_path)
        clean = scored.get((cell.model, task.view_of, cell.split)) if task is not None and task.view_of else None
        if task is None or clean is None or cell.key is None or clean.key is None or is_identity_view(cell.task_path):
            continue
        if clean.key not in known:
            known = {clean.key: records_of(store, clean.key, task)}  # views of one task stand together: one is enough
        yield _row(store, cell, clean, task, known[clean.key])


def _row(store: Store, cell: CellResult, clean: CellResult, task: Task, originals: Sequence[Record]) -> RobustnessScore:
    assert cell.key is not None
    assert clean.key is not None
    stored = store.read_cell(cell.key)
    counts = stored.counts
    view = View.named(cell.suite, task.name.partition("@")[0], counts.get("draws", 1))
    found = measure(
        join(task, originals, store.read_records(cell.key)), view, model=cell.model, base=task.view_of, split=cell.split
    )
    told = (
        *found.alarms,
        *_declared(view, task),
        *(one for one in (*clean.alarms, *cell.alarms) if goes_along(one)),
    )
    alarms = in_order(dict.fromkeys(told))
    if stored.facts.constant:
        alarms = as_note(alarms)
    return msgspec.structs.replace(
        found,
        clean_key=clean.key,
        view_key=cell.key,
        items=counts.get("items", len(originals)),
        unchanged=counts.get("unchanged", 0),
        unprojectable=counts.get("unprojectable", 0),
        alarms=alarms,
    )


def records_of(store: Store, key: str, task: Task) -> list[Record]:
    """The records of the items; with their texts where answers are texts and nothing says where they stand."""
    records = store.read_records(key)
    if task.kind is Kind.CHOOSE and task.by_text:
        return store.read_records_with_inputs(key)
    if task.kind is Kind.SPAN and any(record.output and record.extra.get("start") is None for record in records):
        return store.read_records_with_inputs(key)
    return records


def _declared(view: View, task: Task) -> tuple[Alarm, ...]:
    """What is to be known of a perturbation beside a number."""
    kept = perturbations.named(view.perturbation).label_in(task)
    if kept == "declared":
        return (note("declared", "that gold answers are kept under this perturbation is the user's declaration"),)
    if kept == "apart":
        return (
            note(
                "apart", "it changes what models of this kind rely on by design: read it apart from other perturbations"
            ),
        )
    return ()
