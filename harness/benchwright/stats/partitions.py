"""The test of a difference between two sets by partitions of their union: how many of them show as large a difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations, islice
from math import comb

import numpy as np
from numpy.typing import NDArray

from benchwright.errors import BenchwrightError

EXACT = 100_000
"""Most partitions that are all looked at."""

DRAWS = 99_999
"""Random partitions otherwise; the one that was seen is counted beside them."""

_CHUNK = 2_000_000
"""Numbers that are looked at together."""

_ROUNDING = 1e-9
"""Sums of the same numbers in another order differ by less than this share of the largest one."""


@dataclass(frozen=True, kw_only=True)
class PartitionTest:
    """A one-sided p by partitions.

    Attributes:
        p: Share of partitions whose difference is at least the one seen, ties counted, in (0, 1].
        partitions: How many were looked at.
        exact: Whether these are all that there are.
    """

    p: float
    partitions: int
    exact: bool


def partition_test(first: NDArray[np.float64], second: NDArray[np.float64], *, seed: int = 0) -> PartitionTest:
    """The p of mean(first) - mean(second) among partitions of both into sets of these sizes.

    All of them up to 100,000; else 99,999 random ones and the one that was seen (WEAT: Caliskan et al. 2017; as in the script of
    SEAT, ties count against).

    Raises:
        BenchwrightError: A set is empty, or a number is not finite.
    """
    values = np.concatenate([first, second])
    if not len(first) or not len(second) or not np.isfinite(values).all():
        raise BenchwrightError(
            f"sets of {len(first)} and {len(second)} numbers cannot be compared by partitions",
            expected="at least one finite number in each",
        )
    # With fixed sizes the difference of means rises with the sum of the first set.
    least = first.sum() - _ROUNDING * max(1e-300, float(np.abs(values).sum()))
    total = comb(len(values), len(first))
    if total <= EXACT:
        found = sum(int((sums >= least).sum()) for sums in _all_sums(values, len(first)))
        return PartitionTest(p=found / total, partitions=total, exact=True)
    found = 1 + sum(int((sums >= least).sum()) for sums in _random_sums(values, len(first), seed))
    return PartitionTest(p=found / (DRAWS + 1), partitions=DRAWS + 1, exact=False)


def _all_sums(values: NDArray[np.float64], size: int) -> Iterator[NDArray[np.float64]]:
    """The sum of every set of that size, many at a time."""
    waiting = combinations(range(len(values)), size)
    rows = max(1, _CHUNK // size)
    while taken := list(islice(waiting, rows)):
        numbers = np.fromiter(chain.from_iterable(taken), dtype=np.intp, count=len(taken) * size)
        yield values[numbers.reshape(-1, size)].sum(axis=1)


def _random_sums(values: NDArray[np.float64], size: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """Sums of random sets of that size, many at a time: the places of the smallest of as many random numbers."""
    dice = np.random.default_rng(seed)
    rows = max(1, _CHUNK // len(values))
    for start in range(0, DRAWS, rows):
        keys = dice.random((min(rows, DRAWS - start), len(values)), dtype=np.float32)
        chosen = np.argpartition(keys, size - 1, axis=1)[:, :size]
        yield values[chosen].sum(axis=1)
