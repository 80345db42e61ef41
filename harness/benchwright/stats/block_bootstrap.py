"""Intervals of means over samples that follow one another in time: whole blocks are drawn, so that neighbours stay together."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from benchwright.stats.autocorrelation import is_alike, lag_one
from benchwright.stats.checks import finite, whole
from benchwright.stats.intervals import Interval, expanded

Floats = NDArray[np.float64]

LEAST = 6
"""Samples below which there is no interval of a mean: so few say nothing about their spread."""

FEW = 40
FEWEST_BLOCKS = 8
"""Samples, or blocks of them, below which a resample of blocks is too narrow; Student's t then."""

MOST_BLOCKS = 2000
"""Of a resample: more would take hundreds of megabytes and change nothing."""


def mean_interval(values: ArrayLike, *, confidence: float = 0.95, seed: int = 20130, resamples: int = 2000) -> Interval:
    """Interval of the mean of samples in the order of time; no ends, with a flag, below `LEAST` samples.

    Circular block bootstrap (Politis and Romano 1992) with blocks of the cube root of n, longer where neighbours resemble one another;
    tails are widened for small samples (Hesterberg 2015, arXiv 1411.5279), by the number of blocks. Below 40 samples or 8 blocks, Student's
    t on as many samples as these are worth.

    Raises BenchwrightError for NaN.
    """
    series = finite("values", values, 1)
    n = whole("n", series.size)
    if n < LEAST:
        return Interval(low=None, high=None, se=None, method="none", flags=(f"{n} of {LEAST} samples for an interval",))
    length = max(block_length(series), math.ceil(n / MOST_BLOCKS))
    if n < FEW or n / length < FEWEST_BLOCKS:
        return _student(series, confidence)
    rng = np.random.default_rng(seed)
    blocks = math.ceil(n / length)
    sums = np.cumsum(np.concatenate([[0.0], series, series[: length - 1]]))
    of_blocks = (sums[length:] - sums[:-length])[:n] / length
    draws = of_blocks[rng.integers(0, n, (resamples, blocks))].mean(axis=1)
    low, high = expanded(draws, blocks, confidence)
    return Interval(low=low, high=high, se=float(draws.std(ddof=1)), method=f"block bootstrap, blocks of {length}")


def rate_interval(seconds: ArrayLike, each: float, *, confidence: float = 0.95) -> Interval:
    """Interval of ``each / mean(seconds)``: inputs a second of passes over ``each`` inputs, in the order of time.

    No upper end where the mean might be 0. Raises BenchwrightError for NaN.
    """
    of_mean = mean_interval(seconds, confidence=confidence)
    if of_mean.low is None or of_mean.high is None or not of_mean.high > 0:
        return replace(of_mean, low=None, high=None)
    if of_mean.low <= 0:
        flags = (*of_mean.flags, "times vary so much that the interval has no upper end")
        return Interval(low=each / of_mean.high, high=None, se=None, method=of_mean.method, flags=flags)
    return Interval(
        low=each / of_mean.high, high=each / of_mean.low, se=None, method=of_mean.method, flags=of_mean.flags
    )


def block_length(values: ArrayLike) -> int:
    """Samples to a block: cube root of n, times up to (1 + r) / (1 - r) where the lag-1 correlation r is more than chance."""
    series = finite("values", values, 1)
    lag = lag_one([series])
    basic: float = float(series.size) ** (1 / 3)
    if lag is None or not is_alike(lag, series.size):
        return max(round(basic), 1)
    stretch: float = ((1 + lag) / (1 - min(lag, 0.98))) ** (2 / 3)
    return max(round(basic * stretch), 1)


def _student(series: Floats, confidence: float) -> Interval:
    """Student's t on as many samples as these are worth if each follows from the one before it (AR(1)): n (1 - r) / (1 + r).

    So short a series does not show whether it is alike, so r counts wherever it is above 0; its bias, about (1 + 3r) / n, is taken off
    (Kendall 1954).
    """
    n = series.size
    lag = min(max(((lag_one([series]) or 0.0) * n + 1) / (n - 3), 0.0), 0.95)
    worth = max(n * (1 - lag) / (1 + lag), 2.0)
    se = float(series.std(ddof=1)) / worth**0.5
    reach = float(stdtrit(worth - 1, (1 + confidence) / 2)) * se
    centre = float(series.mean())
    return Interval(
        low=centre - reach, high=centre + reach, se=se, method="Student's t on as many samples as these are worth"
    )
