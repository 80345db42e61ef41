"""Rows that come one by one, kept in columns where they are many and have the same keys."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from benchwright.data.column_rows import ColumnRows
from benchwright.text_columns import Texts, Values, joined

_MANY = 4096
"""Rows that become columns together; a file of fewer stays as it is."""


class Gathered:
    """Rows so far: parts in columns, and the rows since the last of them; rows alone, once one has other keys than the first."""

    def __init__(self) -> None:
        self._parts: list[ColumnRows] = []
        self._rows: list[dict[str, Any]] = []
        self._first: dict[str, Any] = {}
        self._alike = True

    def add(self, row: dict[str, Any]) -> None:
        """One row more."""
        if not self._parts and not self._rows:
            self._first = row
        elif self._alike and row.keys() != self._first.keys():
            self._rows = [*chain.from_iterable(self._parts), *self._rows]
            self._parts, self._alike = [], False
        self._rows.append(row)
        if self._alike and len(self._rows) >= _MANY and self._first:
            self._close()

    def rows(self) -> Sequence[dict[str, Any]]:
        """All rows."""
        if not self._parts:
            return self._rows
        if self._rows:
            self._close()
        return ColumnRows({name: joined([part.columns[name] for part in self._parts]) for name in self._first})

    def _close(self) -> None:
        """The rows since the last part become a part."""
        self._parts.append(ColumnRows({name: _column([row[name] for row in self._rows]) for name in self._first}))
        self._rows = []


def _column(cells: list[Any]) -> Values:
    """Texts alone as texts; anything else, and halves of characters, as they are."""
    if not all(type(cell) is str for cell in cells):
        return cells
    try:
        return Texts.of(cells)
    except UnicodeEncodeError:
        return cells
