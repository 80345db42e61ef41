"""The count-cell bootstrap: merge equal unit rows, draw how often each was taken, one matrix product for all sums.

Merging equal rows of a multinomial gives a multinomial, so the distribution is exactly that of resampling units one by
one, at the cost of the number of *different* rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.stats.resample_weights import visit_weights

Floats = NDArray[np.float64]

_CELL_COST = 40
"""A multinomial draw of one different row costs about as much as the weights of this many single units."""

_SMALL_PRODUCT = 200_000
"""Multiplications of a matrix product that BLAS still does on one thread: same bytes on any number of cores, and our
two threads do not wait for its locks."""


_EXACT = 2.0**24
"""Whole numbers below this are exact in single precision."""


@dataclass(frozen=True, kw_only=True)
class ClusterRows:
    """Different rows (m, w) and how many units have each (m); ``units`` is their total."""

    values: Floats
    counts: NDArray[np.int64]

    @property
    def units(self) -> int:
        """Number of units."""
        return int(self.counts.sum())

    @property
    def sums(self) -> Floats:
        """Column sums over all units (w)."""
        total: Floats = self.counts @ self.values
        return total


def sum_by_cluster(values: Floats, clusters: NDArray[np.intp] | None) -> Floats:
    """One row per unit: item rows (n, w) themselves, or their sums over clusters coded 0 .. C-1."""
    if clusters is None:
        return values
    size = int(clusters.max()) + 1 if clusters.size else 0
    columns = [np.bincount(clusters, weights=column, minlength=size) for column in values.T]
    return np.stack(columns, axis=1) if columns else np.empty((size, 0))


def merge_rows(values: Floats, counts: NDArray[np.int64] | None = None) -> ClusterRows:
    """Rows (U, w) with equal ones merged; ``counts``: how many units each stands for (U), one by default."""
    bits = np.ascontiguousarray(values + 0.0).view(np.int64)
    bits ^= bits >> 32  # small whole numbers differ in their high bits only, which a product would push out
    mix = np.random.default_rng(0).integers(1, 2**62, values.shape[1], dtype=np.int64) | 1
    _, first, inverse = np.unique((bits * mix).sum(axis=1), return_index=True, return_inverse=True)
    merged = values[first]
    if not np.array_equal(merged[inverse], values):  # two different rows had one hash
        merged, inverse = np.unique(values, axis=0, return_inverse=True)
    added = np.bincount(inverse.reshape(-1), weights=counts, minlength=len(merged))
    return ClusterRows(values=merged, counts=added.astype(np.int64))


def is_cheap(rows: ClusterRows, units: int | None = None) -> bool:
    """Whether drawing different rows is cheaper than drawing units: those of the rows, or ``units`` of which they are some."""
    return rows.counts.size * _CELL_COST <= max(rows.units if units is None else units, 1024)


def draw_sums(rows: ClusterRows, *, resamples: int, seed: tuple[int, ...], threads: int = 2) -> Floats:
    """Column sums (resamples, w) of bootstrap resamples of the units."""
    if is_cheap(rows):
        rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed)))
        drawn = rng.multinomial(rows.units, rows.counts / rows.units, size=resamples)
        sums: Floats = drawn @ rows.values
        return sums
    values = np.repeat(rows.values, rows.counts, axis=0)
    blocks = visit_weights(
        lambda weights: weigh(values, weights), units=len(values), resamples=resamples, seed=seed, threads=threads
    )
    return np.concatenate(blocks)


def weigh(values: Floats, weights: NDArray[np.uint8]) -> Floats:
    """Weighted column sums (b, w) of rows (U, w) under weights (b, U) that add up to at most U.

    Whole numbers whose sums stay below 2^24 are added in single precision: twice as fast, and as exact.
    """
    by_unit = weights.T
    largest = float(np.abs(values).max(initial=0.0))
    short = largest * len(values) < _EXACT and np.array_equal(values, np.rint(values))
    kind = np.float32 if short else np.float64
    rows = values.astype(kind, copy=False)
    sums = np.zeros((values.shape[1], by_unit.shape[1]), dtype=kind)
    step = max(_SMALL_PRODUCT // max(sums.size, 1), 16)
    for start in range(0, len(values), step):
        piece = slice(start, start + step)
        sums += rows[piece].T @ by_unit[piece].astype(kind)
    return sums.T.astype(np.float64, copy=False)
