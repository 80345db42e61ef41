"""One row of a predictions file: its fields, its line, and its values as numbers or in a message."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from benchwright.errors import PredictionsError
from benchwright.spelling import spelling


class PredictionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row.

    Attributes:
        fields: Its fields.
        line: Its line (Parquet: 1-based row), for messages.
        keyed: Whether its id is a key of one object that holds all answers.
        lines: Line of each word, of a sentence in columns.
        place: The 0-based row of the split that it answers, where rows are counted and not named.
    """

    fields: dict[str, Any]
    line: int
    keyed: bool = False
    lines: tuple[int, ...] = ()
    place: int | None = None

    def line_of(self, word: int) -> int:
        """The line of a word; that of the row where all words share one."""
        return self.lines[word] if 0 <= word < len(self.lines) else self.line


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Number (from 1) and content of each line; a CR before the line end is no content. Without any LF, CR ends a line."""
    for number, line in enumerate(text.split("\n" if "\n" in text else "\r"), start=1):
        yield number, line.removesuffix("\r")


def decode(content: bytes, name: str) -> str:
    """The text of a file, without a byte-order mark.

    Raises:
        PredictionsError: It is not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PredictionsError(f"{name} is not UTF-8 (byte {error.start})", hint="save it as UTF-8") from error


LEADING = b"\xef\xbb\xbf \t\r\n"
"""Bytes that say nothing about the form of a file that opens with them."""
_MOST_DIGITS = 18
_SHOWN = 8

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = 60


def whole(value: object) -> int | None:
    """The whole number of 0 or more that a value is or spells in ASCII digits (`3`, `3.0`, `"03"`); else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value >= 0 else None
    digits = spelling(value) or ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None


def shown(value: object) -> str:
    """A value as a message shows it: quoted, printable and short, however long or deep it is."""
    try:
        return _repr.repr(value)
    except ValueError:  # Python spells no integer of more than 4300 digits
        return f"a {type(value).__name__}"


def listed(names: Iterable[object]) -> str:
    """Names with commas, the first few of many."""
    every = [str(name) for name in names]
    texts = [name if name.isprintable() and len(name) <= _repr.maxstring else shown(name) for name in every[:_SHOWN]]
    return ", ".join(texts) + (", ..." if len(every) > _SHOWN else "")
