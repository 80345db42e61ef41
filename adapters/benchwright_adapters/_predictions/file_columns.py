"""A file of plain rows read as columns: JSON lines, CSV, TSV without quotes, Parquet.

What is read here is what the readers of rows give, without a row for each; whatever is not plain (a quote within a cell, a column of
two types, a malformed line) is left to them, who say line by line what it means or what is wrong with it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .rows import LEADING

if TYPE_CHECKING:
    import pyarrow as pa

_BOM = b"\xef\xbb\xbf"
_BLOCK = 4 * 2**20
"""Bytes that are parsed together: the longest line that is read here."""
_LARGEST = 2**31 - 2
"""Bytes of a block of Arrow's reader."""
_COLUMNS = 4096
"""Names from which on pyarrow's reader, which keeps room for a block in each column, takes gigabytes."""


def read_file_columns(content: bytes, form: str, mark: str | None, wanted: frozenset[str]) -> pa.Table | None:
    """The rows of a file as an Arrow table, with the columns of ``wanted`` at least that it has; None where rows have to be looked at.

    Args:
        content: The file.
        form: ``jsonl``, ``csv``, ``tsv`` or ``parquet``; of any other form there are no columns.
        mark: What stands between the cells of a CSV file; None: a comma.
        wanted: Names of columns.
    """
    import pyarrow as pa

    try:
        if form == "parquet":
            return _parquet(content, wanted)
        text = content.removeprefix(_BOM).replace(b"\r\n", b"\n")
        text.decode("utf-8")
        if form == "csv" and b'"' in text:
            return _quoted(content.removeprefix(_BOM), mark or ",", wanted)
        if form == "jsonl":
            return _json_lines(text)
        return _delimited(text, mark or ("\t" if form == "tsv" else ","), wanted) if form in ("csv", "tsv") else None
    except (pa.ArrowException, ValueError, OSError):
        return None


def _json_lines(text: bytes) -> pa.Table | None:
    """One object in every line. pyarrow refuses a key that is repeated, as the reader of rows does."""
    import pyarrow.json as pj

    text = text.strip(LEADING)
    lines = text.count(b"\n") + 1
    if (
        b"\r" in text
        or text.count(b"\n{") + 1 != lines
        or text.count(b"}\n") + 1 != lines
        or text[:1] != b"{"
        or text[-1:] != b"}"
    ):
        return None
    options = pj.ReadOptions(use_threads=False, block_size=_BLOCK)
    table = pj.read_json(io.BytesIO(text), read_options=options)
    return table if table.num_rows == lines else None


def _delimited(text: bytes, mark: str, wanted: frozenset[str]) -> pa.Table | None:
    """Cells as they are, every one a text."""
    import pyarrow.csv as pc

    head, _, _ = text.partition(b"\n")
    header = [cell.strip() for cell in head.decode("utf-8").split(mark)]
    is_plain = not (b"\r" in text or b"\0" in text or b"\n\n" in text or text[:1] == b"\n")
    if not is_plain or len(set(header)) != len(header) or len(header) > _COLUMNS:
        return None
    return pc.read_csv(
        io.BytesIO(text),
        read_options=pc.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=header, skip_rows=1),
        parse_options=pc.ParseOptions(
            delimiter=mark, quote_char=False, newlines_in_values=False, ignore_empty_lines=False
        ),
        convert_options=_as_texts(header, wanted),
    )


def _quoted(data: bytes, mark: str, wanted: frozenset[str]) -> pa.Table | None:
    """Cells of a file in which every quote stands around a cell or doubled within one; line ends within cells stay."""
    import pyarrow as pa
    import pyarrow.csv as pc

    from benchwright.data.api import delimited_header, is_regular_delimited

    if len(mark.encode()) != 1 or len(data) > _LARGEST or not is_regular_delimited(data, mark.encode(), quoted=True):
        return None
    first, _, rest = data.partition(b"\n")
    header = [cell.strip() for cell in delimited_header(first, mark.encode(), quoted=True)]
    if not header or not rest or len(set(header)) != len(header) or len(header) > _COLUMNS:
        return None
    return pc.read_csv(
        pa.BufferReader(rest),
        # One block: a row is never cut in two.
        read_options=pc.ReadOptions(use_threads=False, block_size=len(rest) + 1, column_names=header),
        parse_options=pc.ParseOptions(delimiter=mark, newlines_in_values=True, ignore_empty_lines=True),
        convert_options=_as_texts(header, wanted),
    )


def _as_texts(header: Sequence[str], wanted: frozenset[str]) -> Any:
    """Every cell a text, an empty one too; columns that are not wanted are left out."""
    import pyarrow as pa
    import pyarrow.csv as pc

    return pc.ConvertOptions(
        column_types=dict.fromkeys(header, pa.string()),
        include_columns=[name for name in header if name in wanted],
        strings_can_be_null=False,
        null_values=[],
    )


def _parquet(content: bytes, wanted: frozenset[str]) -> pa.Table | None:
    from benchwright.data.api import Unreadable, class_names_of, read_table

    try:
        table = read_table(content)
        classes = class_names_of(table)
    except Unreadable:
        return None
    if classes or len(set(table.column_names)) != table.num_columns:
        return None
    return table.select([name for name in table.column_names if name in wanted])
