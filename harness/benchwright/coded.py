"""Columns by code: a value for each item of many, of which most are the same few; and scores, as many as each item has."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import copysign
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
"""Numbers of values, as they are kept; what indexes with them takes them as they are."""
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class Coded(Sequence[Any]):
    """A value for each item (n), by code: equal codes are equal values. To a reader a sequence of the values, None where there is none.

    Attributes:
        codes: Place of the value among ``values``; -1: there is none.
        values: Values that occur; equal ones may occur twice.
    """

    codes: Codes
    values: tuple[Any, ...]

    def __len__(self) -> int:
        """Items."""
        return len(self.codes)

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> Coded: ...
    def __getitem__(self, at: int | slice) -> Any:
        """The value of one item, or the values of some."""
        if isinstance(at, slice):
            return Coded(self.codes[at], self.values)
        code = self.codes[at]
        return None if code < 0 else self.values[code]

    def __iter__(self) -> Iterator[Any]:
        """The value of each item."""
        return iter(self.to_list())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Coded):
            return len(self) == len(other) and self._is_equal(other)
        return isinstance(other, Sequence) and self.to_list() == list(other)

    def _is_equal(self, other: Coded) -> bool:
        """Whether each item has equal values in both, which each pair of codes that occurs says once."""
        if self.values == other.values and np.array_equal(self.codes, other.codes):
            return True
        mine, theirs = (*self.values, None), (*other.values, None)
        width, pairs = len(theirs), (self.codes + 1).astype(np.int64) * len(theirs) + (other.codes + 1)
        room = len(mine) * width
        found = np.flatnonzero(np.bincount(pairs, minlength=room)) if room <= len(pairs) else np.unique(pairs)
        return all(
            mine[one - 1] is theirs[two - 1] or mine[one - 1] == theirs[two - 1]
            for one, two in zip((found // width).tolist(), (found % width).tolist(), strict=True)
        )

    __hash__ = None  # type: ignore[assignment]  # as of a list

    def to_list(self) -> list[Any]:
        """The value of each item, None where there is none; equal ones are one object."""
        known = (*self.values, None)
        return [known[code] for code in self.codes.tolist()]

    def take(self, rows: NDArray[np.intp]) -> Coded:
        """The values of some items."""
        return Coded(self.codes[rows], self.values)

    @staticmethod
    def of(values: Iterable[Any]) -> Coded:
        """The codes of values; None is none. What cannot be hashed is known by its identity."""
        known: dict[Hashable, int] = {}
        kept: list[Any] = []
        codes: list[int] = []
        for value in values:
            if value is None:
                codes.append(-1)
                continue
            code = known.setdefault(_key(value), len(kept))
            if code == len(kept):
                kept.append(value)
            codes.append(code)
        return Coded(np.array(codes, dtype=np.int32), tuple(kept))


def of_numbers(numbers: Floats) -> Coded:
    """The codes of numbers (n) by their bits, so that what an item reads back depends on it alone: 0.0 and -0.0 are equal, and two values."""
    bits, codes = np.unique(np.ascontiguousarray(numbers, dtype=np.float64).view(np.int64), return_inverse=True)
    return Coded(codes.astype(np.int32), tuple(bits.view(np.float64).tolist()))


def _key(value: Any) -> Hashable:
    """What values share that are one answer: 1, 1.0 and True are equal in Python, as 0.0 and -0.0 are, and are not one."""
    kind = type(value)
    if kind is float:
        return kind, value, copysign(1.0, value)
    if kind is tuple:
        kinds = set(map(type, value))
        if kinds == {float}:
            return kind, array("d", value).tobytes()
        if kinds - {str}:
            return kind, *map(_key, value)
    try:
        hash(value)
    except TypeError:
        return "by identity", id(value)
    return kind, value


@dataclass(frozen=True, eq=False, slots=True)
class ScoreRows:
    """Scores of each item (n), as many as it has: those of item i are ``values[ends[i] - widths[i] : ends[i]]``."""

    widths: NDArray[np.int64]
    values: Floats

    def matrix(self) -> Floats | None:
        """(n, k), where all items have the same number of scores, at least one; else None. Not to be written."""
        width = int(self.widths[0]) if len(self.widths) else 0
        return self.values.reshape(-1, width) if width and (self.widths == width).all() else None

    def of_rows(self, rows: NDArray[np.intp]) -> Floats | None:
        """The matrix of some items, where they have the same number of scores, at least one; else None. Not to be written."""
        if len(rows) == len(self.widths) and (rows == np.arange(len(rows))).all():
            return self.matrix()
        widths = self.widths[rows]
        width = int(widths[0]) if len(widths) else 0
        if not width or not (widths == width).all():
            return None
        starts = np.cumsum(self.widths)[rows] - width
        found: Floats = self.values[starts[:, None] + np.arange(width)]
        return found

    @staticmethod
    def of(rows: Sequence[Sequence[float] | None]) -> ScoreRows:
        """From a row for each item; None and an empty one alike have no scores."""
        widths = np.array([len(row or ()) for row in rows], dtype=np.int64)
        return ScoreRows(widths, np.array([one for row in rows for one in row or ()], dtype=np.float64))
