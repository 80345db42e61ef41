"""Columns that rows take from a table beside their files, found by the keys of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchwright.data import formats
from benchwright.data.rows import Rows
from benchwright.errors import DataError
from benchwright.items import count
from benchwright.paths import is_file
from benchwright.spelling import spelling
from benchwright.types import Files, Lookup

_Key = tuple[str | None, ...]


def looked_up(rows: Rows, lookup: Lookup, base: Path, folder: Path) -> Rows:
    """The rows with the columns of the table; without them where no table is there that nobody named.

    A row that the table lacks has None there, and so has one about which rows of the table disagree; both are counted in a note.

    Raises:
        DataError: The table is malformed, lacks a column, has no row of these, or is absent though it was named.
    """
    path = next((base / name for name in lookup.names if is_file(base / name)), None)
    if path is None:
        if lookup.required:
            raise DataError(
                f"no {' or '.join(lookup.names)} in the data folder",
                expected=f"a {lookup.format.upper()} table with the columns {', '.join((*lookup.keys, *lookup.columns))}",
                hint="copy the table into the folder given with --data, and name it relative to that folder",
            )
        return rows
    shown = path.relative_to(folder).as_posix()
    table = formats.read(path, Files(names=(path.name,), format=lookup.format), shown=shown)
    _check_columns(rows, table, lookup)
    known, disputed = _by_key(table, lookup)
    nothing: dict[str, Any] = dict.fromkeys(lookup.columns)
    keys = [_key(row, lookup.keys) for row in rows.cells]
    found = sum(key in known for key in keys)
    if not found:
        raise DataError(
            f"{shown} has no row of {rows.file}",
            expected=f"rows with the same {', '.join(lookup.keys)}",
            hint="fetch both from one release",
        )
    return replace(
        rows,
        columns=tuple(dict.fromkeys([*rows.columns, *lookup.columns])),
        cells=[
            {**row, **(nothing if key in disputed else known.get(key, nothing))}
            for row, key in zip(rows.cells, keys, strict=True)
        ],
        notes=(*rows.notes, *_told(keys, known, disputed, shown)),
    )


def _told(
    keys: Sequence[_Key], known: Mapping[_Key, Mapping[str, Any]], disputed: set[_Key], shown: str
) -> tuple[str, ...]:
    lacking, torn = sum(key not in known for key in keys), sum(key in disputed for key in keys)
    told = [f"{lacking:,} of {len(keys):,} rows are not in {shown}"] if lacking else []
    return (
        *told,
        *(
            [f"{count(torn, 'row')} found several times in {shown} with other values, of which none is taken"]
            if torn
            else []
        ),
    )


def _check_columns(rows: Rows, table: Rows, lookup: Lookup) -> None:
    for one, wanted in ((table, (*lookup.keys, *lookup.columns)), (rows, lookup.keys)):
        lacking = [name for name in wanted if name not in one.columns]
        if lacking:
            raise DataError(
                f"{one.file} has no column {' and no column '.join(map(repr, lacking))}; its columns are {', '.join(map(repr, one.columns))}",
                expected=f"the columns {', '.join(wanted)}",
                hint="fetch the table of the release again",
            )
    if table.short:
        first = table.short[0]
        raise DataError(
            f"{first.where} has {first.cells} {'cell' if first.cells == 1 else 'cells'}",
            expected=f"{len(first.columns)} cells: {', '.join(first.columns)}",
            hint="fetch the table again, or mend that line",
        )


def _by_key(table: Rows, lookup: Lookup) -> tuple[dict[_Key, dict[str, Any]], set[_Key]]:
    """Key -> the columns that are taken, and the keys of rows that disagree about them."""
    known: dict[_Key, dict[str, Any]] = {}
    disputed: set[_Key] = set()
    for row in table.cells:
        key, taken = _key(row, lookup.keys), {name: row.get(name) for name in lookup.columns}
        if known.setdefault(key, taken) != taken:
            disputed.add(key)
    return known, disputed


def _key(row: Mapping[str, Any], names: Sequence[str]) -> _Key:
    return tuple(spelling(row.get(name)) for name in names)
