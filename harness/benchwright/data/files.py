"""The files of a split: found in a data folder by the layouts its source accepts, or inside a package, read, and joined."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from importlib.resources import as_file, files
from pathlib import Path, PurePosixPath
from typing import Literal, get_args

import msgspec

from benchwright.data import formats
from benchwright.data.lookup import looked_up
from benchwright.data.pivot import cut_columns, pivoted
from benchwright.data.prepare import reshape
from benchwright.data.rows import Rows
from benchwright.errors import DataError, DataMissing
from benchwright.paths import exists, is_folder, listing
from benchwright.types import Files, Source, Suite

_SHARD = re.compile(r"-(\d{5})-of-(\d{5})\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFiles:
    """A layout whose files are all there.

    Attributes:
        layout: Which layout it is.
        base: Folder below which it was found.
        parts: Paths of the files, one group per name of the layout (a `*` may stand for several).
    """

    layout: Files
    base: Path
    parts: tuple[tuple[Path, ...], ...]

    @property
    def origin(self) -> str:
        """`files:SST-2/dev.tsv`; parts are joined by `+`, and a pattern stands for its files."""
        names = [
            name if "*" in name else paths[0].relative_to(self.base).as_posix()
            for name, paths in zip(self.layout.names, self.parts, strict=True)
        ]
        return "files:" + "+".join(names)


def find(source: Source, *, suite: Suite, folder: Path) -> FoundFiles | None:
    """The first layout of a source that is there, under the folder itself or a sub-folder of the suite; else None.

    Raises:
        DataError: The folder does not exist, a name fits two files by case alone, or shards of a file are missing.
    """
    if not is_folder(folder):
        raise DataError(
            f"there is no data folder {folder.name!r}",
            expected="a folder of benchmark files",
            hint="check the path given with --data",
        )
    bases = list(_bases(suite, folder))
    for layout in source.files:
        for base in bases:
            parts = [_matches(base, name) for name in layout.names]
            if parts and all(parts):
                return FoundFiles(layout=layout, base=base, parts=tuple(parts))
            if layout.some and any(parts):
                return _of_some(layout, base, parts)
    return None


def _of_some(layout: Files, base: Path, parts: Sequence[tuple[Path, ...]]) -> FoundFiles:
    """The layout of those of its files that are there."""
    there = [at for at, paths in enumerate(parts) if paths]
    absent = [PurePosixPath(name).name for at, name in enumerate(layout.names) if not parts[at]]
    told = f"{len(there)} of {len(parts)} files: {', '.join(absent)} {'is' if len(absent) == 1 else 'are'} not there"
    found = msgspec.structs.replace(
        layout,
        names=tuple(layout.names[at] for at in there),
        values={name: tuple(values[at] for at in there) for name, values in layout.values.items()},
        note="\n".join(filter(None, (told, layout.note))),
    )
    return FoundFiles(layout=found, base=base, parts=tuple(parts[at] for at in there))


def missing_parts(source: Source, *, suite: Suite, folder: Path) -> tuple[str, ...]:
    """Names that are missing from a layout of which other files are there; empty when nothing at all was found."""
    for layout in source.files:
        for base in _bases(suite, folder):
            there = [name for name in layout.names if _matches(base, name)]
            if there:
                return tuple(name for name in layout.names if name not in there)
    return ()


def _bases(suite: Suite, folder: Path) -> Iterator[Path]:
    yield folder
    for name in suite.folders:
        for path in _matches(folder, name):
            if is_folder(path):
                yield path


def _matches(base: Path, name: str) -> tuple[Path, ...]:
    """Paths below base that fit a name, whole or nothing; letter case counts only where it decides between two."""
    here = [base]
    for part in name.split("/"):
        here = [path for parent in here for path in _children(parent, part)]
    return _all_shards(here, name)


def _children(parent: Path, part: str) -> list[Path]:
    if "*" not in part and exists(parent / part):
        return [parent / part]
    wanted = part.casefold()
    found = sorted(path for path in listing(parent) if fnmatchcase(path.name.casefold(), _pattern(wanted)))
    if "*" not in part and len(found) > 1:
        raise DataError(
            f"{' and '.join(path.name for path in found)} in {parent.name}/ differ by letter case alone",
            expected=f"one file or folder called {part}",
            hint="rename or remove the other",
        )
    return found


def _pattern(wanted: str) -> str:
    return wanted.replace("[", "[[]")


def _all_shards(paths: list[Path], name: str) -> tuple[Path, ...]:
    """The same paths. Raises DataError if their names (``00000-of-00002``) show that shards are missing."""
    shards = [match for path in paths if (match := _SHARD.search(path.name))]
    if shards:
        total = int(shards[0][2])
        present = {int(match[1]) for match in shards if int(match[2]) == total}
        if len(shards) != len(paths) or len(shards) != total or present != set(range(total)):
            raise DataError(
                f"{name} stands for {total} shards, of which {len(present)} are there "
                f"({', '.join(path.name for path in paths)})",
                expected="every shard of one version, once",
                hint="fetch the missing shards, or remove those of another version",
            )
    return tuple(paths)


def read_found(found: FoundFiles, folder: Path) -> tuple[Rows, tuple[str, ...]]:
    """All rows of the split, with notes for the reader of a number.

    Raises:
        DataError: A file is malformed, or the order of several parts cannot be restored.
    """
    layout = found.layout
    parts = [
        reshape(formats.read(path, layout, shown=path.relative_to(folder).as_posix()), layout, position)
        for position, paths in enumerate(found.parts)
        for path in paths
    ]
    rows = _joined(parts) if len(parts) > 1 else parts[0]
    if layout.cut:
        rows = cut_columns(rows, layout.cut, layout.cut_at)
    if layout.pivot is not None:
        rows = pivoted(rows, layout.pivot)
    if layout.lookup is not None:
        rows = looked_up(rows, layout.lookup, found.base, folder)
    in_parts = (
        len(parts) > 1 and not layout.values and not layout.some
    )  # a file for each label is how such data lie, not a patchwork
    notes = (f"rows in {len(parts)} parts",) if in_parts else ()
    told = tuple(layout.note.splitlines())
    rows = replace(rows, scheme=layout.scheme, class_names={**layout.classes, **rows.class_names})
    return (_ordered(rows, layout.order) if layout.order else rows), (*notes, *told)


def _joined(parts: Sequence[Rows]) -> Rows:
    """Parts one after the other."""
    classes = [part.class_names for part in parts]
    if any(other != classes[0] for other in classes):
        raise DataError(
            f"{' and '.join(part.file for part in parts)} name their classes differently",
            expected="parts of one version",
            hint="fetch all parts again",
        )
    return Rows(
        file=" + ".join(part.file for part in parts),
        columns=tuple(dict.fromkeys(name for part in parts for name in part.columns)),
        cells=[row for part in parts for row in part.cells],
        lines=[line for part in parts for line in part.lines],
        unit=parts[0].unit,
        class_names=classes[0],
        short=tuple(short for part in parts for short in part.short),
        files=[part.file for part in parts for _ in part.cells],
        per_word=all(part.per_word for part in parts),
        notes=tuple(f"{part.file}: {note}" for part in parts for note in part.notes),
    )


def _ordered(rows: Rows, column: str) -> Rows:
    """The same rows by the integer value of a column. Raises DataError where it is no number, or occurs twice."""
    rank: dict[int, int] = {}
    for row, cells in enumerate(rows.cells):
        try:
            value = int(cells[column])
        except (KeyError, TypeError, ValueError):
            raise DataError(
                f"{rows.where(row)}: {column!r} is {cells.get(column)!r}",
                expected="the row's whole number in the original file",
                hint="fetch the file again",
            ) from None
        if value in rank:
            raise DataError(
                f"{rows.where(row)}: {column!r} is {value}, as in {rows.where(rank[value])}",
                expected="every row once",
                hint="remove the row that occurs twice, or fetch the parts of one version",
            )
        rank[value] = row
    order = [rank[value] for value in sorted(rank)]
    return replace(
        rows,
        cells=[rows.cells[row] for row in order],
        lines=[rows.lines[row] for row in order],
        files=[rows.files[row] for row in order] if rows.files else (),
    )


_Format = Literal["tsv", "csv", "jsonl", "json", "parquet", "lines", "columns"]


def package_origin(spec: str) -> str:
    """`package:` before `PACKAGE:PATH`."""
    return f"package:{spec}"


def read_package(spec: str, *, behaviour: bool = False) -> Rows:
    """Rows of `PACKAGE:PATH`; the format follows from the file's suffix (`.txt` is one text a line), `.jsonl` of behavioural
    tests being a suite of them.

    Raises:
        DataMissing: The package or the file is not installed.
        DataError: The file is malformed, or its suffix is unknown.
    """
    package, _, inside = spec.partition(":")
    suffix = PurePosixPath(inside).suffix.removeprefix(".")
    name = "lines" if suffix == "txt" else suffix
    if name not in get_args(_Format):
        raise DataError(
            f"package data {spec!r} have no format",
            expected=f"PACKAGE:PATH with a suffix among {', '.join(get_args(_Format))}",
            hint="rename the file, and the source of the task",
        )
    if behaviour and name == "jsonl":
        name = "behaviour"
    layout = Files(names=(inside,), format=name)  # type: ignore[arg-type]  # checked above
    try:
        resource = files(package).joinpath(inside)
    except ModuleNotFoundError:
        resource = None
    if resource is None or not resource.is_file():
        raise DataMissing(
            f"package data {spec!r} are not installed",
            expected=f"the file {inside} in the package {package}",
            hint="install the package again",
        )
    with as_file(resource) as path:
        return formats.read(path, layout, shown=inside)
