"""One reader per file format, each turning one file into rows; a format's module is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from benchwright.data.rows import Rows
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
