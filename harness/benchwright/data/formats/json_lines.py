"""Read JSON lines: one object a line, lines end at LF alone, blank lines count for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchwright.data.rows import Rows, decoded, physical_lines
from benchwright.documents import Unreadable, reader_of
from benchwright.errors import DataError
from benchwright.types import Files


def read(path: Path, layout: Files, *, shown: str) -> Rows:
    """Rows of a JSON-lines file; keys may differ from row to row. Raises DataError naming the line that is no object."""
    read_row = reader_of(dict[str, Any])
    cells: list[dict[str, Any]] = []
    places: list[int] = []
    columns: dict[str, None] = {}
    for number, line in enumerate(physical_lines(decoded(path, layout.encoding, shown=shown)), 1):
        if not line or line.isspace():
            continue
        try:
            row = read_row(line)
        except Unreadable as error:
            raise DataError(
                f"{shown}, line {number} is not a JSON object: {error.why}",
                expected='one object a line, such as {"sentence": "...", "label": 1}',
                hint="mend or remove that line",
            ) from error
        if row.keys() != columns.keys():
            columns.update(dict.fromkeys(row))
        cells.append(row)
        places.append(number)
    return Rows(file=shown, columns=tuple(columns), cells=cells, places=places)
