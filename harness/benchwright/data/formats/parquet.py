"""Read Parquet, with the class names that hub data sets keep in the schema's metadata."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchwright.data.column_rows import ColumnRows
from benchwright.data.rows import Rows
from benchwright.documents import Unreadable, read_json
from benchwright.errors import DataError
from benchwright.parquet_tables import read_parquet
from benchwright.text_columns import Texts, Values
from benchwright.types import Files

_LONGEST = 300


def read(path: Path, layout: Files, *, shown: str) -> Rows:  # noqa: ARG001 - every reader is called alike
    """Rows of a Parquet file, counted from 1. Raises DataError where the file is not whole, naming the column."""
    try:
        table = read_table(path)
    except Unreadable as error:
        raise DataError(
            f"{shown} cannot be read as Parquet: {error.why}",
            expected="a Parquet file",
            hint="fetch the file again; a Git LFS pointer needs `git lfs pull`",
        ) from error
    return rows_of_table(table, shown=shown)


def rows_of_table(table: Any, *, shown: str) -> Rows:
    """Rows of a pyarrow table, 32-bit floats widened as they are.

    Raises:
        DataError: Two columns have one name, a value cannot be read, or the metadata of the hub are damaged; the column is
            named.
    """
    try:
        cells: Sequence[dict[str, Any]] = _columns_of(table) if table.num_rows >= _MANY else values_of(table)
        class_names = class_names_of(table)
    except Unreadable as error:
        raise DataError(
            f"{shown}: {error.why}",
            expected="columns with names of their own, of texts, numbers, and lists of them",
            hint="write the file again without that column, or as texts: table.to_parquet(...) of pandas",
        ) from error
    return Rows(
        file=shown,
        columns=tuple(table.column_names),
        cells=cells,
        lines=range(1, len(cells) + 1),
        unit="row",
        class_names=class_names,
    )


_MANY = 10_000
"""Rows from which on columns stay columns."""


def _columns_of(table: Any) -> ColumnRows:
    """The rows of a table in columns: those of texts as Arrow holds them. Raises Unreadable as `values_of` does."""
    import pyarrow as pa

    _check_names(table)
    found: dict[str, Values] = {}
    for at, name in enumerate(table.column_names):
        column = table.column(at)
        is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        found[name] = Texts.of_chunks(column) if is_text and _is_whole(column) else _values(column, name)
    return ColumnRows(found)


def _is_whole(column: Any) -> bool:
    """Whether every text of a column is one in UTF-8."""
    import pyarrow as pa

    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def read_table(source: Path | bytes) -> Any:
    """The pyarrow table in a Parquet file; raises Unreadable, whatever the damage is, and where its columns would be too large."""
    try:
        return read_parquet(source)
    except Unreadable:
        raise
    except Exception as error:  # Arrow answers damage with a dozen kinds, of Python's own among them
        raise Unreadable(_reason(error)) from error


def values_of(table: Any) -> list[dict[str, Any]]:
    """Rows of a pyarrow table as column -> value.

    Raises:
        Unreadable: Two columns have one name, or a column holds what Python has no value for: a date out of range, a time
            zone that is not known here, a text that is not UTF-8.
    """
    _check_names(table)
    names = list(table.column_names)
    values = [_values(table.column(at), name) for at, name in enumerate(names)]
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def _check_names(table: Any) -> None:
    twice = next((name for name, times in Counter(table.column_names).items() if times > 1), None)
    if twice is not None:
        raise Unreadable(f"the column {twice!r} is repeated")


def _values(column: Any, name: str) -> list[Any]:
    try:
        found: list[Any] = column.to_pylist()
    except Exception as error:  # as above
        raise Unreadable(f"the column {name!r} of type {column.type} cannot be read: {_reason(error)}") from error
    return found


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    first = str(error).strip().split("\n", 1)[0]
    return f"{first[:_LONGEST] or 'no reason is told'} ({type(error).__name__})"


def class_names_of(table: Any) -> dict[str, tuple[str, ...]]:
    """Column of a pyarrow table -> names of its class ids, which data sets of the hub keep in the metadata.

    A list of classes counts as its items do. Raises Unreadable for damage.
    """
    try:
        told = read_json((table.schema.metadata or {}).get(b"huggingface", b"{}"))
    except Unreadable as error:
        raise Unreadable(f"its `huggingface` metadata, which name the classes, are damaged: {error.why}") from error
    info = told.get("info", {}) if isinstance(told, dict) else None
    features = info.get("features") or {} if isinstance(info, dict) else None
    if not isinstance(features, dict):
        raise Unreadable("its `huggingface` metadata, which name the classes, are damaged: no object of features")
    found = {}
    for column, given in features.items():
        feature = given[0] if isinstance(given, list) and len(given) == 1 else given  # how lists were once written
        inner = feature.get("feature", feature) if isinstance(feature, dict) else {}
        if isinstance(inner, dict) and inner.get("_type") == "ClassLabel" and inner.get("names"):
            found[column] = _distinct(column, inner["names"])
    return found


def _distinct(column: str, names: Any) -> tuple[str, ...]:
    every = names if isinstance(names, list) else [None]
    if not all(isinstance(name, str) for name in every) or len(set(every)) < len(every):
        raise Unreadable(f"the names of the classes of the column {column!r} are no list of different texts")
    return tuple(every)
