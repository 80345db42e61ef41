"""One row of a predictions file, and the lines of a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True):
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
