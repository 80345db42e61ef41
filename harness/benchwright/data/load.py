"""A split of a task in memory, wherever it lies: package data, a folder of files, or the hub."""

from __future__ import annotations

from pathlib import Path

from benchwright.data import cluster, files, hub, row_numbers
from benchwright.data.cases import first_cases
from benchwright.data.content import content_digest
from benchwright.data.examples import column, examples_of, remedy
from benchwright.data.files import package_origin, read_found, read_package
from benchwright.data.prepare import prepared
from benchwright.data.rows import Rows
from benchwright.errors import DataError, DataMissing
from benchwright.kinds.gold_cells import is_absent
from benchwright.task_path import task_path
from benchwright.types import Dataset, Source, Suite, Task


def load(
    task: Task, split: str, *, suite: Suite, folder: Path | None, offline: bool, need_targets: bool = True
) -> Dataset:
    """The examples of a split with their content hash and origin.

    Package data come first, then `folder`, where one is given (the hub is then left alone: two copies are never
    mixed), then the hub at its pinned revision, or its local cache when `offline`.

    Args:
        task: Whose split it is.
        split: Its name, a key of `task.splits`.
        suite: The suite of the task; its `folders` are looked into.
        folder: The `--data` folder.
        offline: Whether the network is off limits.
        need_targets: False reads inputs alone: every target is None, and a split without gold labels is welcome.

    Raises:
        DataMissing: The split is not there, or the hub's copy of it has no gold labels.
        DataError: A file is malformed (with its line), a label is unknown, gold labels are absent, or the task has no
            such split.
    """
    source = _source(task, split)
    rows, origin, notes = _rows(task, split, source, suite, folder=folder, offline=offline, need_targets=need_targets)
    rows = prepared(rows, task)
    if source.cases is not None:
        rows = first_cases(rows, source.cases)
    left_out = [*rows.notes, *_short_rows_note(rows, task, split)]
    if source.unlabelled == "drop":
        rows, dropped = _labelled(rows, task)
        left_out += dropped
    examples = examples_of(rows, task, split, need_targets=need_targets)
    left_out += row_numbers.notes(rows, task, examples)
    examples, repeats, apart = cluster.with_repeats(examples)
    return Dataset(
        examples=examples,
        digest=content_digest(examples, task),
        repeats=repeats,
        apart=apart,
        origin=origin,
        notes=(*notes, *left_out, *_size_note(len(examples), task, split)),
    )


def available(
    task: Task, split: str, *, suite: Suite, folder: Path | None, offline: bool = False, need_targets: bool = True
) -> str | None:
    """Where the split would come from (its origin), or None where it is not to be had; no data are read.

    Without a folder, a hub split counts as available when `datasets` is installed and, if targets are needed, the hub's
    copy has gold labels; offline only when its pinned revision is in the local cache. Raises DataError when the folder
    is wrong.
    """
    source = task.splits.get(split)
    if source is None:
        return None
    if source.package:
        return package_origin(source.package)
    if folder is not None:
        found = files.find(source, suite=suite, folder=folder)
        return found.origin if found else None
    if source.hub is None or (need_targets and not source.labelled):
        return None
    return hub.available(source.hub, offline=offline)


def _labelled(rows: Rows, task: Task) -> tuple[Rows, tuple[str, ...]]:
    """The rows that have a gold label, and a note that counts the others; all rows where none has one."""
    found = column(rows, task.target)
    kept = [number for number, cell in enumerate(rows.values(found)) if not is_absent(cell)] if found else []
    lost = len(rows.cells) - len(kept)
    if not kept or not lost:
        return rows, ()
    return rows.take(kept), (
        f"{lost} of {len(rows.cells)} rows have no gold label and are left out, as the data set means it",
    )


def _source(task: Task, split: str) -> Source:
    source = task.splits.get(split)
    if source is None:
        raise DataError(
            f"{task.name} has no split {split!r}",
            expected=f"one of: {', '.join(task.splits)}",
            hint=f"leave --split out for the {task.default_split} split",
        )
    return source


def _rows(
    task: Task, split: str, source: Source, suite: Suite, *, folder: Path | None, offline: bool, need_targets: bool
) -> tuple[Rows, str, tuple[str, ...]]:
    """Rows, origin and notes."""
    if source.package:
        return read_package(source.package, behaviour=task.behaviour), package_origin(source.package), ()
    if folder is not None:
        return _from_folder(task, split, source, suite, folder)
    return _from_hub(task, split, source, suite, offline=offline, need_targets=need_targets)


def _from_folder(
    task: Task, split: str, source: Source, suite: Suite, folder: Path
) -> tuple[Rows, str, tuple[str, ...]]:
    found = files.find(source, suite=suite, folder=folder)
    if found is None:
        gaps = files.missing_parts(source, suite=suite, folder=folder)
        seen = f"{', '.join(gaps)} is missing beside the other part" if gaps else "no file of it is in the data folder"
        seen += _other_labelled_split(task, split, suite, folder)
        raise DataMissing(
            f"{task_path(suite.name, task.name)}, {split} split: {seen}",
            expected=_accepted(source, suite),
            hint=_hint(source, "give the folder that holds them with --data DIR", "leave --data out for the hub"),
        )
    rows, notes = read_found(found, folder)
    return rows, found.origin, notes


def _other_labelled_split(task: Task, split: str, suite: Suite, folder: Path) -> str:
    """Which labelled split of the task the folder does hold; nothing about train, on or instead of which none measures."""
    if split == "train":
        return ""
    for name in sorted(task.splits, key=lambda name: (name != task.default_split, name != "validation")):
        source = task.splits[name]
        if name not in (split, "train") and source.labelled and _is_there(source, suite, folder):
            return f"; its {name} split is there: --split {name}"
    return ""


def _is_there(source: Source, suite: Suite, folder: Path) -> bool:
    try:
        return files.find(source, suite=suite, folder=folder) is not None
    except DataError:
        return False


def _from_hub(
    task: Task, split: str, source: Source, suite: Suite, *, offline: bool, need_targets: bool
) -> tuple[Rows, str, tuple[str, ...]]:
    what = f"{task_path(suite.name, task.name)}, {split} split"
    if source.hub is None:
        raise DataMissing(
            f"{what}: it is not on the hub", expected=_accepted(source, suite), hint="give its folder with --data DIR"
        )
    if need_targets and not source.labelled:
        raise DataMissing(
            f"{what}: the copy on the hub has no gold labels",
            expected=_accepted(source, suite) if source.files else "a split with gold labels",
            hint=f"{remedy(task, split)}, or predict it without scores: --unlabelled",
        )
    return hub.read(source.hub, what=what, offline=offline), hub.origin(source.hub), ()


def _accepted(source: Source, suite: Suite) -> str:
    names = " or ".join(layout.listing for layout in source.files)
    folders = " or ".join(f"{name}/" for name in suite.folders)
    if not names:
        return "nothing: this split cannot come from a folder"
    return f"{names} (in the folder itself, or in its {folders})" if folders else names


def _hint(source: Source, *ways: str) -> str:
    return ", or ".join(ways if source.hub else ways[:1])


def _short_rows_note(rows: Rows, task: Task, split: str) -> tuple[str, ...]:
    """A note on rows with too few cells, if there are any and they may be left out; DataError if they may not.

    The official QQP download holds rows broken in two by a line break; the published copies leave them out, and so
    do the published counts. They are left out here only when what remains is exactly the published number of rows.
    """
    if not rows.short:
        return ()
    first = rows.short[0]
    if len(rows.cells) != task.sizes.get(split):
        raise DataError(
            f"{first.where} has {first.cells} {'cell' if first.cells == 1 else 'cells'}",
            expected=f"{len(first.columns)} cells: {', '.join(first.columns)}",
            hint="fetch the file again, or mend that line",
        )
    places = "; ".join(short.where for short in rows.short[:8]) + ("; ..." if len(rows.short) > 8 else "")
    return (f"{len(rows.short)} broken lines left out, as in the published {len(rows.cells)} rows: {places}",)


def _size_note(rows: int, task: Task, split: str) -> tuple[str, ...]:
    published = None if task.splits[split].cases is not None else task.sizes.get(split)  # which is told otherwise
    return () if published in (None, rows) else (f"{rows} rows here, {published} in the published split",)
