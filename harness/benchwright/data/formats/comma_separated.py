"""Read CSV with the usual quoting; a quoted cell may hold commas and line breaks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from benchwright.data.formats.table import tabulate
from benchwright.data.rows import Rows, decoded
from benchwright.errors import DataError
from benchwright.types import Files


def read(path: Path, layout: Files, *, shown: str) -> Rows:
    """Rows of a CSV file, every cell a text.

    Raises:
        DataError: Bytes, header or row widths do not fit, or quotes are not balanced.
    """
    text = decoded(path, layout.encoding, shown=shown)
    return tabulate(_records(text, shown=shown), layout.header, shown=shown)


def _records(text: str, *, shown: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"{shown}, line {line}: {error}",
            expected="cells separated by commas, in double quotes where they hold a comma, a quote or a line break",
            hint="balance the quotes of the row that starts there",
        ) from error
