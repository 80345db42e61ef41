"""Read TSV: lines end at LF alone, cells at TAB, and quotes mean nothing (benchmark cells hold unbalanced ones)."""

from __future__ import annotations

from pathlib import Path

from benchwright.data.formats.table import tabulate
from benchwright.data.rows import Rows, decoded, physical_lines
from benchwright.types import Files


def read(path: Path, layout: Files, *, shown: str) -> Rows:
    """Rows of a TSV file, every cell a text. Raises DataError for bytes, header or row widths that do not fit."""
    lines = physical_lines(decoded(path, layout.encoding, shown=shown))
    records = ((number, line.split("\t")) for number, line in enumerate(lines, 1))
    return tabulate(records, layout.header, shown=shown)
