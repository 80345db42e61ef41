"""Looking after a store: what is damaged, missing or unfinished."""

from __future__ import annotations

import msgspec

from benchwright.errors import StoreError
from benchwright.store.folder import Store, key_id
from benchwright.types import Run


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something about a cell or run; ``damaged`` says that it must be mended."""

    what: str
    where: str
    problem: str
    damaged: bool


def check(store: Store) -> list[Finding]:
    """Everything about the store that is damaged, missing or unfinished."""
    findings = [finding for key in store.cell_keys() if (finding := _check_cell(store, key))]
    for name in store.run_names():
        findings += _check_run(store, name)
    return findings


def _check_cell(store: Store, key: str) -> Finding | None:
    def finding(problem: str, *, damaged: bool) -> Finding:
        return Finding(what="cell", where=key, problem=problem, damaged=damaged)

    try:
        cell = store.read_cell(key)
        if key_id(cell.key) != key:
            return finding("its key does not hash to its name", damaged=True)
        if not store.is_complete(key):
            return finding("unfinished: run the same command again", damaged=False)
        records, ledger = store.read_records(key), store.read_ledger(key)
        store.read_alarms(key)
        store.read_inputs(cell.inputs)
    except StoreError as error:
        return finding(error.given, damaged=True)
    except Exception as error:
        return finding(f"records cannot be read: {error}", damaged=True)
    if not store.is_intact(key):
        return finding("its records are not those that were written: run the same command again", damaged=True)
    if not len(records) == ledger.total == cell.total:
        return finding(f"{len(records)} records, {ledger.total} in the ledger, {cell.total} planned", damaged=True)
    if len({record.id for record in records}) != len(records):
        return finding("an example is recorded twice", damaged=True)
    return None


def _check_run(store: Store, name: str) -> list[Finding]:
    try:
        run: Run = store.read_run(name)
    except StoreError as error:
        return [Finding(what="run", where=name, problem=error.given, damaged=True)]
    gone = [cell.key for cell in run.cells if cell.status == "scored" and not store.is_complete(cell.key or "")]
    findings = [Finding(what="run", where=name, problem=f"its cell {key} is gone", damaged=True) for key in gone]
    if not run.complete:
        problem = "unfinished: run the same command again"
        findings.append(Finding(what="run", where=name, problem=problem, damaged=False))
    return findings
