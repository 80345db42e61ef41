"""Rows of tables: TSV without quoting, CSV with it, Parquet; and a header that names no row of the split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from benchwright.data.api import OTHERS, NotDelimitedError, Unreadable, named, records
from benchwright.errors import PredictionsError
from benchwright.types import Example

from .rows import PredictionRow, lines_of, listed, shown, whole


def read_tsv(text: str, name: str) -> Iterator[PredictionRow]:
    """Rows below a header, cells between TABs as they are."""
    yield from _table(((number, line.split("\t")) for number, line in lines_of(text) if line), name)


def read_csv(text: str, name: str, delimiter: str = ",") -> Iterator[PredictionRow]:
    """Rows below a header, with the usual quotes; a cell may be of any length."""
    try:
        yield from _table(iter(records(text, delimiter)), name)
    except NotDelimitedError as error:
        raise PredictionsError(
            f"{name}, line {error.line}: not CSV ({error})",
            hint="put cells that hold commas, quotes or line breaks in double quotes, or write JSON lines",
        ) from error


def _table(lines: Iterator[tuple[int, list[str]]], name: str) -> Iterator[PredictionRow]:
    """Rows below a header; none in a text of blank lines alone."""
    number, first = next(lines, (1, []))
    if not first:
        raise PredictionsError(
            f"{name} is empty",
            expected="a header and one row for every example of the split",
            hint="write the predictions again, with a header",
        )
    header = _checked_header([cell.strip() for cell in first], f"{name}, line {number}")
    for number, cells in lines:
        if len(cells) != len(header):
            given = f"{name}, line {number}: {len(cells)} cells"
            raise PredictionsError(
                given,
                expected=f"{len(header)}: {listed(header)}",
                hint="give that line a cell for each column of the header; a TAB or comma within a cell needs quotes (CSV) or JSON lines",
            )
        yield PredictionRow(fields=dict(zip(header, cells, strict=True)), line=number)


def _checked_header(header: list[str], where: str) -> list[str]:
    repeated = [column for column, count in Counter(header).items() if count > 1]
    if repeated:
        raise PredictionsError(
            f"{where}: the column {shown(repeated[0])} is repeated",
            expected="each column once",
            hint="rename or remove one of the two columns",
        )
    return header


def read_parquet(content: bytes, name: str) -> list[PredictionRow]:
    """Rows of a Parquet file; the line of a row is its 1-based number. Where the file names its classes, a number is a name."""
    from benchwright.data.api import class_names_of, read_table, values_of

    try:
        table = read_table(content)
        rows, classes = values_of(table), class_names_of(table)
    except Unreadable as error:
        raise PredictionsError(
            f"{name} is not a readable Parquet file: {error.why}",
            expected="columns with names of their own, of texts, numbers, and lists of them",
            hint="write it again with pandas' to_parquet, or as JSON lines",
        ) from error
    classes = {column: names for column, names in classes.items() if names != tuple(map(str, range(len(names))))}
    return [
        PredictionRow(
            fields={
                column: _by_name(value, classes[column], f"{name}, line {number}: {column!r}")
                if column in classes
                else value
                for column, value in fields.items()
            },
            line=number,
        )
        for number, fields in enumerate(rows, start=1)
    ]


def _by_name(value: Any, names: Sequence[str], what: str) -> Any:
    """The name of a class that the file gives by its number; of a list, the names."""
    if isinstance(value, list):
        return [_by_name(item, names, what) for item in value]
    number = whole(value)
    is_text = isinstance(value, str) and (number is None or value.strip() in names)
    if value is None or isinstance(value, bool) or is_text:
        return value
    if number is None or number >= len(names):
        raise PredictionsError(
            f"{what} holds {shown(value)}, and the file names {len(names)} classes",
            expected=f"a number from 0 to {len(names) - 1}: {listed(names)}",
            hint="mend that number, or write the names of the labels instead of numbers",
        )
    return names[number]


_NAMES = frozenset({"index", "id", "idx"})


def check_header(text: str, name: str, items: Sequence[Example], delimiter: str) -> None:
    """Raise unless the first line of a table with a delimiter between cells has a column that says which row of the split is meant.

    Raises:
        PredictionsError: With `?format=lines` to type where there are as many lines as rows.
    """
    number, first = next(((number, line) for number, line in lines_of(text) if line.strip()), (0, ""))
    if not first or (delimiter != "\t" and first.count('"') % 2):  # a quoted line break: the reader knows better
        return
    cells = _header_cells(first, delimiter)
    if _NAMES & set(cells):
        return
    hint = "write the names of the columns into the first line, or JSON lines, or give the file that answers this task"
    if sum(1 for _ in lines_of(text.removesuffix("\n"))) == len(items):  # an empty line may be an empty answer
        hint = "one answer a line, in the order of the split? ?format=lines"
    other = next((mark for mark in (*OTHERS, ",") if _NAMES & set(_header_cells(first, mark))), None)
    if other is not None:
        hint = f"the cells seem to be separated otherwise: ?delimiter={named(other)}"
    form = {"\t": "TSV", ",": "CSV"}.get(delimiter, f"CSV with {delimiter!r}")
    raise PredictionsError(
        f"{name}, line {number}: no column `index` or `id`, read as {form} with the columns {listed(cells)}",
        expected="`index`, the 0-based row of the split, or `id`, an example id or the data's own",
        hint=hint,
    )


def _header_cells(line: str, delimiter: str) -> list[str]:
    return [cell.strip().strip('"').strip() for cell in line.split(delimiter)]
