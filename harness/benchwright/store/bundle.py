"""Runs in one file, to be carried to another store; no user, host or home path travels with them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import msgspec

from benchwright.errors import StoreError
from benchwright.paths import exists, is_file
from benchwright.store import atomic
from benchwright.store.folder import Store, to_json
from benchwright.types import ModelRef, Run, RunSpec

_PLACE = re.compile(
    r"runs/[\w.+-]+\.json"
    r"|cells/[0-9a-f]{40}/(cell\.json|records\.parquet|ledger\.json|timing\.json|settings\.json)"
    r"|scores/[0-9a-f]{40}/[\w.+@-]+\.json"
    r"|inputs/[\w-]+\.parquet"
)
_FILES_OF_TASKS = frozenset({"path", "train"})
"""Options of a user's own data that are files."""

_STAMP = (2020, 1, 1, 0, 0, 0)
"""One date for every entry, so that equal runs give equal bundles."""


def export(store: Store, names: Sequence[str], path: Path, *, inputs: bool = True) -> int:
    """Write a bundle of runs; returns the number of files in it. Raises StoreError when a run's cell is gone."""
    runs = [store.read_run(name) for name in names]
    content = {f"runs/{run.name}.json": to_json(without_places(run)) for run in runs}
    keys = dict.fromkeys(cell.key for run in runs for cell in run.cells if cell.status == "scored" and cell.key)
    for key in keys:
        content |= _files(store.root / "cells" / key, f"cells/{key}")
        content |= _files(store.root / "scores" / key, f"scores/{key}")
        address = store.read_cell(key).inputs
        text = store.root / "inputs" / f"{address}.parquet"
        if inputs and is_file(text):
            content[f"inputs/{address}.parquet"] = text.read_bytes()
    atomic.write_output(path, _zip(content), what="-o")
    return len(content)


def import_(store: Store, path: Path) -> list[str]:
    """Put the files of a bundle into the store; returns the names of its runs.

    Raises:
        StoreError: The file is no bundle, holds anything else, or differs from what the store has under one name.
    """
    try:
        with zipfile.ZipFile(path) as bundle:
            content = {name: bundle.read(name) for name in bundle.namelist()}
    except (zipfile.BadZipFile, OSError) as error:
        raise StoreError(
            f"{path} is not a bundle: {error}", expected="a file made by `benchwright store export`"
        ) from error
    foreign = [name for name in content if not _PLACE.fullmatch(name)]
    if foreign:
        raise StoreError(f"{path} holds what no bundle holds: {foreign[0]}", hint="nothing was imported")
    if not any(name.startswith("runs/") for name in content):
        raise StoreError(f"{path} holds no run", expected="a file made by `benchwright store export`")
    differing = [name for name, data in content.items() if _differs(store.root / name, data)]
    if differing:
        raise StoreError(
            f"the store has another {differing[0]} than {path}",
            expected="equal content under equal names",
            hint="import into an empty store: --store DIR. Nothing was imported",
        )
    for name, data in sorted(content.items(), key=lambda item: item[0].startswith("runs/")):
        if not exists(store.root / name):
            atomic.write(store.root / name, data)
    return [PurePosixPath(name).stem for name in content if name.startswith("runs/")]


def without_places(run: Run) -> Run:
    """The run with every machine path reduced to its last part."""
    models = tuple(_without_path(model) for model in run.spec.models)
    data = _last(run.spec.data) if run.spec.data else None
    suites = tuple(_selector_without_path(text) for text in run.spec.suites)
    spec: RunSpec = msgspec.structs.replace(run.spec, models=models, data=data, suites=suites)
    return msgspec.structs.replace(run, spec=spec)


def _without_path(model: ModelRef) -> ModelRef:
    tasks = {task: _last(path) for task, path in model.tasks.items()}
    return msgspec.structs.replace(model, path=_last(model.path), tasks=tasks)


def _selector_without_path(text: str) -> str:
    """A ``suite/task?key=value&...`` selector whose files are called by name alone."""
    head, mark, tail = text.partition("?")
    options = (part.partition("=") for part in tail.split("&"))
    return head + mark + "&".join(f"{key}{equals}{_option(key, value)}" for key, equals, value in options)


def _option(key: str, value: str) -> str:
    is_place = key in _FILES_OF_TASKS or re.match(r"[/\\~]|[A-Za-z]:[/\\]|\.\.?[/\\]", value)
    return _last(value) if is_place else value


def _last(path: str) -> str:
    """The last part of a path; a hub id (one slash, not a local place) stays whole."""
    if re.fullmatch(r"[\w-][\w.-]*/[\w.-]+", path) and not exists(path):
        return path
    parts = [part for part in re.split(r"[/\\]", path) if part not in ("", ".", "..", "~")]
    return parts[-1] if parts else ""


def _files(folder: Path, place: str) -> dict[str, bytes]:
    return {
        f"{place}/{file.name}": file.read_bytes()
        for file in sorted(folder.glob("*"))
        if is_file(file) and not file.name.startswith(".")
    }


def _zip(content: dict[str, bytes]) -> bytes:
    import io

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name in sorted(content):
            bundle.writestr(zipfile.ZipInfo(name, _STAMP), content[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _differs(path: Path, data: bytes) -> bool:
    """Whether the store already holds something else there; runs are compared without their places."""
    if not is_file(path):
        return False
    if path.parent.name != "runs":
        return path.read_bytes() != data and path.name not in ("timing.json", "settings.json")
    return to_json(without_places(msgspec.json.decode(path.read_bytes(), type=Run))) != data
