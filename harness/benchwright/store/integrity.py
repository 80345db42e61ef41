"""Check the integrity of a store: what is damaged, missing or unfinished."""

from __future__ import annotations

import msgspec

from benchwright.errors import StoreError
from benchwright.store import attachments
from benchwright.store.file_forms import CellFile
from benchwright.store.folder import Store, key_id
from benchwright.store.payloads import count, file_of, find
from benchwright.types import Ledger, Measurements, Run


class StoreProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Something about a cell or run; ``damaged`` says that it must be mended."""

    what: str
    where: str
    problem: str
    damaged: bool


def check(store: Store) -> list[StoreProblem]:
    """Everything about the store that is damaged, missing or unfinished."""
    findings = [finding for key in store.cell_keys() if (finding := _check_cell(store, key))]
    for key in store.cell_keys():
        findings += _check_attachments(store, key)
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
    held = find(store.cell_folder(key))
    if held is not None and held.name != file_of(cell.key):
        return f"it holds {held.name}, and its key asks for {file_of(cell.key)}"
    changed = store.changed(key, ledger)
    if changed:
        return f"{', '.join(changed)}: not what was written: run the same command again"
    payload, texts = store.read_payload(key), store.read_inputs(cell.inputs)
    for read in (store.read_alarms, store.read_seconds, store.read_settings, store.read_choice):
        read(key)
    if isinstance(payload, Measurements):
        return _mismeasured(cell, payload)
    ids = {record.id for record in payload}
    if not len(payload) == ledger.total == cell.total:
        return f"{len(payload)} records, {ledger.total} in the ledger, {cell.total} planned"
    if len(ids) != len(payload):
        return "an example is recorded twice"
    if texts and not texts.keys() >= ids:
        return "the texts are those of other examples"
    miscounted = _miscounted(ledger, count(payload, {}))
    return f"its ledger miscounts {', '.join(miscounted)}: run the same command again" if miscounted else ""


def _check_attachments(store: Store, key: str) -> list[StoreProblem]:
    """What is wrong with the explanations of a cell, each attachment once."""
    names = attachments.names(store, key)
    if not names:
        return []
    if not store.is_complete(key):
        problem = "the answers that it explains are not there: run the same command again"
        return [StoreProblem(what="attachment", where=f"{key}/{one}", problem=problem, damaged=False) for one in names]
    found = ((name, _attachment_damage(store, key, name)) for name in names)
    return [
        StoreProblem(what="attachment", where=f"{key}/{name}", problem=problem, damaged=True)
        for name, problem in found
        if problem
    ]


def _attachment_damage(store: Store, key: str, name: str) -> str:
    try:
        attachments.read_spec(store, key, name)
        strangers = attachments.read(store, key, name).keys() - {record.id for record in store.read_records(key)}
    except StoreError as error:
        return error.problem
    except Exception as error:
        return f"explanations cannot be read: {error}"
    return f"it explains {min(strangers)!r}, which is no item of its cell" if strangers else ""


def _check_explanations(store: Store, run: Run) -> list[StoreProblem]:
    """Explanations that a run tells of and that are not there; a damaged attachment is told as such."""
    findings = []
    for key, wanted in attachments.referred([run]).items():
        for name, ids in wanted.items():
            try:
                gone = ids - attachments.read(store, key, name).keys()
                problem = attachments.lacks(f"{key}/{name}", gone).problem if gone else ""
            except StoreError as error:
                problem = "" if name in attachments.names(store, key) else error.problem
            if problem:
                findings.append(StoreProblem(what="run", where=run.name, problem=problem, damaged=True))
    return findings


def _mismeasured(cell: CellFile, found: Measurements) -> str:
    """What measurements say otherwise than the key of their cell; empty where nothing is."""
    asked = cell.key.profile
    if asked is not None and found.spec.scenario != asked.scenario:
        return f"it holds measurements of {found.spec.scenario}, and its key asks for {asked.scenario}"
    for name, wanted in msgspec.structs.asdict(asked).items() if asked is not None else ():
        held = getattr(found.spec, name)
        if wanted not in (None, (), held):
            return f"it was measured with {name} {held}, and its key asks for {wanted}"
    if found.machine.fingerprint != cell.key.machine:
        return "it was measured on another machine than its key tells"
    return ""


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
    kept = [cell.key or "" for cell in run.cells if cell.status in ("scored", "measured", "explained")]
    gone = [key for key in dict.fromkeys(kept) if not store.is_complete(key)]
    findings = [StoreProblem(what="run", where=name, problem=f"its cell {key} is gone", damaged=True) for key in gone]
    findings += [
        StoreProblem(what="run", where=name, problem=f"the ledger of its cell {cell.key} is another one", damaged=True)
        for cell in run.cells
        if cell.key and cell.ledger and store.is_complete(cell.key) and not _agree(cell.ledger, store, cell.key)
    ]
    findings += _check_explanations(store, run)
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
