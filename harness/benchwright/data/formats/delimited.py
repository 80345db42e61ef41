"""Rows of cells with something between them: CSV with the usual quoting, TSV, where quotes mean nothing, and plain lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchwright.csv_text import NotDelimitedError, named, other_delimiter, records
from benchwright.data.formats.delimited_columns import read_columns
from benchwright.data.rows import Rows, ShortRow, decoded, physical_lines
from benchwright.errors import DataError
from benchwright.types import Files


def read_csv(path: Path, layout: Files, *, shown: str) -> Rows:
    """Rows of a CSV file, every cell a text.

    Raises:
        DataError: Bytes, header or row widths do not fit, quotes are not balanced, or cells seem to be separated otherwise.
    """
    mark = layout.delimiter
    in_columns = read_columns(path, layout, shown=shown, quoted=True)
    if in_columns is not None:
        return in_columns
    try:
        found = records(decoded(path, layout.encoding, shown=shown), mark)
    except NotDelimitedError as error:
        raise DataError(
            f"{shown}, line {error.line}: {error}",
            expected=f"cells separated by {named(mark)!r}, in double quotes where they hold it, a quote or a line break",
            hint="balance the quotes of the row that starts there",
        ) from error
    other = other_delimiter(found[0][1]) if found and (not layout.header or len(layout.header) > 1) else None
    if other is not None and any(len(cells) != 1 for _, cells in found):  # else whoever looks for columns tells it
        raise DataError(
            f"{shown}, line {found[0][0]}: one cell, {found[0][1][0]!r}: the cells seem to be separated otherwise, by {named(other)!r}",
            expected=f"cells separated by {named(mark)!r}",
            hint=f"say what stands between them: `&delimiter={named(other)}` behind the file, or save it with commas",
        )
    return tabulate(found, layout.header, shown=shown)


def read_tsv(path: Path, layout: Files, *, shown: str) -> Rows:
    """Rows of a TSV file, every cell a text. Raises DataError for bytes, header or row widths that do not fit."""
    in_columns = read_columns(path, layout, shown=shown, quoted=False)
    if in_columns is not None:
        return in_columns
    lines = physical_lines(decoded(path, layout.encoding, shown=shown))
    return tabulate([(number, line.split("\t")) for number, line in enumerate(lines, 1)], layout.header, shown=shown)


def read_lines(path: Path, layout: Files, *, shown: str) -> Rows:
    """Rows of a text file.

    With one column, every line is a row, blank lines inside the file included. With several, a line is cut at its first
    blanks and the last column takes the rest (`NUM:dist How far is it ?`); a line with too few cells is in `Rows.short`.
    Raises DataError for bytes that do not fit the encoding.
    """
    lines = physical_lines(decoded(path, layout.encoding, shown=shown))
    columns = layout.header or ("text",)
    if len(columns) > 1:
        return tabulate(_cut(lines, len(columns)), columns, shown=shown)
    cells = [{columns[0]: line} for line in lines]
    return Rows(file=shown, columns=columns, cells=cells, lines=range(1, len(lines) + 1))


def _cut(lines: Sequence[str], columns: int) -> list[tuple[int, list[str]]]:
    return [(number, line.split(" ", columns - 1)) for number, line in enumerate(lines, 1)]


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
    numbers: list[int] = []
    short: list[ShortRow] = []
    for line, values in stream:
        found = len(values)
        if found in (required, len(columns)):
            cells.append(dict(zip(columns, values, strict=False)))
            numbers.append(line)
        elif found < len(columns):
            short.append(ShortRow(where=f"{shown}, line {line}", cells=found, columns=columns[:required]))
        else:
            raise DataError(
                f"{shown}, line {line} has {found} cells",
                expected=f"{len(columns)} cells: {', '.join(columns)}",
                hint="fetch the file again, or remove the surplus separators from that line",
            )
    return Rows(file=shown, columns=columns, cells=cells, lines=numbers, short=tuple(short))


def _header_row(stream: Iterable[tuple[int, list[str]]], *, shown: str) -> tuple[str, ...]:
    for line, names in stream:
        twice = sorted(name for name, times in Counter(names).items() if times > 1)
        if twice:
            raise DataError(
                f"{shown}, line {line}: the header names {', '.join(map(repr, twice))} more than once",
                expected="one name for each column",
                hint="rename the columns that are not needed",
            )
        return tuple(names)
    raise DataError(f"{shown} is empty", expected="a header row and rows of data", hint="fetch the file again")
