"""A file that a user named and that is not there: what to say of it."""

from __future__ import annotations

import difflib
from pathlib import Path

from benchwright.errors import DataError
from benchwright.paths import is_folder, listing


def missing_file(where: Path, path: str, expected: str) -> DataError:
    """The error that says so, with names in the folder that are close to it.

    Args:
        where: Where it should be.
        path: As typed.
        expected: What kind of file it should be.
    """
    if is_folder(where):
        return DataError(
            f"{path} is a folder", expected="a file", hint="name the file in it, or train-*.parquet for shards"
        )
    near = [entry.name for entry in listing(where.parent)]
    close = difflib.get_close_matches(where.name, near, n=3, cutoff=0.6)
    meant = f"did you mean {' or '.join(close)}? " if close else ""
    return DataError(f"no file {path}", expected=expected, hint=f"{meant}paths are relative to the folder you are in")
