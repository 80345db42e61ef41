"""Corrections for many tests: Holm for harm by any rule, Benjamini-Hochberg for slices and exploration."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchwright.errors import BenchwrightError
from benchwright.stats.checks import finite

Floats = NDArray[np.float64]


def holm(p: ArrayLike) -> Floats:
    """Adjusted p (k) in the order given; rejecting those <= alpha keeps the family-wise error at alpha (Holm 1979).

    Raises:
        BenchwrightError: A value is NaN or outside [0, 1].
    """
    values, order = _sorted(p)
    steps = values[order] * np.arange(values.size, 0, -1)
    return _unsort(np.minimum(np.maximum.accumulate(steps), 1.0), order)


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Adjusted p (k) in the order given; rejecting those <= q keeps the false discovery rate at q (1995).

    Raises:
        BenchwrightError: A value is NaN or outside [0, 1].
    """
    values, order = _sorted(p)
    steps = values[order] * values.size / np.arange(1, values.size + 1)
    return _unsort(np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0), order)


def _sorted(p: ArrayLike) -> tuple[Floats, NDArray[np.intp]]:
    values = finite("p", p, 1)
    if ((values < 0) | (values > 1)).any():
        raise BenchwrightError("p holds values outside [0, 1]", expected="probabilities")
    return values, np.argsort(values, kind="stable")


def _unsort(adjusted: Floats, order: NDArray[np.intp]) -> Floats:
    placed = np.empty_like(adjusted)
    placed[order] = adjusted
    return placed
