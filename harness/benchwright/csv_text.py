"""Read delimited text with quoting (CSV and variants), the only CSV reader; and cells of CSV that a spreadsheet only shows."""

from __future__ import annotations

import csv
import io
from threading import Lock
from typing import Any

from benchwright.inert import inert

OTHERS = (";", "\t", "|")
"""What stands between cells where commas do not."""
_NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "bar": "|"}
_LIMIT = Lock()
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet runs; other widths count as the same there."""


class NotDelimitedError(ValueError):
    """Quotes that are not balanced; ``line`` is where the row starts."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def records(text: str, delimiter: str = ",") -> list[tuple[int, list[str]]]:
    """First line number and cells of every non-empty row; cells have no length limit.

    Raises:
        NotDelimitedError: Quotes are not balanced.
    """
    found: list[tuple[int, list[str]]] = []
    with _LIMIT:  # the limit of a cell's length is one for the whole process
        before = csv.field_size_limit(max(len(text) + 1, 131_072))
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
            line = 1
            for cells in reader:
                if cells:
                    found.append((line, cells))
                line = reader.line_num + 1
        except csv.Error as error:
            raise NotDelimitedError(str(error), line) from error
        finally:
            csv.field_size_limit(before)
    return found


def delimiter_of(name: str) -> str | None:
    """The delimiter that a user named (`;`, `tab`, `|`); None if it is not a valid one."""
    mark = _NAMED.get(name.strip().casefold(), name)
    return mark if len(mark) == 1 and mark not in '"\r\n\0' and not mark.isalnum() and mark != " " else None


def named(delimiter: str) -> str:
    """The name of a delimiter, as a user types it."""
    return "tab" if delimiter == "\t" else delimiter


def other_delimiter(header: list[str]) -> str | None:
    """Guess the delimiter of a header row that was read as a single cell; None if it is one name, or ambiguous."""
    if len(header) != 1:
        return None
    return max((mark for mark in OTHERS if mark in header[0]), key=header[0].count, default=None)


def csv_cell(value: Any) -> str:
    """A value as a cell of CSV: numbers unrounded, None empty, texts one line each with marks for breaks and for what cannot be seen.

    A text that a spreadsheet would run as a formula starts with an apostrophe.
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return repr(value)
    text = inert(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
