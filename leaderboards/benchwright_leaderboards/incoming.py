"""What is to be added: runs and bundles, unpacked into a scratch store that holds nothing else."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.paths import exists, is_file, is_folder
from benchwright.reporting import choose
from benchwright.store import Store, bundle
from benchwright.task_path import is_hardware_view
from benchwright.types import Run
from benchwright_leaderboards.tables_weighed import check_tables

FINISHED = ("scored", "measured")
"""States of a cell that has a payload."""


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """What is to be added.

    Attributes:
        store: A scratch store with the runs below, their cells on tasks of the board, and nothing else.
        runs: With the models that were named, and the tasks of the board.
        left_out: How many explanations of answers stay behind: a board holds none.
    """

    store: Store
    runs: tuple[Run, ...]
    left_out: int = 0


@dataclass(frozen=True, kw_only=True)
class _Source:
    """A source as it was typed: the bundle or the run of a store, and the one model that is meant; empty: all."""

    text: str
    place: str
    model: str
    is_bundle: bool


def unpack(sources: Sequence[str], store: Store, scratch: Path, tasks: Sequence[str]) -> Incoming:
    """The runs of sources as the board needs them, in a scratch store. Every source goes through a bundle, whose reader trusts nothing.

    Args:
        sources: ``RUN``, ``RUN:MODEL``, ``BUNDLE`` or ``BUNDLE:MODEL``.
        store: Where runs are.
        scratch: An empty folder.
        tasks: ``suite/task`` of the board; cells on others are left behind.

    Raises:
        BenchwrightError: A source is not there, is no bundle of this version, or has no such model.
    """
    incoming = Store(scratch / "store")
    wanted: dict[str, set[str]] = {}
    known: dict[str, list[str]] = {}
    for source in (_read(text, store) for text in dict.fromkeys(sources)):
        if source.place not in known:
            known[source.place] = _import(incoming, source, store, scratch)
        for name in known[source.place]:
            models = {ref.name for ref in incoming.read_run(name).spec.models}
            wanted.setdefault(name, set()).update(_models(source, models))
    left_out = sum(_count_explained(incoming.read_run(name), models) for name, models in wanted.items())
    runs = tuple(_part(incoming.read_run(name), models, tasks) for name, models in wanted.items())
    for run in runs:
        incoming.write_run(run)
    _drop_the_rest(incoming, runs)
    return Incoming(store=incoming, runs=runs, left_out=left_out)


def needed_keys(runs: Iterable[Run]) -> set[str]:
    """Keys of finished cells of runs."""
    return {cell.key for run in runs for cell in run.cells if cell.status in FINISHED and cell.key}


def _read(text: str, store: Store) -> _Source:
    if is_file(Path(text)):
        return _Source(text=text, place=text, model="", is_bundle=True)
    head, colon, model = text.rpartition(":")
    if colon and is_file(Path(head)):
        return _Source(text=text, place=head, model=model, is_bundle=True)
    name, _, model = text.partition(":")
    if text.endswith(".zip") or (is_folder(Path(text)) and name not in store.run_names()):
        raise BenchwrightError(
            f"{text or 'an empty name'} is {_what_is_there(Path(text))}",
            expected="the name of a run, or a bundle (.zip)",
            hint="benchwright store export RUN -o BUNDLE.zip, then benchwright board add BUNDLE.zip",
        )
    return _Source(text=text, place=name, model=model, is_bundle=False)


def _what_is_there(path: Path) -> str:
    if is_folder(path):
        return "a folder"
    return "no file that can be read" if exists(path) or path.is_symlink() else "not there"


def _import(incoming: Store, source: _Source, store: Store, scratch: Path) -> list[str]:
    path = Path(source.place)
    if not source.is_bundle:
        path = scratch / f"{hashlib.sha256(source.place.encode()).hexdigest()}.zip"
        bundle.export(store, [source.place], path, explanations=False)
    names = bundle.import_(incoming, path)
    check_tables(incoming.root, source.text)
    return names


def _models(source: _Source, known: set[str]) -> set[str]:
    if source.model and source.model not in known:
        raise BenchwrightError(
            f"no model {source.model!r} in {source.place}",
            expected=f"one of: {', '.join(sorted(known))}",
            hint=f"benchwright board add {source.place}:{min(known)}" if known else "export another run",
        )
    return {source.model} if source.model else known


def _part(run: Run, models: set[str], tasks: Sequence[str]) -> Run:
    """The run with some models, the tasks of the board and the hardware profiles on their texts."""
    there = dict.fromkeys(cell.task_path for cell in run.cells)
    kept = [path for path in there if path in tasks or (is_hardware_view(path) and path.partition("@")[2] in tasks)]
    if not kept:
        raise BenchwrightError(
            f"not added: {run.name} has no task of the board",
            expected=f"one of: {', '.join(tasks)}",
            hint="run the model on the suites of the board, on the same data",
        )
    part = choose([run], models=sorted(models), tasks=kept)[0]
    return msgspec.structs.replace(part, explanations=(), explanation_agreement=())


def _count_explained(run: Run, models: set[str]) -> int:
    return sum(cell.status == "explained" and cell.model in models for cell in run.cells)


def _drop_the_rest(incoming: Store, runs: Sequence[Run]) -> None:
    """Remove runs, cells, scores and texts that no chosen run needs."""
    keys = needed_keys(runs)
    texts = {f"{incoming.read_cell(key).inputs}.parquet" for key in keys}
    names = {f"{run.name}.json" for run in runs}
    for room, kept in (("cells", keys), ("scores", keys), ("inputs", texts), ("runs", names)):
        for path in (incoming.root / room).glob("*"):
            if path.name not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    for folder in incoming.root.glob("cells/*/attachments"):  # explanations of their answers
        shutil.rmtree(folder)
