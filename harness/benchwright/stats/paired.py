"""Two models on the same items: exact McNemar, Tango's score interval.

``b`` counts items that only the second model answers correctly, ``c`` those that only the first does, ``n`` all items: the
difference is (b - c) / n, positive when the second is better. Items are taken as independent; items in clusters are
resampled (`benchwright.stats.bootstrap_difference`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, ndtr

from benchwright.errors import BenchwrightError
from benchwright.stats.checks import one_of, whole, within
from benchwright.stats.difference import Bound, Tail
from benchwright.stats.intervals import upper_quantile

Floats = NDArray[np.float64]
Number = TypeVar("Number", float, Floats)

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


def tango_p(b: float, c: float, n: float, delta0: float, side: Tail) -> float:
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


@dataclass(frozen=True, kw_only=True)
class DiscordantCounts:
    """McNemar's discordant counts of ``n`` independent items: only the second model is right in ``b``, only the first in ``c``."""

    b: float
    c: float
    n: float
    flags: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """(b - c) / n."""
        return (self.b - self.c) / self.n

    @property
    def se(self) -> float | None:
        """Wald standard error of independent pairs."""
        return float((max((self.b + self.c) / self.n - self.value**2, 0.0) / self.n) ** 0.5)

    @property
    def method(self) -> str:
        """Tango's score method."""
        return "tango"

    def bound(self, alpha: float, side: Bound) -> float | None:
        """Tango's one-sided bound."""
        return tango_bound(self.b, self.c, self.n, min(alpha, 0.5 - 1e-12), side)

    def p(self, delta0: float, tail: Tail) -> float | None:
        """p-value of the score test; 0 or 1 for a delta0 outside (-1, 1)."""
        if abs(delta0) >= 1:
            is_beyond = self.value > delta0 if tail == "greater" else self.value < delta0
            return 0.0 if is_beyond else 1.0
        return tango_p(self.b, self.c, self.n, delta0, tail)


def _check_counts(b: float, c: float, n: float) -> None:
    for name, count in (("b", b), ("c", c), ("n", n)):
        within(name, count, 0, float("inf"), ends=True)
        if count == float("inf"):
            raise BenchwrightError(f"{name} is infinite", expected="a finite count")
    if n <= 0 or b + c > n * (1 + 1e-12):
        raise BenchwrightError(f"{b:g} + {c:g} discordant items of {n:g}", expected="b + c at most n, and n above 0")
