"""Read plain text, one item a line; the column is the layout's first header name, or `text`."""

from __future__ import annotations

from pathlib import Path

from benchwright.data.rows import Rows, decoded, physical_lines
from benchwright.types import Files


def read(path: Path, layout: Files, *, shown: str) -> Rows:
    """Rows of a text file, blank lines inside it included. Raises DataError for bytes that do not fit the encoding."""
    column = layout.header[0] if layout.header else "text"
    lines = physical_lines(decoded(path, layout.encoding, shown=shown))
    return Rows(
        file=shown, columns=(column,), cells=[{column: line} for line in lines], places=range(1, len(lines) + 1)
    )
