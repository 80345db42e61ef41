"""One reader per file format, each turning one file into rows; a format's module is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from benchwright.data.rows import ColumnCells, Rows
from benchwright.errors import DataError
from benchwright.types import Files

_READERS = {
    "tsv": ("delimited", "read_tsv"),
    "csv": ("delimited", "read_csv"),
    "lines": ("delimited", "read_lines"),
    "jsonl": ("json", "read_lines"),
    "json": ("json", "read_document"),
    "parquet": ("parquet", "read"),
    "columns": ("conll", "read"),
    "behaviour": ("behaviour", "read"),
    "checklist": ("behaviour", "read_checklist"),
    "hatecheck": ("behaviour", "read_hatecheck"),
}
"""Format -> module of this package and its function `(path, layout, *, shown) -> Rows`."""


def read(path: Path, layout: Files, *, shown: str) -> Rows:
    """All rows of one file, read as `layout.format` says.

    Args:
        path: The file.
        layout: How to read it; its names are not looked at.
        shown: How messages and `Rows.file` call the file: relative to the data folder.

    Raises:
        DataError: The file is empty, malformed (with its line) or in a format without a reader.
    """
    key = _key_of(path, layout, shown)
    if key in _KEPT:
        return _KEPT.pop(key)
    rows = _read(path, layout, shown=shown)
    if key is not None and isinstance(rows.cells, ColumnCells):
        _KEPT[key] = rows
        while len(_KEPT) > _MOST_KEPT:
            del _KEPT[next(iter(_KEPT))]
    return rows


_KEPT: dict[tuple[Any, ...], Rows] = {}
"""Large files that were read once, to say what a user's own task is; whoever loads its split takes them, and they are kept no longer."""
_MOST_KEPT = 2


def _key_of(path: Path, layout: Files, shown: str) -> tuple[Any, ...] | None:
    """What a file is and how it is read; None where it is not to be had. A file that was written again is another one."""
    try:
        found = path.stat()
    except OSError:
        return None
    told = shown, layout.format, layout.header, layout.delimiter, layout.encoding, layout.key, *layout.settings.items()
    return (*told, str(path.absolute()), found.st_ino, found.st_size, found.st_mtime_ns)


def _read(path: Path, layout: Files, *, shown: str) -> Rows:
    if layout.format not in _READERS:
        raise DataError(
            f"{shown}: files of the format {layout.format!r} cannot be read yet",
            expected=f"one of: {', '.join(_READERS)}",
            hint="convert the file to JSON lines",
        )
    module, name = _READERS[layout.format]
    reader: Callable[..., Rows] = getattr(import_module(f"benchwright.data.formats.{module}"), name)
    try:
        rows = reader(path, layout, shown=shown)
    except OSError as error:
        raise DataError(f"{shown} cannot be read: {error.strerror or error}", hint="check the file") from error
    if not rows.cells and not rows.short:
        raise DataError(
            f"{shown} holds no rows", expected="at least one row of data", hint="fetch the file again, it is empty"
        )
    return rows
