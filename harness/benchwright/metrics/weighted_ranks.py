"""Weighted ranks of many resamples at once: sort values once, then add up weights in that order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Totals = NDArray[np.unsignedinteger[Any]]
Reals = NDArray[Any]

_HALF_WORD = 2**15
"""Twice a total below this fits 16 bits, which halves the memory to go through."""

_FEW = 16
"""Fewer resamples than this are not a bootstrap but values people read."""

_PIECE = 100_000
"""Numbers worked on at once, 0.4 MB in single precision: long enough that two threads seldom meet. Sums go on in double precision from piece to piece."""


class SortedValues:
    """Values in ascending order, laid out so that cumulative weights of many resamples are a few additions of large arrays.

    The sorted values are cut into pieces of equal length; row ``place * pieces + piece`` of the totals belongs to the
    value at that place of that piece. One more row, the last, is the total before the first value: zero.
    """

    def __init__(self, values: Floats) -> None:
        self._sorted = np.sort(values, kind="stable")
        n = len(values)
        self.length = max(round(n**0.5), 1)
        self.pieces = -(-n // self.length)
        places = np.arange(self.length * self.pieces).reshape(self.pieces, self.length).T.reshape(-1)
        self._beyond = places >= n
        self._items = np.argsort(values, kind="stable")[np.minimum(places, n - 1)]

    def before(self, values: Floats) -> Codes:
        """Row of the total of everything smaller than each value."""
        return self._row(np.searchsorted(self._sorted, values, side="left") - 1)

    def through(self, values: Floats) -> Codes:
        """Row of the total of everything smaller than or equal to each value."""
        return self._row(np.searchsorted(self._sorted, values, side="right") - 1)

    def ties(self) -> Floats:
        """The different values, ascending."""
        return np.unique(self._sorted)

    def totals(self, weights: NDArray[Any], size: Totals) -> Totals:
        """Running totals (rows, b) of weights (n, b), to be read at the rows of ``before`` and ``through``.

        ``size`` (b) bounds the column sums of the weights.
        """
        kind = np.uint16 if int(size.max(initial=0)) < _HALF_WORD else np.uint32
        totals = np.empty((self._items.size + 1, weights.shape[1]), dtype=kind)
        totals[:-1] = weights[self._items]
        totals[:-1][self._beyond] = 0
        totals[-1] = 0
        table = totals[:-1].reshape(self.length, self.pieces, -1)
        for place in range(1, self.length):
            table[place] += table[place - 1]
        offsets = np.zeros_like(table[-1])
        np.cumsum(table[-1][:-1], axis=0, out=offsets[1:])
        table += offsets
        return totals

    def _row(self, place: Codes) -> Codes:
        row = place % self.length * self.pieces + place // self.length
        return np.where(place < 0, self._items.size, row).astype(np.intp)


def sizes(weights: NDArray[Any]) -> Totals:
    """Column sums (b) of weights (n, b)."""
    if weights.dtype.kind not in "ui":
        raise TypeError(f"weights are counts, not {weights.dtype}")
    added: Totals = weights.sum(axis=0, dtype=np.uint32)
    return added


def precision_for(resamples: int) -> np.dtype[Any]:
    """Double precision for one value or a few, single for the many of a bootstrap (errors of about 1e-6)."""
    return np.dtype(np.float64 if resamples < _FEW else np.float32)


def in_pieces(rows: int, columns: int) -> Iterator[slice]:
    """Slices that cut ``rows`` into pieces whose arrays stay in the cache, and in memory that is used again."""
    step = max(_PIECE // max(columns, 1), 1)
    return (slice(start, start + step) for start in range(0, rows, step))
