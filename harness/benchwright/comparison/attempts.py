"""How many models were tried on the same data: the more, the more the best one flatters itself. One count for every verb."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from benchwright.comparison.sides import Side
from benchwright.errors import BenchwrightError
from benchwright.store import Store
from benchwright.store.folder import key_id
from benchwright.types import CellKey, CellResult


def count_attempts(sides: Sequence[Side], paths: Iterable[str]) -> int:
    """Different models in the stores of some sides that were scored on one of these tasks and the same data; at least 1.

    The same data: the same files, split and number of rows as the first side that has the task. A model is known on a task by
    its cell, which holds all that decides its answers, so it counts once however often and under whatever names it was run,
    and with whatever slices and clusters of a user's own data.
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
    known = {key: _key(stores.values(), key) for keys in found.values() for key in keys}
    counts = [
        len({_model(one) for key in keys if (one := known[key]) is not None and _place(one) == wanted[path]})
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
            if cell.status == "scored" and cell.key and (found := _key([side.store], cell.key)):
                return _place(found)
    return ()


def _key(stores: Iterable[Store], name: str) -> CellKey | None:
    """The key of a cell; None where no store holds it whole."""
    for store in stores:
        try:
            return store.read_cell(name).key
        except BenchwrightError:
            continue
    return None


def _place(key: CellKey) -> tuple[object, ...]:
    """What a cell was measured on."""
    return key.data, key.split, key.limit


def _model(key: CellKey) -> str:
    """What decides the answers: all of the key but how a user's own data are read (slices, clusters, the positive label)."""
    return key_id(msgspec.structs.replace(key, card=""))
