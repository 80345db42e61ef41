"""How far samples taken one after the other resemble one another, and how many independent ones they are worth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchwright.stats.checks import finite

Floats = NDArray[np.float64]

_CERTAIN = 2.6
"""Standard errors from which a correlation counts as one: up to 2 % of independent series reach it, up to 5 % where misses are rare (p99)."""


def lag_one(series: Sequence[ArrayLike]) -> float | None:
    """Correlation of the rank of each sample with that of the next, over all series; no pair reaches across two of them.

    Ranks, because one slow call among a thousand would decide the correlation of the values. None below three samples in every series,
    or where all are equal.
    """
    parts = [finite("samples", one, 1) for one in series]
    sizes = [part.size for part in parts]
    if not any(size > 2 for size in sizes):
        return None
    pooled = np.concatenate(parts)
    places = ranked(pooled)
    centred = np.split(places - places.mean(), np.cumsum(sizes)[:-1])
    spread = sum(float(one @ one) for one in centred)
    if spread <= 0:
        return None
    pairs = sum(max(size - 1, 0) for size in sizes)
    shared = sum(float(one[:-1] @ one[1:]) for one in centred if one.size > 1)
    return (shared / pairs) / (spread / pooled.size)


def is_alike(lag: float | None, n: int) -> bool:
    """Whether a lag-1 correlation of n samples is more than independent series show by chance (1 % of them do)."""
    return lag is not None and lag > _CERTAIN / n**0.5


def worth(hits: Sequence[ArrayLike], *, alike: bool = False) -> int:
    """How many independent samples are as good an estimate of a share as these series of hits and misses.

    The variance of a share over a stationary series is p(1-p)/n times 1 + 2 sum of its autocorrelations. These are summed by Geyer's
    initial positive sequence (Statistical Science 1992, 7:473): pairs of lags until a pair is no longer positive. Where the first
    lags are within what independent samples show, n is returned, so that chance takes nothing away; unless it is known from elsewhere
    that neighbours are ``alike``: a few rare misses show that too seldom.
    """
    parts = [np.asarray(one, dtype=np.float64).reshape(-1) for one in hits]
    n = sum(part.size for part in parts)
    if n < 4:
        return n
    share = float(np.concatenate(parts).mean())
    if not 0 < share < 1:
        return n
    correlations = _autocorrelations([part - share for part in parts], share * (1 - share))
    if not alike and not _is_certain(correlations, n):
        return n
    return max(int(n / _time(correlations)), 1)


def _is_certain(correlations: Floats, n: int) -> bool:
    """Whether the first, or the first few together, are more than chance."""
    few = correlations[:5]
    return bool(few[0] > _CERTAIN / n**0.5 or few.sum() > _CERTAIN * (few.size / n) ** 0.5)


def _time(correlations: Floats) -> float:
    """1 + 2 sum of correlations (lags 1, 2, ...), by pairs (0, 1), (2, 3), ... while these are positive and do not grow."""
    with_zero = np.concatenate([[1.0], correlations])
    pairs = with_zero[: with_zero.size // 2 * 2].reshape(-1, 2).sum(axis=1)
    ends = np.flatnonzero(pairs <= 0)
    kept = np.minimum.accumulate(pairs[: ends[0]] if ends.size else pairs)
    return max(2 * float(kept.sum()) - 1, 1.0)


def _autocorrelations(parts: Sequence[Floats], variance: float) -> Floats:
    """Of lags 1 up to a third of the longest series, by Fourier transform; series are independent of one another."""
    longest = max(part.size for part in parts)
    lags = max(longest // 3, 1)
    total = np.zeros(lags + 1)
    for part in parts:
        size = 1 << (part.size + lags).bit_length()
        spectrum = np.fft.rfft(part, size)
        total += np.fft.irfft(spectrum * spectrum.conj(), size)[: lags + 1]
    n = sum(part.size for part in parts)
    found: Floats = total[1:] / n / variance
    return found


def ranked(values: Floats) -> Floats:
    """Ranks from 1, ties sharing their mean rank."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    found: Floats = (last - (counts - 1) / 2)[places.reshape(-1)]
    return found
