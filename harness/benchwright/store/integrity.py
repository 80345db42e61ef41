"""Check the integrity of a store: what is damaged, missing or unfinished."""

from __future__ import annotations

import msgspec

from benchwright.errors import StoreError
from benchwright.store.folder import Store, count, key_id
from benchwright.types import Ledger, Run


class StoreProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Something about a cell or run; ``damaged`` says that it must be mended."""

    what: str
    where: str
    problem: str
    damaged: bool


def check(store: Store) -> list[StoreProblem]:
    """Everything about the store that is damaged, missing or unfinished."""
    findings = [finding for key in store.cell_keys() if (finding := _check_cell(store, key))]
    for name in store.run_names():
        findings += _check_run(store, name)
    return findings


def _check_cell(store: Store, key: str) -> StoreProblem | None:
    try:
        if not store.is_complete(key):
            store.read_cell(key)
            problem = "unfinished: run the same command again"
            return StoreProblem(what="cell", where=key, problem=problem, damaged=False)
        problem = _damage(store, key)
    except StoreError as error:
        problem = error.problem
    except Exception as error:
        problem = f"records cannot be read: {error}"
    return StoreProblem(what="cell", where=key, problem=problem, damaged=True) if problem else None


def _damage(store: Store, key: str) -> str:
    """What is wrong with a complete cell; empty where nothing is. Raises StoreError, or whatever damage leads to."""
    cell, ledger = store.read_cell(key), store.read_ledger(key)
    if key_id(cell.key) != key:
        return "its key does not hash to its name"
    changed = store.changed(key, ledger)
    if changed:
        return f"{', '.join(changed)}: not what was written: run the same command again"
    records, texts = store.read_records(key), store.read_inputs(cell.inputs)
    for read in (store.read_alarms, store.read_seconds, store.read_settings):
        read(key)
    ids = {record.id for record in records}
    if not len(records) == ledger.total == cell.total:
        return f"{len(records)} records, {ledger.total} in the ledger, {cell.total} planned"
    if len(ids) != len(records):
        return "an example is recorded twice"
    if texts and not texts.keys() >= ids:
        return "the texts are those of other examples"
    miscounted = _miscounted(ledger, count(records, {}))
    return f"its ledger miscounts {', '.join(miscounted)}: run the same command again" if miscounted else ""


def _miscounted(told: Ledger, found: Ledger) -> list[str]:
    """Counts of a ledger that its records do not bear out; further notes may have been made while predicting."""
    wrong = [
        name for name in ("scored", "errored", "skipped", "truncated") if getattr(told, name) != getattr(found, name)
    ]
    return wrong + [name for name, number in found.notes.items() if told.notes.get(name, 0) < number]


def _check_run(store: Store, name: str) -> list[StoreProblem]:
    try:
        run: Run = store.read_run(name)
    except StoreError as error:
        return [StoreProblem(what="run", where=name, problem=error.problem, damaged=True)]
    gone = [cell.key for cell in run.cells if cell.status == "scored" and not store.is_complete(cell.key or "")]
    findings = [StoreProblem(what="run", where=name, problem=f"its cell {key} is gone", damaged=True) for key in gone]
    findings += [
        StoreProblem(what="run", where=name, problem=f"the ledger of its cell {cell.key} is another one", damaged=True)
        for cell in run.cells
        if cell.key and cell.ledger and store.is_complete(cell.key) and not _agree(cell.ledger, store, cell.key)
    ]
    if run.name != name:
        findings.append(StoreProblem(what="run", where=name, problem=f"it calls itself {run.name!r}", damaged=True))
    if not run.complete:
        problem = "unfinished: run the same command again"
        findings.append(StoreProblem(what="run", where=name, problem=problem, damaged=False))
    return findings


def _agree(told: Ledger, store: Store, key: str) -> bool:
    """Whether a run and its cell have one ledger; digests of what a cell may be written anew with are left out."""
    try:
        found = store.read_ledger(key)
    except StoreError:
        return True  # told as the cell's damage
    return msgspec.structs.replace(found, cell="", texts="") == msgspec.structs.replace(told, cell="", texts="")
