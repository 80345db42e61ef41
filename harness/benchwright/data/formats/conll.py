"""Read CoNLL columns: one word a line, sentences between blank lines, documents behind `-DOCSTART-`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchwright.data.rows import Rows, decoded, physical_lines
from benchwright.errors import DataError
from benchwright.tags import Scheme, fits
from benchwright.types import Files

DOCUMENT = "document"
"""Column that says which document a sentence belongs to: the cell of its first word where the layout names such a column,
else what `-DOCSTART-` lines tell, else None.
"""

DOCSTART = "-DOCSTART-"
_OPTIONAL = "?"
_KEY_VALUE = re.compile(r"#\s*[\w:.-]+\s*=\s")
_BLANKS = re.compile("[ \t]+")  # not \s: words of real files are no-break spaces


@dataclass(slots=True)
class _Sentences:
    """Sentences as they are found."""

    columns: tuple[str, ...]
    cells: list[dict[str, Any]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    open: list[list[str]] = field(default_factory=list)
    start: int = 0

    def close(self, document: str | None) -> None:
        """End the sentence that is open, if one is."""
        if self.open:
            lists = {name: list(cells) for name, cells in zip(self.columns, zip(*self.open, strict=True), strict=True)}
            self.cells.append({**lists, DOCUMENT: lists[DOCUMENT][0] if DOCUMENT in lists else document})
            self.lines.append(self.start)
            self.open = []


def read(path: Path, layout: Files, *, shown: str) -> Rows:
    """Sentences of a file in CoNLL columns; every column is a list, and the place of a row is its first line.

    Cells are separated by one TAB where the line holds one, else by blanks. A line of nothing but white space ends a
    sentence, and so does a `-DOCSTART-` line, which carries no words. `#` is a word like any other; a line before the first
    word of a sentence that begins with `#` and is no row of a word is a comment (`is_comment`), and is counted. Between TABs
    a word may be empty, other cells may not. Header names that end in `?` are columns that some files lack; the first line
    of a word decides for the whole file.

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
    tag = columns.index("tag") if "tag" in columns else len(columns) - 1
    word = columns.index("word") if "word" in columns else 0
    document, documents, comments, empty = None, 0, 0, 0
    known: dict[str, str] = {}  # a word that occurs a thousand times is held once
    for number, line in enumerate(lines, 1):
        if not line.strip():
            found.close(document)
            continue
        cells = cells_of(line)
        if not found.open and is_comment(line, width=len(columns), tag=tag, scheme=layout.scheme):
            comments += 1
            continue
        if cells[0] == DOCSTART:
            found.close(document)
            documents += 1
            document = f"{shown}, document {documents}"
            continue
        if len(cells) != len(columns) or "" in (*cells[:word], *cells[word + 1 :]):
            raise _ragged(cells, columns, where=f"{shown}, line {number}")
        empty += not cells[word]
        if not found.open:
            found.start = number
        found.open.append([known.setdefault(cell, cell) for cell in cells])
    found.close(document)
    names = tuple(dict.fromkeys((*columns, DOCUMENT)))
    counted = ((comments, "comment lines (#) left out"), (empty, "words are empty cells"))
    return Rows(
        file=shown,
        columns=names,
        cells=found.cells,
        lines=found.lines,
        per_word=True,
        notes=tuple(f"{count:,} {what}" for count, what in counted if count),
    )


def cells_of(line: str) -> list[str]:
    """The cells of a line: between TABs where there is one, else between blanks."""
    if "\t" in line.strip(" "):
        return [cell.strip(" ") for cell in line.split("\t")]
    return _BLANKS.split(line.strip(" "))


def is_comment(line: str, *, width: int, tag: int, scheme: Scheme) -> bool:
    """Whether a line is a comment: it begins with `#`, and is `# key = value`, has another number of cells than a word's row,
    or no tag where the tag should be. A line of `#` alone is none: a row that lost its tag.

    Args:
        line: The line.
        width: How many cells the row of a word has.
        tag: Which of them is the tag.
        scheme: How tags are written.
    """
    if not line.startswith("#") or not line.strip("# \t"):
        return False
    cells = cells_of(line)
    return bool(_KEY_VALUE.match(line)) or len(cells) != width or not fits(cells[tag], scheme)


def first_row(lines: Sequence[str]) -> list[str]:
    """Cells of the first line of a word, which tells the columns; the first that begins with `#` only if all do."""
    hashed: list[str] = []
    for line in lines:
        cells = cells_of(line) if line.strip() else [DOCSTART]
        if cells[0] == DOCSTART:
            continue
        if not line.startswith("#"):
            return cells
        hashed = hashed or cells
    return hashed


def _columns(lines: Sequence[str], header: tuple[str, ...], *, shown: str) -> tuple[str, ...]:
    """Names of the columns of this file, from the first line with a word."""
    every = tuple(name.removesuffix(_OPTIONAL) for name in header)
    required = tuple(name for name in header if not name.endswith(_OPTIONAL))
    cells = first_row(lines)
    if cells:
        return required if len(cells) == len(required) else every
    raise DataError(f"{shown} holds no words", expected="one word a line", hint="fetch the file again, it is empty")


def _ragged(cells: Sequence[str], columns: Sequence[str], *, where: str) -> DataError:
    if len(cells) == len(columns):
        at = max(place for place, cell in enumerate(cells) if not cell)
        seen = f"the cell {columns[at]!r} is empty"
    else:
        seen = f"{len(cells)} {'cell' if len(cells) == 1 else 'cells'}: {' | '.join(cells[:6])}"
    return DataError(
        f"{where}: {seen}",
        expected=f"{len(columns)} {'cell' if len(columns) == 1 else 'cells'}, separated by TAB or by blanks: {', '.join(columns)}",
        hint="mend that line; a blank line ends a sentence",
    )
