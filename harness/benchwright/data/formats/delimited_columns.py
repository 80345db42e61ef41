"""Large delimited files read in columns, where that gives exactly what reading row by row gives.

A file qualifies when all its rows have as many cells as its header has names, lines end in one way, and every double quote of a
CSV file opens a cell, closes one, or stands doubled within one. Whatever else it is, mistakes included, the row readers say.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from benchwright.csv_text import other_delimiter, records
from benchwright.data.column_rows import ColumnRows, LaterLines
from benchwright.data.rows import Rows, decoded
from benchwright.text_columns import Texts, Values
from benchwright.types import Files

_LEAST = 1_000_000
"""Bytes from which on columns are faster than rows, the import of Arrow included."""
_MOST = 2**31 - 2
"""Bytes of a block of Arrow's reader."""
_COLUMNS = 4096
"""Names from which on Arrow's reader, which keeps room for a block in each column, takes gigabytes."""
_PIECE = 1 << 24
"""Bytes that are looked through at a time."""


def read_columns(path: Path, layout: Files, *, shown: str, quoted: bool, least: int | None = None) -> Rows | None:
    """Rows of a CSV (quoted) or TSV file, every cell a text; None where the row readers have to read it.

    Args:
        path: The file.
        layout: How it is written.
        shown: How messages call it.
        quoted: Whether quotes mean something.
        least: Bytes that a file has at least; default: from where columns are faster.

    Raises:
        DataError: A text in another encoding than UTF-8 is damaged.
    """
    size = path.stat().st_size
    mark = layout.delimiter.encode() if quoted else b"\t"
    if (
        not (_LEAST if least is None else least) <= size < _MOST
        or len(mark) != 1
        or any(name.endswith("?") for name in layout.header)
    ):
        return None
    data = _bytes(path, layout.encoding, shown)
    if not is_regular_delimited(data, mark, quoted=quoted):
        return None
    data = data if quoted else data.rstrip(b"\r\n")
    first = b"" if layout.header else data[: data.find(b"\n") + 1]
    if not first and not layout.header:
        return None
    names = layout.header or delimited_header(first, mark, quoted=quoted)
    if (
        len(names) > _COLUMNS
        or len(set(names)) != len(names)
        or (quoted and not layout.header and other_delimiter(list(names)))
    ):
        return None
    if (
        not quoted and len(names) > 1 and (b"\n\n" in data or b"\n\r\n" in data)
    ):  # Arrow takes a blank line for empty cells
        return None
    columns = _parsed(memoryview(data)[len(first) :], names, mark, quoted=quoted)
    if columns is None:
        return None
    cells = ColumnRows(columns)
    above = 0 if layout.header else 1
    lines: Sequence[int] = range(1 + above, 1 + above + len(cells))
    if data.count(b"\n") + (not data.endswith(b"\n")) != len(cells) + above:
        lines = LaterLines(len(cells), partial(_lines, path, layout, shown, above))
    return Rows(file=shown, columns=names, cells=cells, lines=lines)


def _lines(path: Path, layout: Files, shown: str, above: int) -> list[int]:
    """The line of each row of a CSV file in which rows and lines are not the same."""
    found = records(decoded(path, layout.encoding, shown=shown), layout.delimiter)
    return [line for line, _ in found[above:]]


def _bytes(path: Path, encoding: str, shown: str) -> bytes:
    """The text as UTF-8, without a byte-order mark; Arrow's reader finds what is not UTF-8."""
    try:
        known = codecs.lookup(encoding).name
    except LookupError:
        known = ""
    if known != "utf-8":
        return decoded(path, encoding, shown=shown).encode()
    return path.read_bytes().removeprefix(codecs.BOM_UTF8).removeprefix(codecs.BOM_UTF8)


def is_regular_delimited(data: bytes, mark: bytes, *, quoted: bool) -> bool:
    """Whether Arrow and the row readers agree about where cells begin and end."""
    if data[:1] in (b"", b"\n", b"\r") or b"\0" in data or data.count(b"\r") != data.count(b"\r\n"):
        return False
    return not quoted or _quotes_are_balanced(data, mark)


def _quotes_are_balanced(data: bytes, mark: bytes) -> bool:
    """Whether quotes stand around whole cells alone, and doubled within them."""
    if b'"' not in data:
        return True
    whole = np.frombuffer(data, dtype=np.uint8)
    found = [np.flatnonzero(whole[at : at + _PIECE] == ord('"')) + at for at in range(0, len(whole), _PIECE)]
    places = np.concatenate(found)
    if len(places) % 2:
        return False
    opening, closing = places[::2], places[1::2]
    is_edge = np.zeros(256, dtype=np.bool_)
    is_edge[[mark[0], ord("\n"), ord("\r")]] = True
    before = (opening == 0) | is_edge[whole[opening - 1]]
    before[1:] |= opening[1:] == closing[:-1] + 1  # a quote that stands doubled within a cell
    behind = (closing == len(whole) - 1) | is_edge[whole[np.minimum(closing + 1, len(whole) - 1)]]
    behind[:-1] |= opening[1:] == closing[:-1] + 1
    return bool(before.all() and behind.all())


def delimited_header(first: bytes, mark: bytes, *, quoted: bool) -> tuple[str, ...]:
    """The names in the first line of a file; none where it is not a whole row of text."""
    try:
        text = first.decode().rstrip("\r\n")
        if not quoted:
            return tuple(text.split(mark.decode()))
        (row,) = records(text, mark.decode())
    except ValueError:
        return ()
    return tuple(row[1])


def _parsed(data: memoryview, names: tuple[str, ...], mark: bytes, *, quoted: bool) -> dict[str, Values] | None:
    """Column -> its cells; None where there is no row, rows have other numbers of cells, or bytes are not UTF-8."""
    import pyarrow as pa
    from pyarrow import csv

    if not names or not data:
        return None
    try:
        table = csv.read_csv(
            pa.BufferReader(data),
            # No threads: one that outlives the program aborts it. One block: a row is never cut in two.
            read_options=csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=list(names)),
            parse_options=csv.ParseOptions(
                delimiter=mark.decode(),
                quote_char='"' if quoted else False,
                newlines_in_values=quoted,
                ignore_empty_lines=quoted,
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    return {name: Texts.of_chunks(table.column(name)) for name in names} if table.num_rows else None
