"""Read data that ship inside a Python package, such as the starter suite's own."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import PurePosixPath
from typing import Literal, get_args

from benchwright.data import formats
from benchwright.data.rows import Rows
from benchwright.errors import DataError, DataMissing
from benchwright.types import Files

_Format = Literal["tsv", "csv", "jsonl", "json", "parquet", "lines", "columns"]


def package_origin(spec: str) -> str:
    """`package:` before `PACKAGE:PATH`."""
    return f"package:{spec}"


def read_package(spec: str) -> Rows:
    """Rows of `PACKAGE:PATH`; the format is told by the file's suffix (`.txt` is one text a line).

    Raises:
        DataMissing: The package or the file is not installed.
        DataError: The file is malformed, or its suffix tells no format.
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
