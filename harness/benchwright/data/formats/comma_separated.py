"""Read CSV with the usual quoting; a quoted cell may hold commas and line breaks, and be of any length."""

from __future__ import annotations

from pathlib import Path

from benchwright.data.formats.table import tabulate
from benchwright.data.rows import Rows, decoded
from benchwright.delimited import NotDelimitedError, named, other_delimiter, records
from benchwright.errors import DataError
from benchwright.types import Files


def read(path: Path, layout: Files, *, shown: str) -> Rows:
    """Rows of a CSV file, every cell a text.

    Raises:
        DataError: Bytes, header or row widths do not fit, quotes are not balanced, or cells seem to be separated otherwise.
    """
    mark = layout.delimiter
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
