"""All pairs of many models at once: who is right alone, p at no difference, Tango's bounds, and Holm's decisions without every p.

The same numbers as `benchwright.stats.paired` and `benchwright.stats.multiplicity` give pair by pair; a test holds them to it. Pairs (P) are
those of `pair_positions`: 0-1, 0-2, ..., 1-2, ...
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from benchwright.stats.intervals import upper_quantile

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

_HALVINGS = 48
"""Halvings of an interval at most 2 wide: the bound is known to 1e-14."""
_ROUGH = 32
"""Halvings where each pair has a level of its own: to 1e-9."""
_BLOCK = 4_096
"""Items of a matrix product in single precision, whose sums stay whole numbers."""


def pair_positions(models: int) -> tuple[Places, Places]:
    """First and second position of every pair (P), P = k (k - 1) / 2."""
    return np.triu_indices(models, 1)


def pair_number(one: Places, other: Places, models: int) -> Places:
    """Number of a pair among the P pairs, from its first and its second position."""
    found: Places = one * (2 * models - one - 1) // 2 + other - one - 1
    return found


def discordant_counts(right: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Counts b and c of every pair (P), from right answers (k, n): items that only the second model answers rightly, and only the first."""
    models, items = right.shape
    both = np.zeros((models, models), dtype=np.float64)
    for start in range(0, items, _BLOCK):
        part = right[:, start : start + _BLOCK].astype(np.float32)
        both += part @ part.T
    one, other = pair_positions(models)
    shared, hits = both[one, other], both.diagonal()
    return (hits[other] - shared).astype(np.int32), (hits[one] - shared).astype(np.int32)


def equality_p(b: NDArray[np.int32], c: NDArray[np.int32]) -> Floats:
    """Two-sided p (P) of Tango's score test at no difference: z = (b - c) / sqrt(b + c); 1 without discordant items."""
    total = b + c
    z = np.abs(b - c) / np.sqrt(np.maximum(total, 1))
    found: Floats = np.minimum(2 * ndtr(-z), 1.0)
    return found


def lower_reach(b: NDArray[np.int32], c: NDArray[np.int32], n: int, alpha: float) -> Floats:
    """Distance (P) from (b - c) / n down to Tango's one-sided (1 - alpha) lower bound; equal counts are looked at once.

    The distance up to the upper bound is that of the counts in the other order.
    """
    code = b.astype(np.int64) * (n + 1) + c
    known, back = np.unique(code, return_inverse=True)
    reach = _reach(
        (known // (n + 1)).astype(np.float64), (known % (n + 1)).astype(np.float64), n, upper_quantile(alpha)
    )
    found: Floats = reach[back]
    return found


def lower_reaches(b: NDArray[np.int32], c: NDArray[np.int32], n: int, alphas: Floats) -> Floats:
    """The same (P), to 1e-9, where each pair has a level of its own (P)."""
    quantiles: Floats = -ndtri(alphas)
    return _reach(b.astype(np.float64), c.astype(np.float64), n, quantiles, halvings=_ROUGH)


def _reach(b: Floats, c: Floats, n: int, z: float | Floats, *, halvings: int = _HALVINGS) -> Floats:
    value = (b - c) / n
    low, high = np.full(b.size, -1.0), value.copy()
    for _ in range(halvings):
        middle = (low + high) / 2
        beyond = _statistic(b, c, n, middle) >= z
        low, high = np.where(beyond, middle, low), np.where(beyond, high, middle)
    found: Floats = value - low
    return found


def _statistic(b: Floats, c: Floats, n: int, delta: Floats) -> Floats:
    """Tango's statistic where each pair has a delta of its own; mirrored below 0, as `paired.score_statistic` is."""
    sign = np.where(delta < 0, -1.0, 1.0)
    delta = np.abs(delta)
    b, c = np.where(sign < 0, c, b), np.where(sign < 0, b, c)
    minus = b + c - (2 * n - b + c) * delta
    q = np.abs(np.sqrt(minus * minus + 8 * n * delta * (1 - delta) * c) + minus) / (4 * n)
    variance = n * (2 * q + delta * (1 - delta))
    found: Floats = sign * (b - c - n * delta) / np.sqrt(variance + (variance == 0))
    return found


class CountedTests(Protocol):
    """Tests of which it can be said how many have a p of at most a level, without knowing every p."""

    @property
    def tests(self) -> int:
        """How many there are."""
        ...

    def rejected(self, level: float) -> int:
        """How many have a p of at most this level."""
        ...


def critical_level(groups: Sequence[CountedTests], alpha: float) -> tuple[float, int]:
    """Holm's procedure (1979) over all tests of some groups: the p up to which they are rejected, and how many are.

    Of m tests the smallest p is held against alpha / m, the next against alpha / (m - 1), and so on until one is larger. When k are
    rejected, all with a p of at most alpha / (m - k) are; from k = 0 on this grows until it stays, which is where the steps end. Only how
    many tests have a p of at most a level has to be known, and of few levels.
    """
    total = sum(group.tests for group in groups)
    found = -1
    count = 0
    while found < count:
        found = count
        level = alpha / max(total - count, 1)
        count = sum(group.rejected(level) for group in groups)
    return level, count
