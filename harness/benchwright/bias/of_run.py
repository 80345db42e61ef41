"""What every model of a run does under the identity swaps that it was asked for, from the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from benchwright.alarm import as_note, goes_along, in_order
from benchwright.bias.identity import measure_swaps
from benchwright.bias.join import dimensions_of, join_swaps
from benchwright.robustness.of_run import records_of
from benchwright.store import Store
from benchwright.task_path import is_identity_view
from benchwright.types import CellResult, IdentityScore, Task


def score_identity(store: Store, cells: Sequence[CellResult], tasks: Mapping[str, Task]) -> tuple[IdentityScore, ...]:
    """A row for each dimension of each identity view whose cell is scored beside the cell of its task, in the order of the cells;
    read from the records alone.

    Args:
        store: Holds the records.
        cells: Of a run.
        tasks: ``suite/task`` -> card, of the same run.
    """
    return tuple(_rows(store, cells, tasks))


def _rows(store: Store, cells: Sequence[CellResult], tasks: Mapping[str, Task]) -> Iterator[IdentityScore]:
    scored = {(cell.model, cell.task_path, cell.split): cell for cell in cells if cell.status == "scored"}
    for cell in scored.values():
        task = tasks.get(cell.task_path)
        if task is None or not task.view_of or not is_identity_view(cell.task_path):
            continue
        clean = scored.get((cell.model, task.view_of, cell.split))
        if clean is not None and cell.key is not None and clean.key is not None:
            yield from _of_view(store, cell, clean, task)


def _of_view(store: Store, cell: CellResult, clean: CellResult, task: Task) -> Iterator[IdentityScore]:
    assert cell.key is not None
    assert clean.key is not None
    stored = store.read_cell(cell.key)
    originals = records_of(store, clean.key, task)
    variants = store.read_records(cell.key)
    every = [one for one in (*clean.alarms, *cell.alarms) if goes_along(one)]
    for dimension in _dimensions(stored.counts, dimensions_of(variants)):
        joined = join_swaps(task, originals, variants, dimension)
        # a few variants may be answered alike by a model that is not constant: what both cells hold decides
        loud = [one for one in every if one.code != "constant" or not joined.varies]
        found = measure_swaps(
            joined,
            model=cell.model,
            base=task.view_of,
            split=cell.split,
            suite=cell.suite,
            view=cell.task.partition("@")[0],
            given=stored.facts.scores,
            counts=_counts(stored.counts, dimension, len(originals)),
        )
        alarms = in_order((*found.alarms, *loud))
        if stored.facts.constant:
            alarms = as_note(alarms)
        yield msgspec.structs.replace(found, clean_key=clean.key, view_key=cell.key, alarms=alarms)


def _counts(counts: Mapping[str, int], dimension: str, items: int) -> dict[str, int]:
    """What became of the items of one dimension, as far as the cell says (``holding:religion``)."""
    told = {name: counts.get(f"{name}:{dimension}") for name in ("holding", "ambiguous", "unprojectable")}
    return {
        "items": counts.get("items", items),
        **{name: number for name, number in told.items() if number is not None},
    }


def _dimensions(counts: Mapping[str, int], seen: Sequence[str]) -> list[str]:
    """The dimensions that were asked for, those that no item holds a term of too."""
    asked = [name.partition(":")[2] for name in counts if name.startswith("holding:")]
    return list(dict.fromkeys((*asked, *seen)))
