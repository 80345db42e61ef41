"""How often each unit is drawn in each bootstrap resample: exact multinomial weights, made in blocks on two threads.

Drawing n of n units with equal chances is done in two steps that together give exactly that multinomial. First every
unit gets an independent Poisson number of draws with a mean slightly below one, read from 16 random bits. Given its
sum N <= n the Poisson vector is Multinomial(N), so n - N single draws on top make it Multinomial(n). The rare resample
with N > n is replaced by one drawn unit by unit, which has the right distribution too.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
Counts = NDArray[np.uint8]

_BLOCK = 2**21
"""Weights of one block: small enough for the caches, large enough that threads seldom meet."""

_DIRECT = 256
"""Below this many units they are drawn one by one; a weight then cannot exceed what a byte holds."""

_SHORT = 60_000
"""Below this many units a sum of Poisson weights fits 16 bits: 20 standard deviations."""

_PIECE = 2**16
"""Weights worked on at once, small enough for the caches."""

_VALUES = 6
"""Poisson values read from 16 bits alone; larger ones (6 in 10,000) take a second random number."""


def visit_weights(
    visit: Callable[[Counts], T],
    *,
    units: int,
    resamples: int,
    seed: tuple[int, ...],
    threads: int = 2,
    draw: Callable[[np.random.Generator, int, int], Counts] | None = None,
) -> list[T]:
    """What ``visit`` returns for each block of weights, in order.

    A block is an array (resamples of the block, units) of how often each unit was drawn; each row sums to ``units``.
    It is stored unit by unit: its transpose is C-contiguous. Blocks depend on ``units``, ``resamples`` and ``seed``
    only, never on the number of threads. ``draw`` makes other weights (units, resamples) than those of the bootstrap.
    """
    weights_of = draw or draw_weights
    size = block_size(units)
    starts = range(0, resamples, size)
    seeds = np.random.SeedSequence(seed).spawn(len(starts))

    def one(number: int) -> T:
        rng = np.random.Generator(np.random.SFC64(seeds[number]))
        return visit(weights_of(rng, units, min(size, resamples - starts[number])).T)

    if threads == 1 or len(starts) == 1:
        return [one(number) for number in range(len(starts))]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(len(starts))))


def block_size(units: int) -> int:
    """Resamples drawn at once: a multiple of 16, from 16 to 1024."""
    return int(min(max(_BLOCK // max(units, 1) // 16 * 16, 16), 1024))


def draw_weights(rng: np.random.Generator, units: int, resamples: int) -> Counts:
    """Weights (units, resamples), C-contiguous: each column is Multinomial(units; 1/units, ...)."""
    if units < _DIRECT:
        return _one_by_one(rng, units, resamples)
    mean = 1 - 3 / units**0.5
    weights = _poisson(rng, mean, units * resamples).reshape(units, resamples)
    lacking = units - weights.sum(axis=0, dtype=np.uint16 if units < _SHORT else np.uint32).astype(np.int64)
    over = np.flatnonzero(lacking < 0)
    lacking[over] = 0
    column = np.repeat(np.arange(resamples), lacking)
    one = np.uint8(1)  # of the type of the weights: any other is cast one by one, ten times as slowly
    np.add.at(weights.reshape(-1), rng.integers(0, units, column.size) * resamples + column, one)
    if over.size:
        weights[:, over] = _one_by_one(rng, units, over.size)
    return weights


def _one_by_one(rng: np.random.Generator, units: int, resamples: int) -> Counts:
    drawn = rng.integers(0, units, (units, resamples)) * resamples + np.arange(resamples)
    counts = np.bincount(drawn.reshape(-1), minlength=units * resamples)
    return counts.astype(np.uint8).reshape(units, resamples)


def _poisson(rng: np.random.Generator, mean: float, size: int) -> Counts:
    """Exact Poisson draws: 16 bits decide in multiples of 1/65536, what is left over is drawn from the remainder."""
    cells, remainder = _table(mean)
    bits = rng.integers(0, 2**64, size=size // 4 + 1, dtype=np.uint64).view(np.uint16)[:size]
    weights = np.empty(size, dtype=np.uint8)
    for start in range(0, size, _PIECE):
        piece, some = weights[start : start + _PIECE], bits[start : start + _PIECE]
        np.greater_equal(some, cells[0], out=piece.view(np.bool_))
        for cell in cells[1:]:
            piece += np.greater_equal(some, cell).view(np.uint8)
    rest = np.flatnonzero(weights == _VALUES)
    weights[rest] = np.searchsorted(remainder, rng.random(rest.size), side="right").astype(np.uint8)
    return weights


@cache
def _table(mean: float) -> tuple[NDArray[np.uint16], NDArray[np.float64]]:
    """First bit pattern of values 1, 2, ..., and of the remainder; cumulative chances within the remainder."""
    chances = np.empty(40)
    chances[0] = np.exp(-mean)
    for value in range(1, chances.size):
        chances[value] = chances[value - 1] * mean / value
    whole = np.zeros(chances.size)
    whole[:_VALUES] = np.floor(chances[:_VALUES] * 65536)
    remainder = np.cumsum(chances - whole / 65536)
    cumulative = remainder / remainder[-1]
    cumulative[-1] = 1.0
    return np.cumsum(whole[:_VALUES]).astype(np.uint16), cumulative
