"""Intervals from bootstrap draws: percentile, expanded percentile, BCa."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from benchwright.stats.intervals import t_quantile

Floats = NDArray[np.float64]


def percentile(draws: Floats, confidence: float = 0.95) -> tuple[float, float]:
    """Equal-tailed quantiles of the draws (Efron 1979)."""
    tail = (1 - confidence) / 2
    low, high = np.quantile(draws, (tail, 1 - tail))
    return float(low), float(high)


def expanded(draws: Floats, units: int, confidence: float = 0.95) -> tuple[float, float]:
    """Percentile interval with tails widened for small samples (Hesterberg 2015, arXiv 1411.5279, section 4.3)."""
    if units < 2:
        return percentile(draws, confidence)
    tail = float(ndtr(-((units / (units - 1)) ** 0.5) * t_quantile(confidence, units - 1)))
    low, high = np.quantile(draws, (tail, 1 - tail))
    return float(low), float(high)


def bca(
    draws: Floats,
    value: float,
    left_out: Floats,
    counts: NDArray[np.int64],
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Bias-corrected and accelerated interval (Efron 1987).

    ``left_out`` are the values without one unit of each kind, ``counts`` how many units are of that kind. Ties between
    draws and value count half. Falls back to the percentile interval where the correction is not finite.
    """
    below = float(np.mean(draws < value) + np.mean(draws == value) / 2)
    if below in (0.0, 1.0):
        return percentile(draws, confidence)
    bias = float(ndtri(below))
    known = np.isfinite(left_out)
    weights, left = counts[known], left_out[known]
    pull = (weights @ left) / max(int(weights.sum()), 1) - left
    spread = float(weights @ pull**2)
    skew = float(weights @ pull**3) / (6 * spread**1.5) if spread > 0 else 0.0
    tail = ndtri((1 - confidence) / 2)
    shifted = bias + np.array([tail, -tail])
    slope = 1 - skew * shifted
    if (slope <= 0).any():
        return percentile(draws, confidence)
    low, high = np.quantile(draws, ndtr(bias + shifted / slope))
    return float(low), float(high)
