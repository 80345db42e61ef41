"""What a store no longer needs: what no run refers to, a run with all that is only its own, a checkpoint made here."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from benchwright.errors import BenchwrightError, ConfigError, StoreError
from benchwright.paths import is_file, is_folder
from benchwright.store import atomic, attachments
from benchwright.store.folder import Store
from benchwright.task_path import is_explain_view
from benchwright.types import Run


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """What went, relative to the store, and its size."""

    paths: tuple[str, ...]
    bytes: int


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A checkpoint made here: how it is named, what it was trained on, its size, and the runs that used it."""

    key: str
    task: str
    base: str
    bytes: int
    runs: tuple[str, ...]


def prune(store: Store, *, dry_run: bool = False) -> Removed:
    """Remove what no run refers to, and leftovers of killed processes."""
    gone = {*_unneeded(store, _runs(store)), *_left(store)}
    return _remove(store, gone, dry_run=dry_run)


def remove_runs(store: Store, names: Sequence[str], *, dry_run: bool = False) -> Removed:
    """Remove runs with the cells, scores, texts and checkpoints that no other run refers to; what was unneeded before stays.

    Raises:
        ConfigError: A name is not a run of the store; nothing is removed then.
    """
    problems = [problem for name in names if (problem := _not_there(store, name))]
    if problems:
        raise ConfigError(problems)
    runs = _runs(store, may_be_damaged=names)
    before = _unneeded(store, runs)
    after = _unneeded(store, [run for run in runs if run.name not in names])
    return _remove(store, {*(after - before), *(store.run_path(name) for name in names)}, dry_run=dry_run)


def checkpoints(store: Store) -> list[Checkpoint]:
    """Checkpoints made here, sorted by task and key."""
    users: dict[str, list[str]] = {}
    for run in _runs(store):
        for key in {_model_of(store, cell.key) for cell in run.cells if cell.key}:
            users.setdefault(key, []).append(run.name)
    found = []
    for folder in _model_folders(store):
        training = store.read_training(folder.name)
        about = {"task": training.task, "base": training.base} if training else {"task": "", "base": ""}
        found.append(Checkpoint(key=folder.name, bytes=_size(folder), runs=tuple(users.get(folder.name, ())), **about))
    return sorted(found, key=lambda one: (one.task, one.key))


def remove_checkpoints(store: Store, keys: Sequence[str], *, dry_run: bool = False) -> Removed:
    """Remove checkpoints made here, named by their key or its beginning; predictions made with them stay.

    Raises:
        ConfigError: A key fits no checkpoint, or several; nothing is removed then.
    """
    folders = _model_folders(store)
    problems, gone = [], set()
    for key in keys:
        fitting = [folder for folder in folders if key and folder.name.startswith(key)]
        gone.update(fitting)
        if len(fitting) != 1:
            number = "no checkpoint" if not fitting else f"{len(fitting)} checkpoints"
            known = ", ".join(folder.name[:12] for folder in folders) or "(none were made here)"
            problems.append(
                BenchwrightError(
                    f"{number} in {store.root} begins with {key!r}" if not fitting else f"{number} begin with {key!r}",
                    expected=f"one of: {known}",
                    hint="`benchwright store remove-model` without a key lists them",
                )
            )
    if problems:
        raise ConfigError(problems)
    return _remove(store, gone, dry_run=dry_run)


def _runs(store: Store, *, may_be_damaged: Sequence[str] = ()) -> list[Run]:
    """Every run; what a damaged one needs cannot be known, so only one that is to go may be damaged."""
    runs = []
    for name in store.run_names():
        try:
            runs.append(store.read_run(name))
        except StoreError:
            if name not in may_be_damaged:
                raise
    return runs


def _not_there(store: Store, name: str) -> StoreError | None:
    try:
        if not store.has_run(name):
            store.read_run(name)
    except StoreError as error:
        return error
    return None


def _unneeded(store: Store, runs: Iterable[Run]) -> set[Path]:
    runs = list(runs)
    needed = {cell.key for run in runs for cell in run.cells if cell.key}
    cells = [store.read_cell(key) for key in needed if (store.cell_folder(key) / "cell.json").is_file()]
    kept_inputs = {cell.inputs for cell in cells}
    kept_models = {(cell.facts.digest or "")[:40] for cell in cells}
    gone = {path for room in ("cells", "scores") for path in (store.root / room).glob("*") if path.name not in needed}
    gone |= {path for path in (store.root / "inputs").glob("*.parquet") if path.stem not in kept_inputs}
    gone |= _unneeded_attachments(store, runs, needed)
    return gone | {folder for folder in _model_folders(store) if folder.name not in kept_models}


def _unneeded_attachments(store: Store, runs: Sequence[Run], needed: Iterable[str]) -> set[Path]:
    """Attachments of cells that stay which no run tells of; of a run that is not finished all stay, for it goes on with them."""
    referred = attachments.referred(runs)
    going_on = {cell.key for run in runs if not run.complete or _has_unexplained(run) for cell in run.cells}
    return {
        attachments.folder(store, key, name)
        for key in needed
        if key not in going_on
        for name in attachments.names(store, key)
        if name not in referred.get(key, {})
    }


def _has_unexplained(run: Run) -> bool:
    """Whether an explanation failed, or was not finished: the same command goes on with what there is of it."""
    return any(is_explain_view(cell.task_path) and cell.status != "explained" for cell in run.cells)


def _left(store: Store) -> set[Path]:
    """Temporary files of processes that were killed; those in use stay."""
    folders = [store.root, *(path for path in store.root.rglob("*") if is_folder(path))]
    return {draft for folder in folders for draft in atomic.drafts(folder) if atomic.is_abandoned(draft)}


def _model_folders(store: Store) -> list[Path]:
    """Finished models; in hidden folders another process may be at work."""
    folders = (store.root / "models").glob("*")
    return sorted(path for path in folders if is_folder(path) and not path.name.startswith("."))


def _model_of(store: Store, key: str) -> str:
    if not (store.cell_folder(key) / "cell.json").is_file():
        return ""
    return (store.read_cell(key).facts.digest or "")[:40]


def _remove(store: Store, gone: Iterable[Path], *, dry_run: bool) -> Removed:
    """The run files first: a removal that is cut short leaves cells that `prune` takes, never a run without its cells."""
    paths = sorted(gone, key=lambda path: (path.parent.name != "runs", path))
    size = sum(_size(path) for path in paths)
    if not dry_run:
        for path in paths:
            shutil.rmtree(path) if is_folder(path) else path.unlink(missing_ok=True)
    return Removed(paths=tuple(str(path.relative_to(store.root)) for path in paths), bytes=size)


def _size(path: Path) -> int:
    files = path.rglob("*") if is_folder(path) else [path]
    return sum(file.stat().st_size for file in files if is_file(file))
