"""Rows that metrics sum, written once each: of shares, and of any table of items."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.metrics.columns import CodedRows, Floats


def share_rows(hits: NDArray[Any], counted: NDArray[Any]) -> CodedRows:
    """Basis (hit, 1) of the items that are counted (n), (0, 0) of others; both arrays hold True and False, or 1 and 0."""
    codes = np.where(counted, 1 + (hits > 0), 0).astype(np.intp)
    return CodedRows(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), codes)


def no_shares(n: int) -> CodedRows:
    """The same of items of which none is counted."""
    return share_rows(np.zeros(n), np.zeros(n))


def coded_rows(items: Floats) -> CodedRows:
    """The distinct rows of a table (n, w), and for each item the number of its row."""
    values, codes = np.unique(items, axis=0, return_inverse=True)
    return CodedRows(values, codes.reshape(-1).astype(np.intp))
