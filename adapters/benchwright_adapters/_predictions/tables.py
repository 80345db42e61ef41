"""Rows of tables: TSV without quoting, CSV with it, Parquet."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator

from benchwright.errors import PredictionsError

from .cells import listed, shown
from .row import Row, lines_of


def read_tsv(text: str, name: str) -> Iterator[Row]:
    """Rows below a header, cells between TABs as they are."""
    yield from _table(((number, line.split("\t")) for number, line in lines_of(text) if line), name)


def read_csv(text: str, name: str) -> Iterator[Row]:
    """Rows below a header, with the usual quotes."""
    import csv

    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from _table(((reader.line_num, cells) for cells in reader if cells), name)
    except csv.Error as error:
        raise PredictionsError(f"{name}, line {reader.line_num}: not CSV ({error})") from error


def _table(lines: Iterator[tuple[int, list[str]]], name: str) -> Iterator[Row]:
    """Rows below a header; none in a text of blank lines alone."""
    number, first = next(lines, (1, []))
    if not first:
        raise PredictionsError(f"{name} is empty", expected="a header and one row for every example of the split")
    header = _columns([cell.strip() for cell in first], f"{name}, line {number}")
    for number, cells in lines:
        if len(cells) != len(header):
            given = f"{name}, line {number}: {len(cells)} cells"
            raise PredictionsError(given, expected=f"{len(header)}: {listed(header)}")
        yield Row(fields=dict(zip(header, cells, strict=True)), line=number)


def _columns(header: list[str], where: str) -> list[str]:
    repeated = [column for column, count in Counter(header).items() if count > 1]
    if repeated:
        raise PredictionsError(f"{where}: the column {shown(repeated[0])} is repeated", expected="each column once")
    return header


def read_parquet(content: bytes, name: str) -> list[Row]:
    """Rows of a Parquet file; the line of a row is its 1-based number."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # read_table starts native threads that may abort the interpreter as it exits
        table = pq.ParquetFile(io.BytesIO(content)).read(use_threads=False)
        _columns(table.column_names, name)
        rows = table.to_pylist()
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise PredictionsError(f"{name} is not a readable Parquet file: {error}") from error
    return [Row(fields=fields, line=number) for number, fields in enumerate(rows, start=1)]
