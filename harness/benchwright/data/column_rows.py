"""Rows that were read in columns, and lines that are looked for when a message names one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np

from benchwright.data.rows import ColumnCells
from benchwright.text_columns import Texts, Values, first_rows, taken, to_list

_CHUNK = 1024
"""Rows that are made together when all are walked."""


class ColumnRows(ColumnCells):
    """Rows of a file that was read in columns; a row becomes a mapping when it is asked for.

    Attributes:
        columns: Column -> its cells, all of one length.
    """

    def __init__(self, columns: Mapping[str, Values]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    @overload
    def __getitem__(self, at: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, at: slice) -> ColumnRows: ...
    def __getitem__(self, at: int | slice) -> dict[str, Any] | ColumnRows:
        if isinstance(at, slice):
            return ColumnRows({name: cells[at] for name, cells in self.columns.items()})
        return {name: cells[at] for name, cells in self.columns.items()}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        names = tuple(self.columns)
        for start in range(0, len(self), _CHUNK):
            part = [to_list(cells[start : start + _CHUNK]) for cells in self.columns.values()]
            yield from (dict(zip(names, row, strict=True)) for row in zip(*part, strict=True))

    def values(self, column: str) -> Values:
        """The cells of a column; None for every row where there is none."""
        known = self.columns.get(column)
        return [None] * len(self) if known is None else known

    def distinct(self, column: str) -> list[tuple[int, Any]] | None:
        """The first row of each different text and the text; None where a cell is no text."""
        cells = self.values(column)
        if not isinstance(cells, Texts) or cells.lacks_some:
            return None
        codes, texts = cells.distinct()
        return list(zip(first_rows(codes).tolist(), texts, strict=True))

    def take(self, numbers: Sequence[int]) -> ColumnRows:
        """The rows with those numbers, in that order."""
        at = np.asarray(numbers, dtype=np.intp)
        return ColumnRows({name: taken(cells, at) for name, cells in self.columns.items()})


class LaterLines(Sequence[int]):
    """Line of each row in its file, found when a message asks for one: a file is then read again."""

    def __init__(self, rows: int, find: Callable[[], Sequence[int]]) -> None:
        self._rows, self._find = rows, find

    @cached_property
    def _found(self) -> Sequence[int]:
        return self._find()

    def __len__(self) -> int:
        return self._rows

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[int]: ...
    def __getitem__(self, at: int | slice) -> int | Sequence[int]:
        return self._found[at]
