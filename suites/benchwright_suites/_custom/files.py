"""A user's own files: found, or missed with a hint; read once before the run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchwright.data.api import Rows, exists, expanded, find, is_file, is_same_file, missing_file, read_found
from benchwright.errors import BenchwrightError, DataError
from benchwright.types import Files, Source, Suite

_NOWHERE = Suite(name="custom", version=1, tasks=())


@dataclass(frozen=True, kw_only=True)
class OwnFile:
    """A file of the user's: the folder that holds it, how it is read (called by name alone), and all its rows."""

    folder: Path
    layout: Files
    rows: Rows


def read_own(path: str, layout: Files, *, expected: str) -> OwnFile:
    """The file, or the shards that a `*` in its name stands for.

    Args:
        path: As typed, relative to the folder the user is in.
        layout: How to read it; its names are replaced by the name of the file.
        expected: What kind of file it should be, for messages.

    Raises:
        DataError: The file is absent or malformed.
    """
    where = expanded(path)
    if "*" not in where.name and not is_file(where):
        raise missing_file(where, path, expected)
    found = find(Source(files=(layout,)), suite=_NOWHERE, folder=where.parent)
    if found is None:
        raise missing_file(where, path, expected)
    try:
        return OwnFile(folder=where.parent, layout=layout, rows=read_found(found, where.parent)[0])
    except DataError as error:
        raise with_encoding_hint(error, layout.encoding, where) from error


_MARKS = (
    (b"\x1f\x8b", "it is compressed: unpack it with `gunzip` first"),
    (b"PK\x03\x04", "it is a zip archive or an office file: unpack it, or save the sheet as CSV, first"),
    (b"BZh", "it is compressed: unpack it with `bunzip2` first"),
    (b"\xfd7zXZ", "it is compressed: unpack it with `unxz` first"),
    (b"\x28\xb5\x2f\xfd", "it is compressed: unpack it with `unzstd` first"),
    (b"\xff\xfe\x00\x00", "it is UTF-32: say encoding=utf-32"),
    (b"\x00\x00\xfe\xff", "it is UTF-32: say encoding=utf-32"),
    (b"\xff\xfe", "it is UTF-16: say encoding=utf-16"),
    (b"\xfe\xff", "it is UTF-16: say encoding=utf-16"),
    (b"PAR1", "it is a Parquet file: give it a name that ends with .parquet"),
)
"""First bytes of a file that is no text in one byte a letter, and what to do about it."""


def with_encoding_hint(error: DataError, encoding: str, path: Path) -> DataError:
    """The error, which says how to name another encoding, or how to unpack the file, where that is what is wrong."""
    if f"is not {encoding}" not in error.problem:
        return error
    hint = "say which encoding it is, such as encoding=cp1252 or encoding=latin-1, or save the file as UTF-8"
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError:
        start = b""
    hint = next((told for mark, told in _MARKS if start.startswith(mark)), hint)
    return DataError(error.problem, expected=error.expected, hint=hint)


def same_file(path: str, train: str) -> tuple[BenchwrightError, ...]:
    """What is wrong when a model would be tried on what it learnt; `train` may be empty."""
    here, there = (expanded(name) for name in (path, train or path))
    if not train or not exists(here) or not exists(there) or not is_same_file(here, there):
        return ()
    return (
        BenchwrightError(
            f"path and train are the same file: {path}",
            expected="rows to evaluate on that no model has learnt from",
            hint="split the file in two",
        ),
    )
