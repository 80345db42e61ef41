"""Weighted ranks of many resamples at once: sort values once, then add up weights in that order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Totals = NDArray[np.unsignedinteger[Any]]

_HALF_WORD = 2**15
"""Twice a total below this fits 16 bits, which halves the memory to go through."""

_ROWS = 256
"""Rows added up in single precision before the sum goes on in double."""


class Order:
    """Values in ascending order, laid out so that running totals of weights are a few additions of large arrays.

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

    def totals(self, weights: NDArray[Any]) -> Totals:
        """Running totals (rows, b) of weights (n, b), to be read at the rows of ``before`` and ``through``."""
        if weights.dtype.kind not in "ui":
            raise TypeError(f"weights are counts, not {weights.dtype}")
        most = int(weights.sum(axis=0, dtype=np.int64).max(initial=0))
        kind = np.uint16 if most < _HALF_WORD else np.uint32
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


def add_products(*factors: NDArray[np.float32]) -> Floats:
    """Column sums (b) of the product of arrays (n, b), in double precision every few hundred rows."""
    total = np.zeros(factors[0].shape[1])
    for start in range(0, len(factors[0]), _ROWS):
        piece = [factor[start : start + _ROWS] for factor in factors]
        product = piece[0] if len(piece) < 3 else piece[0] * piece[1]
        total += np.einsum("ij,ij->j", product, piece[-1])
    return total
