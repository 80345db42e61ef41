"""How many models were tried on the same data: the more, the more the best one flatters itself."""

from __future__ import annotations

from collections.abc import Sequence

from benchwright.choosing.field import Field
from benchwright.errors import BenchwrightError
from benchwright.types import CellKey


def count_attempts(arena: Field, paths: Sequence[str]) -> int:
    """Different models of all runs in the stores at hand that were scored on these tasks and the same data.

    A model counts once however often it was run: it is known by the names of its cells, which hold all that decides its
    answers. At least the candidates.
    """
    wanted = {path: _place(_key(arena, path)) for path in paths}
    roots = {side.store.root: side.store for side in arena.sides}
    found: set[tuple[str, ...]] = set()
    for store in roots.values():
        for name in store.run_names():
            try:
                run = store.read_run(name)
            except BenchwrightError:
                continue  # a damaged run is `store check`'s to tell
            by_model: dict[str, dict[str, str]] = {}
            for cell in run.cells:
                path = f"{cell.suite}/{cell.task}"
                if path in wanted and cell.status == "scored" and cell.key is not None:
                    by_model.setdefault(cell.model, {})[path] = cell.key
            found.update(
                tuple(cells[path] for path in paths) for cells in by_model.values() if len(cells) == len(paths)
            )
    mine = {
        tuple(str(side.cells(path)[seed].key) for path in paths)
        for side in arena.sides
        for seed in range(len(side.models))
    }
    others = [
        keys for keys in found - mine if all(_is_same(arena, wanted, *pair) for pair in zip(paths, keys, strict=True))
    ]
    return len(mine) + len(others)


def _is_same(arena: Field, wanted: dict[str, tuple[object, ...]], path: str, key: str) -> bool:
    for store in {side.store.root: side.store for side in arena.sides}.values():
        try:
            return _place(store.read_cell(key).key) == wanted[path]
        except BenchwrightError:
            continue
    return False


def _key(arena: Field, path: str) -> CellKey:
    side = arena.sides[0]
    return side.store.read_cell(str(side.cells(path)[0].key)).key


def _place(key: CellKey) -> tuple[object, ...]:
    return key.data, key.split, key.limit
