"""Orders of words by their values, and how far two orders agree: Kendall's tau-b, and the share of common top words."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

_ROWS = 256
"""So many words are held against all others at a time."""


def by_value(values: ArrayLike, rng: np.random.Generator) -> Places:
    """Places of words, the largest value first; words of equal values stand in random order, so that none is favoured by its place."""
    found = np.asarray(values, dtype=np.float64)
    return np.lexsort((rng.permutation(found.size), -found))


def kendall_tau(first: ArrayLike, second: ArrayLike) -> float | None:
    """Kendall's tau-b of two series over the same words, in [-1, 1]; None for fewer than two words, or where one is constant.

    tau-b = (concordant - discordant) / sqrt((pairs - ties in the first) (pairs - ties in the second)), Kendall 1945; equal to
    ``scipy.stats.kendalltau``, which takes a second to import.
    """
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.shape != other.shape or one.ndim != 1:
        raise ValueError(f"two series of one length, not {one.shape} and {other.shape}")
    agreeing = untied_one = untied_other = 0
    for begin in range(0, one.size, _ROWS):
        rows = slice(begin, begin + _ROWS)
        signs, others = _signs(one, rows), _signs(other, rows)
        agreeing += int((signs * others).sum())
        untied_one += int(np.count_nonzero(signs))
        untied_other += int(np.count_nonzero(others))
    if not untied_one or not untied_other:
        return None
    return max(-1.0, min(1.0, agreeing / math.sqrt(untied_one * untied_other)))


def _signs(values: Floats, rows: slice) -> NDArray[np.int64]:
    """Of each pair of words: which has the larger value. Each pair is there twice, which cancels out."""
    above = values[rows, None] > values[None, :]
    below = values[rows, None] < values[None, :]
    return above.astype(np.int64) - below


def top_overlap(first: ArrayLike, second: ArrayLike, top: int) -> float | None:
    """Share, in [0, 1], of the ``top`` words with the largest values that both series have; None with no more words than that.

    Ties at the border count by the chance that random tie-breaks put a word among the top of both.
    """
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.size <= top:
        return None
    return float(top_chances(one, top) @ top_chances(other, top)) / top


def top_chances(values: Floats, top: int) -> Floats:
    """The chance of each word to be among the ``top`` largest where ties are broken at random: 1, 0, or a share at the border."""
    edge = np.sort(values)[::-1][top - 1]
    above, tied = values > edge, values == edge
    chances: Floats = above + tied * ((top - above.sum()) / tied.sum())
    return chances
