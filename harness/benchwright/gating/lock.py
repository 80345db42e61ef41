"""``baselines.lock``: which runs a gate compares with, by name, reviewed like code."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from benchwright import registry
from benchwright.alarm import alarm, place_alarms, system_alarms
from benchwright.comparison.systems import System, system_of
from benchwright.documents import Unreadable, read_toml_file
from benchwright.errors import BenchwrightError, NotComparable, StoreError
from benchwright.gating.circumstances import changed_key, machine_called, way_called
from benchwright.items import count
from benchwright.paths import is_file
from benchwright.store import Store
from benchwright.task_path import has_answers, suite_of
from benchwright.types import CellResult, Frozen, Ledger, PlacedAlarm

FILE = "baselines.lock"
SCHEMA = 1

_NAME = re.compile(r"[\w.-]{1,80}")
_HEAD = "# Written by `benchwright baseline accept`; review changes of it like code.\n"


class LockedCell(Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """A cell of a baseline: its key and the digest of its records.

    Attributes:
        key: Of the cell.
        records: Digest of its records.
        split: Of the task.
        machine: Kind of the machine that computed it (`circumstances.machine_called`); empty: it is not told.
        computed: What ``--precision fast`` computed it with; empty of other cells.
    """

    key: str
    records: str
    split: str = ""
    machine: str = ""
    computed: str = ""


class BaselineEntry(Frozen, frozen=True, kw_only=True):
    """The accepted model under one name.

    Attributes:
        run: Name of the run.
        model: Its model.
        reason: Why it was accepted.
        accepted: On which day.
        suites: Suite -> version.
        cells: ``suite/task`` -> cell.
    """

    run: str
    model: str
    reason: str
    accepted: dt.date
    suites: dict[str, int] = msgspec.field(default_factory=dict)
    cells: dict[str, LockedCell] = msgspec.field(default_factory=dict)


def read_lock(path: Path) -> dict[str, BaselineEntry]:
    """Name -> entry; empty where there is no file yet.

    Raises:
        BenchwrightError: The file was not written by ``baseline accept``.
    """
    if not is_file(path):
        return {}
    try:
        raw = read_toml_file(path)[0]
        if raw.get("schema") != SCHEMA:
            raise BenchwrightError(
                f"{path} has the schema {raw.get('schema')!r}",
                expected=f"schema = {SCHEMA}",
                hint="accept the baselines anew with this version, or use the version that wrote the file",
            )
        return msgspec.convert(raw.get("baseline", {}), dict[str, BaselineEntry])
    except (OSError, Unreadable, msgspec.ValidationError) as error:
        where = error.at(str(path)) if isinstance(error, Unreadable) else str(path)
        raise BenchwrightError(
            f"{where} cannot be read: {error}",
            expected="the file that `benchwright baseline accept` wrote",
            hint="take it from the last good commit",
        ) from error


def accept(
    side: System, *, name: str, reason: str, path: Path, today: dt.date | None = None, force: bool = False
) -> BaselineEntry:
    """Enter a model under a name, write the lock file and return the entry. ``force`` allows unanswered items.

    Raises:
        BenchwrightError: The name is not valid, there is no reason, or the system is several models.
        NotComparable: The run is unfinished, limited, has a failed cell, none that is scored, or unanswered items.
    """
    if not _NAME.fullmatch(name):
        raise BenchwrightError(
            f"{name!r} cannot name a baseline", expected="letters, digits, `.`, `_` or `-`", hint="--name prod"
        )
    if not reason.strip():
        raise BenchwrightError(
            "there is no reason",
            expected='--reason "why this is the new baseline"',
            hint='--reason "why this is the new baseline"',
        )
    entries = read_lock(path)
    entry = _entry(side, reason.strip(), today or dt.datetime.now(dt.UTC).date())
    lost = _unanswered(side)
    if lost and not force:
        raise NotComparable(
            f"{side.run.name}:{entry.model} did not answer everything: {'; '.join(lost)}",
            expected="a baseline that answers every item",
            hint="run it again, or accept it as it is with --force",
        )
    from benchwright.store.atomic import write_output

    write_output(path, to_toml({**entries, name: entry}), what="--lock")
    return entry


def alarms(side: System) -> tuple[PlacedAlarm, ...]:
    """Alarms and notes of a system that matter before it is accepted as a baseline; unanswered items included."""
    found = [(cell, side.store.read_ledger(str(cell.key))) for cell in _scored(side)]
    lost = [
        one
        for cell, ledger in found
        if (said := _lost(ledger))
        for one in place_alarms(cell.model, cell.task_path, [alarm("errored", said)])
    ]
    return (*lost, *(one for cell, _ in found for one in system_alarms(cell.model, cell)))


def locked_side(name: str, entries: Mapping[str, BaselineEntry], store: Store) -> System:
    """The system under a name of the lock file.

    Raises:
        NotComparable: There is no such name, its run was removed, or the stored records differ from the accepted ones.
    """
    if name not in entries:
        raise NotComparable(
            f"no baseline {name!r} is accepted",
            expected=f"one of: {', '.join(entries) or '(none yet)'}",
            hint=registry.suggest(name, entries) or f"benchwright baseline accept RUN --name {name} --reason TEXT",
        )
    entry = entries[name]
    try:
        side = system_of(store.read_run(entry.run), (entry.model,), store=store)
    except (StoreError, BenchwrightError) as error:
        raise NotComparable(
            f"the baseline {name!r} is {entry.run}:{entry.model}, which this store does not hold: {error.problem}",
            hint="bring the run along: `benchwright store import`",
        ) from error
    problems = differences(entry, side)
    if problems:
        raise NotComparable(
            f"the baseline {name!r} is not what was accepted: {'; '.join(problems)}",
            expected="the records that the lock names",
            hint="restore the run, or accept it anew with a reason",
        )
    return side


def differences(entry: BaselineEntry, side: System) -> list[str]:
    """Differences between a stored system and its entry, as sentences."""
    problems = _versions(entry, side)
    for path, locked in entry.cells.items():
        cells = side.cells(path)
        if not cells or cells[0].key != locked.key:
            problems.append(f"{path} is {_another(side.store, locked, cells[0])}" if cells else f"{path} is gone")
            continue
        if cells[0].split != locked.split:
            problems.append(f"{path} was measured on {cells[0].split}, the lock says {locked.split or 'nothing'}")
        problems += [f"{path}: {what}" for what in _damage(side.store, locked)]
    known = [cell.task_path for cell in _scored(side)]
    return [*problems, *(f"{path} is not in the lock" for path in known if path not in entry.cells)]


def to_toml(entries: Mapping[str, BaselineEntry]) -> str:
    """The lock file, names and tasks sorted."""
    lines = [_HEAD + f"schema = {SCHEMA}"]
    for name, entry in sorted(entries.items()):
        lines += ["", f"[baseline.{_text(name)}]"]
        lines += [f"{field} = {_text(getattr(entry, field))}" for field in ("run", "model", "reason")]
        lines.append(f"accepted = {entry.accepted.isoformat()}")
        suites = ", ".join(f"{_text(suite)} = {version}" for suite, version in sorted(entry.suites.items()))
        lines.append(f"suites = {{ {suites} }}" if suites else "suites = {}")
        for path, cell in sorted(entry.cells.items()):
            lines += ["", f"[baseline.{_text(name)}.cells.{_text(path)}]"]
            lines += [f"{field} = {_text(getattr(cell, field))}" for field in ("key", "records", "split")]
            lines += [f"{field} = {_text(said)}" for field in ("machine", "computed") if (said := getattr(cell, field))]
    return "\n".join(lines) + "\n"


def _entry(side: System, reason: str, today: dt.date) -> BaselineEntry:
    if side.has_replicates:
        raise BenchwrightError(f"{side.label} is {len(side.models)} models", expected="one model", hint="say RUN:MODEL")
    model, run = side.models[0], side.run
    mine = [cell for cell in run.cells if cell.model == model and has_answers(cell.task_path)]
    failed = [f"{cell.task_path}: {cell.reason}" for cell in mine if cell.status == "failed"]
    if failed or not run.complete:
        raise NotComparable(
            f"{run.name}:{model} is not whole: {'; '.join(failed) or 'not finished'}",
            hint="run the same command again until every cell is scored",
        )
    scored = _scored(side)
    if not scored:
        raise NotComparable(
            f"{run.name}:{model} has no scored task",
            expected="at least one; a hardware profile alone is no baseline",
            hint="run a task with gold labels",
        )
    if run.spec.limit is not None:
        raise NotComparable(
            f"{run.name} saw the first {run.spec.limit} rows only (--limit)",
            expected="whole splits",
            hint="run it again without --limit",
        )
    limits = {cell.task_path: side.store.read_cell(str(cell.key)).key.limit for cell in scored}
    cut = [f"{path} ({limit:,} rows)" for path, limit in limits.items() if limit is not None]
    if cut:
        raise NotComparable(
            f"{run.name} saw the first rows only of {', '.join(cut)}",
            expected="whole splits",
            hint="run it again without limit= in its selectors",
        )
    cells = {cell.task_path: _locked(side.store, cell) for cell in scored}
    return BaselineEntry(run=run.name, model=model, reason=reason, accepted=today, suites=run.suites, cells=cells)


def _locked(store: Store, cell: CellResult) -> LockedCell:
    key = str(cell.key)
    return LockedCell(
        key=key,
        records=store.read_ledger(key).records,
        split=cell.split,
        machine=machine_called(store, key),
        computed=way_called(store, key),
    )


def _another(store: Store, locked: LockedCell, cell: CellResult) -> str:
    """That a task was computed anew under another key, and what of it changed where the accepted cell is still there."""
    try:
        said = changed_key(store.read_cell(locked.key).key, store.read_cell(str(cell.key)).key)
    except StoreError:
        said = ""
    return f"another cell ({said})" if said else "another cell"


def _scored(side: System) -> list[CellResult]:
    return [c for c in side.run.cells if c.model == side.models[0] and c.status == "scored" and c.key]


def _unanswered(side: System) -> list[str]:
    """Tasks of a system with unanswered items."""
    found = [(cell, side.store.read_ledger(str(cell.key))) for cell in _scored(side)]
    return [f"{cell.task_path}: {said}" for cell, ledger in found if (said := _lost(ledger))]


def _lost(ledger: Ledger) -> str:
    if not ledger.errored:
        return ""
    return f"{ledger.errored:,} of {count(ledger.total, 'item')} without an answer"


def _versions(entry: BaselineEntry, side: System) -> list[str]:
    """Suites whose version differs from the entry, or that the entry lacks."""
    suites = dict.fromkeys([*(suite_of(path) for path in entry.cells), *entry.suites])
    versions = [(suite, side.run.suites.get(suite), entry.suites.get(suite)) for suite in suites]
    return [
        f"{suite}@{ran} was run, the lock says {'nothing' if said is None else f'{suite}@{said}'}"
        for suite, ran, said in versions
        if ran != said
    ]


def _damage(store: Store, locked: LockedCell) -> list[str]:
    if not store.is_intact(locked.key):
        return ["its stored records are damaged or gone"]
    if store.read_ledger(locked.key).records != locked.records:
        return [_computed_again(store, locked)]
    return []


def _computed_again(store: Store, locked: LockedCell) -> str:
    """Why the answers of a cell are not those that were accepted."""
    if store.read_cell(locked.key).key.precision != "exact":
        ways = [way or "nobody knows how" for way in (locked.computed, way_called(store, locked.key))]
        return f"it was computed again with --precision fast ({ways[0]}, now {ways[1]}), and the answers changed"
    machine = machine_called(store, locked.key)
    if machine != locked.machine:
        before = locked.machine or "one that the lock does not name"
        return f"it was computed again on another machine ({machine or 'unknown'}, before {before}), and the answers changed"
    return "non-deterministic: it was computed again and the answers changed"


def _text(value: Any) -> str:
    """A TOML basic string."""
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
