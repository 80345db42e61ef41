"""Intervals of one score: Wilson's for shares, with an effective sample size for clusters; of bootstrap draws percentile and BCa.

Measured coverage of nominal 95 % intervals, percentile / expanded / BCa, among samples whose resamples show any spread
(all populations, sample counts and how to repeat it: ``docs/design/intervals.md``):

==========================  ==================  ==================  ==================  ==================
population                  n = 50              200                 1,000               5,000
==========================  ==================  ==================  ==================  ==================
F1 0.70, 10 % positive      94.3 / 94.7 / 98.2  94.8 / 94.8 / 96.2  94.5 / 94.5 / 95.0  95.0 / 95.0 / 95.0
macro-F1, classes 41/50/9   89.2 / 89.8 / 92.0  94.2 / 94.5 / 95.7  94.5 / 94.5 / 94.7  95.1 / 95.1 / 95.1
MCC 0.59                    93.1 / 93.7 / 95.7  95.3 / 95.5 / 95.6  95.0 / 95.2 / 95.2  93.5 / 93.5 / 93.8
Pearson 0.85, normal        93.0 / 94.2 / 93.2  94.6 / 94.7 / 94.6  96.2 / 96.2 / 96.0  92.5 / 92.5 / 92.5
Pearson 0.92, outliers      86.4 / 87.5 / 89.0  90.3 / 90.4 / 91.6  94.6 / 94.6 / 93.6  92.0 / 92.0 / 93.0
Spearman 0.92, outliers     96.5 / 97.0 / 92.7  94.2 / 94.3 / 91.8  94.4 / 94.6 / 94.2  92.5 / 92.5 / 92.0
==========================  ==================  ==================  ==================  ==================

Hence BCa, for Spearman and means with it the expanded percentile, and for F1 neither: Wilson's interval for the share
behind it covers 97.0, 95.0, 94.8 and 94.9 in the first row. The last column of correlations rests on 200 samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtrit

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A two-sided interval with its standard error, method and flags."""

    low: float | None
    high: float | None
    se: float | None
    method: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Share:
    """Hits out of trials with the spread between independent units.

    Attributes:
        hits: Successes; with trials, the estimate.
        trials: Attempts.
        units: Units that hold at least one trial.
        se: Standard error from the units (section 1 of the decisions on statistics).
        together: Whether one unit can hold several trials, so that trials are not independent.
    """

    hits: float
    trials: float
    units: int
    se: float
    together: bool


def z_quantile(confidence: float) -> float:
    """Two-sided standard normal quantile: 1.96 for 0.95."""
    return float(ndtri((1 + confidence) / 2))


def t_quantile(confidence: float, freedom: int) -> float:
    """Two-sided quantile of Student's t with ``freedom`` degrees of freedom."""
    return float(stdtrit(freedom, (1 + confidence) / 2))


def upper_quantile(alpha: float, df: float | None = None) -> float:
    """Upper quantile of the normal distribution, or of Student's t with ``df``: 1.645 for 0.05."""
    return -float(ndtri(alpha) if df is None else stdtrit(df, alpha))


def wilson(
    hits: float, trials: float, confidence: float = 0.95, *, quantile: float | None = None
) -> tuple[float, float]:
    """Wilson's score interval (1927) for a share, ends in [0, 1]; (0, 1) without trials.

    ``trials`` may be an effective, fractional number. ``quantile`` replaces the normal quantile.
    """
    if trials <= 0:
        return 0.0, 1.0
    z = z_quantile(confidence) if quantile is None else quantile
    share = hits / trials
    weight = z * z / trials
    centre = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * (share * (1 - share) / trials + weight / (4 * trials)) ** 0.5
    low = 0.0 if hits == 0 else max(centre - half, 0.0)
    high = 1.0 if hits == trials else min(centre + half, 1.0)
    return low, high


def share_of(hits: Floats, trials: Floats, counts: NDArray[np.int64] | None = None) -> Share:
    """A share summed over units (U), each standing for ``counts`` equal ones.

    The standard error is that of a ratio of sums, SE^2 = C/(C-1) * sum_c (hits_c - share * trials_c)^2 / trials^2: for a
    mean this is the clustered formula of arXiv 2411.00640, appendix A.
    """
    times = np.ones(len(hits)) if counts is None else counts
    used = trials > 0
    total, attempts, units = float(times @ hits), float(times @ trials), int(times @ used)
    share = total / attempts if attempts else 0.0
    squares = float(times @ (hits - share * trials) ** 2)
    se = (units / (units - 1) * squares) ** 0.5 / attempts if units > 1 else float("nan")
    return Share(hits=total, trials=attempts, units=units, se=se, together=bool((trials > 1).any()))


def share_interval(share: Share, confidence: float = 0.95) -> Interval:
    """Wilson's interval; with several trials in a unit, on an effective sample size and Student's t.

    The effective size is trials / max(1, design effect); at 0 % and 100 %, where no design effect can be seen, it is the
    number of units. ``se`` is sqrt(p (1 - p) / n) of independent trials, else that of the units; at 0 % and 100 %, where
    both are 0, it is half the interval over z, so that an average over tasks does not take it for certainty.
    """
    if share.trials <= 0:
        return Interval(low=None, high=None, se=None, method="none")
    value = share.hits / share.trials
    variance = value * (1 - value) / share.trials
    if not share.together:
        low, high = wilson(share.hits, share.trials, confidence)
        se, method = variance**0.5, "wilson"
    elif share.units < 2:
        return Interval(low=None, high=None, se=None, method="none", flags=("one cluster: no interval",))
    else:
        effect = max(1.0, share.se**2 / variance) if variance > 0 else share.trials / share.units
        size = share.trials / effect
        quantile = t_quantile(confidence, share.units - 1)
        low, high = wilson(value * size, size, quantile=quantile)
        se, method = share.se, "wilson-clustered"
    return Interval(low=low, high=high, se=se or (high - low) / (2 * z_quantile(confidence)), method=method)


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
    draws and value count half. Falls back to the percentile interval if the correction is not finite.
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
