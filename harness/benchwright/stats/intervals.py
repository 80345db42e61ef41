"""Closed-form intervals for shares: Wilson's score interval, and the same with an effective sample size for clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A two-sided interval, its standard error, how it was made, what a reader must know."""

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
