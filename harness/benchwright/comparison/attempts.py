"""How many models were tried on the same data: the more, the more the best one flatters itself. One count for every verb."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchwright.comparison.sides import Side
from benchwright.errors import BenchwrightError
from benchwright.store import Store
from benchwright.types import CellResult


def count_attempts(sides: Sequence[Side], paths: Iterable[str]) -> int:
    """Different models in the stores of some sides that were scored on one of these tasks and the same data; at least 1.

    The same data: the same files, split and number of rows as the first side that has the task. A model is known on a task by
    its cell, which holds all that decides its answers, so it counts once however often and under whatever names it was run.
    Of several tasks the one counts that most models tried. Who is compared with counts too: it could have been chosen.
    """
    stores = {side.store.root: side.store for side in sides}
    wanted = {path: place for path in paths if (place := _place_of(sides, path))}
    found: dict[str, set[str]] = {path: set() for path in wanted}
    for store in stores.values():
        for cell in _cells(store):
            path = f"{cell.suite}/{cell.task}"
            if path in wanted and cell.status == "scored" and cell.key:
                found[path].add(cell.key)
    known = dict[str, tuple[object, ...]]()
    counts = [
        sum(known.setdefault(key, _place(stores.values(), key)) == wanted[path] for key in keys)
        for path, keys in found.items()
    ]
    return max(counts, default=1) or 1


def _cells(store: Store) -> Iterable[CellResult]:
    """The cells of all runs of a store; a damaged run is `store check`'s to tell."""
    for name in store.run_names():
        try:
            yield from store.read_run(name).cells
        except BenchwrightError:
            continue


def _place_of(sides: Sequence[Side], path: str) -> tuple[object, ...]:
    for side in sides:
        for cell in side.cells(path):
            if cell.status == "scored" and cell.key and (place := _place([side.store], cell.key)):
                return place
    return ()


def _place(stores: Iterable[Store], key: str) -> tuple[object, ...]:
    """What a cell was measured on; nothing where no store holds it whole."""
    for store in stores:
        try:
            found = store.read_cell(key).key
        except BenchwrightError:
            continue
        return found.data, found.split, found.limit
    return ()
