"""Rows of a benchmark file as they were written: column name -> cell, with the line that a message can name."""

from __future__ import annotations

import codecs
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchwright.errors import DataError
from benchwright.tags import Scheme

if TYPE_CHECKING:
    from benchwright.text_columns import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortRow:
    """A row with too few cells: where it is, how many it has, and the columns it should have."""

    where: str
    cells: int
    columns: tuple[str, ...]


class ColumnCells(Sequence[dict[str, Any]], ABC):
    """Rows of a file that was read in columns; a row becomes a mapping when it is asked for (`benchwright.data.column_rows`)."""

    @abstractmethod
    def values(self, column: str) -> Values:
        """The cells of a column; None for every row where there is none."""

    @abstractmethod
    def distinct(self, column: str) -> list[tuple[int, Any]] | None:
        """As `Rows.distinct`; None where the cells have to be looked at."""

    @abstractmethod
    def take(self, numbers: Sequence[int]) -> ColumnCells:
        """The rows with those numbers, in that order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a reader returns.

    Attributes:
        file: How messages call the file.
        columns: Every column that occurs, in order of first appearance.
        cells: Column -> cell, one mapping per row.
        lines: 1-based line of each row in its file, same length as `cells`.
        unit: What `lines` count: `line`, or `row` where a format has no lines.
        class_names: Column -> names of its integer ids, where the file says them (hub Parquet).
        short: Rows with too few cells; they are not in `cells`.
        files: File of each row where several were joined; empty for one file.
        inside: What messages say behind the file for each row that is a part of another (`article 3, paragraph 1, question
            2`), in place of unit and line; empty where every row stands for itself.
        per_word: Whether the items of a row's lists stand on lines of their own, from the row's place on (CoNLL columns).
        scheme: How tags are written here.
        notes: What a reader of the number must know about these rows.
    """

    file: str
    columns: tuple[str, ...]
    cells: Sequence[dict[str, Any]]
    lines: Sequence[int]
    unit: str = "line"
    class_names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    short: tuple[ShortRow, ...] = ()
    files: Sequence[str] = ()
    inside: Sequence[str] = ()
    per_word: bool = False
    scheme: Scheme = "IOB2"
    notes: tuple[str, ...] = ()

    def where(self, row: int, word: int | None = None) -> str:
        """File and line of the row with that 0-based number (`SST-2/dev.tsv, line 18`), or of one of its words."""
        file = self.files[row] if self.files else self.file
        if self.inside and self.inside[row]:
            return f"{file}, {self.inside[row]}"
        if word is None:
            return f"{file}, {self.unit} {self.lines[row]}"
        if self.per_word:
            return f"{file}, line {self.lines[row] + word}"
        return f"{file}, {self.unit} {self.lines[row]}, word {word + 1}"

    def values(self, column: str) -> Values:
        """The cells of a column, in row order; None where a row lacks it."""
        if isinstance(self.cells, ColumnCells):
            return self.cells.values(column)
        return [row.get(column) for row in self.cells]

    def distinct(self, column: str) -> list[tuple[int, Any]]:
        """The first row of each different cell of a column, in row order, and the cell; cells of two types are different."""
        found = self.cells.distinct(column) if isinstance(self.cells, ColumnCells) else None
        if found is not None:
            return found
        first: dict[tuple[type, str], tuple[int, Any]] = {}
        for row, cell in enumerate(self.values(column)):
            first.setdefault((type(cell), cell if isinstance(cell, str) else repr(cell)), (row, cell))
        return list(first.values())

    def take(self, numbers: Sequence[int]) -> Rows:
        """The rows with those 0-based numbers, in that order; their lines are still those in the file."""
        cells = self.cells
        return replace(
            self,
            cells=cells.take(numbers) if isinstance(cells, ColumnCells) else [cells[number] for number in numbers],
            lines=[self.lines[number] for number in numbers],
            files=[self.files[number] for number in numbers] if self.files else (),
            inside=[self.inside[number] for number in numbers] if self.inside else (),
        )


_NO_ENCODINGS = frozenset({"undefined", "idna", "punycode", "unicode-escape", "raw-unicode-escape"})
"""Codecs that Python counts among encodings of text and that no file is written in."""


def is_text_encoding(name: str) -> bool:
    """Whether files of text can be written in that encoding: no codec from bytes to bytes or from text to text."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError, ImportError, OSError):
        return False
    return found._is_text_encoding and found.name.replace("_", "-") not in _NO_ENCODINGS  # noqa: SLF001 - told nowhere else


def not_an_encoding(name: str) -> DataError:
    """The refusal of what is no encoding of text."""
    return DataError(
        f"{name!r} is no encoding of text files",
        expected="an encoding of text, such as utf-8, utf-16, latin-1, cp1252 or shift_jis",
        hint="encoding=cp1252, or leave encoding out for UTF-8",
    )


def decoded(path: Path, encoding: str, *, shown: str) -> str:
    """The file's text without a byte-order mark; line ends are left as they are.

    Raises:
        DataError: The file is empty, a byte does not belong to the encoding (with line and byte offset), or it is none.
    """
    if not is_text_encoding(encoding):
        raise not_an_encoding(encoding)
    data = path.read_bytes()
    body = data.removeprefix(codecs.BOM_UTF8)
    if not body:
        raise DataError(f"{shown} is empty", expected="at least one row", hint="fetch the file again")
    try:
        text = body.decode(encoding).removeprefix("\ufeff")
        text.encode()  # UTF-7 can spell halves of a surrogate pair
    except UnicodeEncodeError as error:
        raise DataError(
            f"{shown}, line {error.object.count(chr(10), 0, error.start) + 1}: half of a surrogate pair is no character",
            expected=f"text in {encoding}",
            hint="restore the original file",
        ) from error
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        offset = error.start + len(data) - len(body)
        raise DataError(
            f"{shown}, line {line}: byte 0x{body[error.start]:02x} at offset {offset} is not {encoding}",
            expected=f"text in {encoding}",
            hint="restore the original file, or convert it: `iconv -f latin1 -t utf-8 FILE`",
        ) from error
    return text


def physical_lines(text: str) -> list[str]:
    """Lines of a text, split at LF alone, without one trailing CR each; blank lines at the end are dropped. A text without any
    LF is split at CR.

    Cells of real files hold U+0085 and U+2028, at which `str.splitlines` would break a row in two.
    """
    lines = text.split("\n" if "\n" in text else "\r")
    if "\r" in text:
        lines = [line.removesuffix("\r") for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    return lines
