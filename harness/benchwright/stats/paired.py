"""Two models on the same items: exact McNemar, Tango's score interval.

``b`` counts items that the second model alone has right, ``c`` those that the first alone has right, ``n`` all items: the
difference is (b - c) / n, positive when the second is better. Items are taken as independent; items in clusters are
resampled (`benchwright.stats.estimator.Drawn`).
"""

from __future__ import annotations

from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, ndtr, ndtri, stdtrit

from benchwright.errors import BenchwrightError
from benchwright.stats.checks import one_of, whole, within

Floats = NDArray[np.float64]
Number = TypeVar("Number", float, Floats)
Bound = Literal["lower", "upper"]
Side = Literal["greater", "less"]

_HALVINGS = 60
"""Halvings of an interval at most 2 wide until neighbouring floats are left."""


def mcnemar(b: int, c: int) -> float:
    """Two-sided p of the exact McNemar test: b ~ Binomial(b + c, 1/2) under equal accuracy; 1 without discordant pairs.

    Raises:
        BenchwrightError: A count is negative or no whole number.
    """
    b, c = whole("b", b), whole("c", c)
    return min(1.0, 2 * float(bdtr(min(b, c), b + c, 0.5)))


def tango(b: float, c: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Tango's score interval (1998) for the paired difference (b - c) / n, ends in [-1, 1].

    Without discordant pairs it is +- z^2 / (n + z^2). Counts may be fractional.

    Raises:
        BenchwrightError: Counts are negative, exceed n, or are not finite; confidence is not between 0 and 1.
    """
    tail = (1 - within("confidence", confidence, 0, 1)) / 2
    return tango_bound(b, c, n, tail, "lower"), tango_bound(b, c, n, tail, "upper")


def tango_bound(b: float, c: float, n: float, alpha: float, side: Bound) -> float:
    """One-sided (1 - alpha) bound of (b - c) / n, ``lower`` or ``upper``, in [-1, 1]. Raises like ``tango``."""
    _check_counts(b, c, n)
    if one_of("side", side, ("lower", "upper")) == "upper":
        return -tango_bound(c, b, n, alpha, "lower")
    z = upper_quantile(within("alpha", alpha, 0, 0.5))
    low, high = -1.0, (b - c) / n
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        if score_statistic(float(b), float(c), n, middle) >= z:
            low = middle
        else:
            high = middle
    return low


def tango_p(b: float, c: float, n: float, delta0: float, side: Side) -> float:
    """One-sided p of the score test at H0: difference = ``delta0``.

    ``greater`` asks for evidence that the difference is above delta0 (non-inferiority: delta0 = -margin), ``less`` that it
    is below. p < alpha exactly when ``tango_bound`` at alpha is beyond delta0; 0.5 at delta0 = 0 without discordant pairs.
    Raises like ``tango``, and for a delta0 not between -1 and 1.
    """
    _check_counts(b, c, n)
    sign = 1 if one_of("side", side, ("greater", "less")) == "greater" else -1
    z = sign * score_statistic(float(b), float(c), n, within("delta0", delta0, -1, 1))
    return float(ndtr(-z))


def score_statistic(b: Number, c: Number, n: float, delta: float) -> Number:
    """Tango's statistic Z at a difference ``delta`` strictly inside (-1, 1); falls as delta grows.

    (b - c - n delta) / sqrt(n (2q + delta (1 - delta))) with q the constrained estimate of the share of c. Written for
    delta >= 0, where q has no cancellation that matters, and mirrored below.
    """
    if delta < 0:
        return -score_statistic(c, b, n, -delta)
    minus = b + c - (2 * n - b + c) * delta
    q = abs((minus * minus + 8 * n * delta * (1 - delta) * c) ** 0.5 + minus) / (4 * n)  # rounding may leave -1e-20
    variance = n * (2 * q + delta * (1 - delta))
    z: Number = (b - c - n * delta) / (variance + (variance == 0)) ** 0.5
    return z


def upper_quantile(alpha: float, df: float | None = None) -> float:
    """Upper quantile of the normal distribution, or of Student's t with ``df``: 1.645 for 0.05."""
    return -float(ndtri(alpha) if df is None else stdtrit(df, alpha))


def _check_counts(b: float, c: float, n: float) -> None:
    for name, count in (("b", b), ("c", c), ("n", n)):
        within(name, count, 0, float("inf"), ends=True)
        if count == float("inf"):
            raise BenchwrightError(f"{name} is infinite", expected="a finite count")
    if n <= 0 or b + c > n * (1 + 1e-12):
        raise BenchwrightError(f"{b:g} + {c:g} discordant items of {n:g}", expected="b + c at most n, and n above 0")
