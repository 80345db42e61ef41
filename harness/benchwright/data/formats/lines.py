"""Read plain text, one item a line: the column `text`, or cells with a blank between them under the layout's header."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchwright.data.formats.table import tabulate
from benchwright.data.rows import Rows, decoded, physical_lines
from benchwright.types import Files


def read(path: Path, layout: Files, *, shown: str) -> Rows:
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
    return Rows(file=shown, columns=columns, cells=cells, places=range(1, len(lines) + 1))


def _cut(lines: Sequence[str], columns: int) -> list[tuple[int, list[str]]]:
    return [(number, line.split(" ", columns - 1)) for number, line in enumerate(lines, 1)]
