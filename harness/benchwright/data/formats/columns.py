"""Read CoNLL columns: one word a line, sentences between blank lines, documents behind `-DOCSTART-`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchwright.data.rows import Rows, decoded, physical_lines
from benchwright.errors import DataError
from benchwright.types import Files

DOCUMENT = "document"
"""Column that says which document a sentence belongs to: the cell of its first word where the layout names such a column,
else what `-DOCSTART-` lines tell, else None.
"""

_DOCSTART = "-DOCSTART-"
_OPTIONAL = "?"
_BLANKS = re.compile("[ \t]+")  # not \s: words of real files are no-break spaces


@dataclass(slots=True)
class _Sentences:
    """Sentences as they are found."""

    columns: tuple[str, ...]
    cells: list[dict[str, Any]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    open: list[list[str]] = field(default_factory=list)
    start: int = 0

    def close(self, document: str | None) -> None:
        """End the sentence that is open, if one is."""
        if self.open:
            lists = {name: list(cells) for name, cells in zip(self.columns, zip(*self.open, strict=True), strict=True)}
            self.cells.append({**lists, DOCUMENT: lists[DOCUMENT][0] if DOCUMENT in lists else document})
            self.places.append(self.start)
            self.open = []


def read(path: Path, layout: Files, *, shown: str) -> Rows:
    """Sentences of a file in CoNLL columns; every column is a list, and the place of a row is its first line.

    Cells are separated by one TAB where the line holds one, else by blanks. A line of nothing but white space ends a
    sentence, and so does a `-DOCSTART-` line, which carries no words. There are no comments: `#` is a word like any
    other. Header names that end in `?` are columns that some files lack; the first line decides for the whole file.

    Raises:
        DataError: A line has too few or too many cells or an empty one, a byte does not fit the encoding, or the layout
            names no columns.
    """
    if not layout.header:
        raise DataError(
            f"{shown}: the columns are not named",
            expected="a header in the layout, such as word, pos, tag",
            hint="name the columns of the file, first to last",
        )
    lines = physical_lines(decoded(path, layout.encoding, shown=shown))
    columns = _columns(lines, layout.header, shown=shown)
    found = _Sentences(columns=columns)
    document, documents = None, 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            found.close(document)
            continue
        cells = _cells(line)
        if cells[0] == _DOCSTART:
            found.close(document)
            documents += 1
            document = f"{shown}, document {documents}"
            continue
        if len(cells) != len(columns) or "" in cells:
            raise _ragged(cells, columns, where=f"{shown}, line {number}")
        if not found.open:
            found.start = number
        found.open.append(cells)
    found.close(document)
    names = tuple(dict.fromkeys((*columns, DOCUMENT)))
    return Rows(file=shown, columns=names, cells=found.cells, places=found.places, per_word=True)


def _cells(line: str) -> list[str]:
    if "\t" in line.strip(" "):
        return [cell.strip(" ") for cell in line.split("\t")]
    return _BLANKS.split(line.strip(" "))


def _columns(lines: Sequence[str], header: tuple[str, ...], *, shown: str) -> tuple[str, ...]:
    """Names of the columns that this file has, told by its first line of a word."""
    every = tuple(name.removesuffix(_OPTIONAL) for name in header)
    required = tuple(name for name in header if not name.endswith(_OPTIONAL))
    for line in lines:
        cells = _cells(line) if line.strip() else [_DOCSTART]
        if cells[0] != _DOCSTART:
            return required if len(cells) == len(required) else every
    raise DataError(f"{shown} holds no words", expected="one word a line", hint="fetch the file again, it is empty")


def _ragged(cells: Sequence[str], columns: Sequence[str], *, where: str) -> DataError:
    if len(cells) == len(columns):
        seen = f"the cell {columns[list(cells).index('')]!r} is empty"
    else:
        seen = f"{len(cells)} {'cell' if len(cells) == 1 else 'cells'}: {' | '.join(cells[:6])}"
    return DataError(
        f"{where}: {seen}",
        expected=f"{len(columns)} {'cell' if len(columns) == 1 else 'cells'}, separated by TAB or by blanks: {', '.join(columns)}",
        hint="mend that line; a blank line ends a sentence",
    )
