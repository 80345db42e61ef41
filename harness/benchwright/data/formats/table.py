"""Turn rows of cells under column names into `Rows`, checking how many cells each has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from benchwright.data.rows import Rows, ShortRow
from benchwright.errors import DataError

_OPTIONAL = "?"


def tabulate(records: Iterable[tuple[int, list[str]]], header: tuple[str, ...], *, shown: str) -> Rows:
    """Rows from (line, cells) pairs.

    Args:
        records: Line number and cells of each row; the first is the header row when `header` is empty.
        header: Column names of a file without a header row. Names that end in `?` are columns that only some rows
            have; they come last, and all or none of them are there.
        shown: How messages call the file.

    Raises:
        DataError: There is no row, a column name occurs twice, or a row has too many cells. Rows with too few are
            returned in `Rows.short`: whether they may be left out is not the format's to say.
    """
    stream = iter(records)
    columns = tuple(name.removesuffix(_OPTIONAL) for name in header) or _header_row(stream, shown=shown)
    required = sum(not name.endswith(_OPTIONAL) for name in header) or len(columns)
    cells: list[dict[str, Any]] = []
    places: list[int] = []
    short: list[ShortRow] = []
    for line, values in stream:
        found = len(values)
        if found in (required, len(columns)):
            cells.append(dict(zip(columns, values, strict=False)))
            places.append(line)
        elif found < len(columns):
            short.append(ShortRow(where=f"{shown}, line {line}", cells=found, columns=columns[:required]))
        else:
            raise DataError(
                f"{shown}, line {line} has {found} cells",
                expected=f"{len(columns)} cells: {', '.join(columns)}",
                hint="fetch the file again, or remove the surplus separators from that line",
            )
    return Rows(file=shown, columns=columns, cells=cells, places=places, short=tuple(short))


def _header_row(stream: Iterable[tuple[int, list[str]]], *, shown: str) -> tuple[str, ...]:
    for line, names in stream:
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise DataError(
                f"{shown}, line {line}: the header names {', '.join(map(repr, twice))} more than once",
                expected="one name for each column",
                hint="rename the columns that are not needed",
            )
        return tuple(names)
    raise DataError(f"{shown} is empty", expected="a header row and rows of data", hint="fetch the file again")
