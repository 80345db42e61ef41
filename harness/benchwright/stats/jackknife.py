"""Bounds of a difference from the influence of each unit: Student's t, Hall's t for skewness, and unobserved differences.

The variance of an area under a curve is known from the units' influence, without resamples: DeLong's. Bootstrap draws share
these bounds (`benchwright.stats.bootstrap_difference`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from benchwright.items import differing
from benchwright.stats.difference import Bound, Tail
from benchwright.stats.intervals import upper_quantile

Floats = NDArray[np.float64]

FEW = 10
"""With fewer differing answers a bootstrap of them is too sure: one item won in twenty never gives a loss."""

_NONE = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class JackknifeDifference:
    """A difference whose variance is computed from the influence of each unit, without resamples: DeLong's for ROC areas.

    Attributes:
        value: The difference on the items.
        influence: Influence of each unit on the value (first order), summing to 0 (units).
        width: Highest minus lowest value of the metric.
        df: Degrees of freedom of Student's t.
        changed: Number of items whose scores differ; None if unknown.
        extra: Further flags.
    """

    value: float
    influence: Floats
    width: float
    df: float
    changed: int | None = None
    extra: tuple[str, ...] = ()

    @property
    def units(self) -> int:
        """Independent units."""
        return self.influence.size

    @cached_property
    def se(self) -> float | None:
        """Root of the sum of squares, corrected for the units; None for one unit."""
        if self.units < 2:
            return None
        return math.sqrt(float(self.influence @ self.influence) * self.units / (self.units - 1))

    @property
    def method(self) -> str:
        """Method of the bounds."""
        return "unseen differences" if self.has_no_spread else "infinitesimal jackknife, Student's t"

    @property
    def flags(self) -> tuple[str, ...]:
        """Few differing answers, or none."""
        if self.has_no_spread:
            return (*self.extra, "no unit changes it: bounds from differences not seen")
        rare = (f"{differing(self.changed or 0)}: bounds allow for differences not seen",) if self.is_rare else ()
        return (*self.extra, *rare)

    @property
    def has_no_spread(self) -> bool:
        """Whether no unit has any influence on the difference."""
        return (self.se or 0.0) <= _NONE

    @property
    def is_rare(self) -> bool:
        """Whether so few answers differ that unobserved differences may be larger."""
        return self.changed is not None and self.changed < FEW

    def bound(self, alpha: float, side: Bound) -> float | None:
        """The wider of Student's and Hall's t bounds; with few differing answers at least that of unobserved ones; within ``width``."""
        if self.units < 2 or not math.isfinite(self.value):
            return None
        sign = -1 if side == "lower" else 1
        ends = [] if self.has_no_spread else self._studentised(alpha, sign)
        if self.has_no_spread or self.is_rare:
            square = upper_quantile(alpha, self.units - 1) ** 2
            ends.append(self.value + sign * square / (self.units + square) * self.width)
        return float(max(-self.width, min(ends)) if side == "lower" else min(self.width, max(ends)))

    def p(self, delta0: float, tail: Tail) -> float | None:
        """The level at which the bound touches delta0."""
        if self.units < 2 or not math.isfinite(self.value):
            return None
        sign = 1 if tail == "greater" else -1
        distance = sign * (self.value - delta0)
        if sign * delta0 < -self.width:
            return 0.0
        parts = [] if self.has_no_spread else t_tails(distance / (self.se or 1.0), self._skew, self.df, sign)
        if self.has_no_spread or self.is_rare:
            parts.append(unobserved_p(distance, self.width, self.units))
        return min(1.0, max(parts))

    @cached_property
    def _skew(self) -> float | None:
        return skewness(self.influence)

    def _studentised(self, alpha: float, sign: int) -> list[float]:
        quantile = upper_quantile(alpha, self.df)
        return [self.value + far * (self.se or 0.0) for far in t_reaches(quantile, self._skew, sign)]


def t_reaches(quantile: float, skew: float | None, sign: int) -> list[float]:
    """Standard errors to a bound above (sign 1) or below the value: Student's, and Hall's if there is skewness."""
    found = [sign * quantile]
    if skew:
        found.append(-float(3 / skew * (np.cbrt(1 + skew * (-sign * quantile - skew / 6)) - 1)))
    return found


def t_tails(distance: float, skew: float | None, df: float, sign: int) -> list[float]:
    """One-sided p of a distance in standard errors, in the direction of the tail: Student's, and Hall's."""
    found = [float(stdtr(df, -distance))]
    if skew:
        t = sign * distance
        bent = t + skew * t**2 / 3 + skew**2 * t**3 / 27 + skew / 6
        found.append(float(stdtr(df, -sign * bent)))
    return found


def influence_of_units(apart: Floats, units: NDArray[np.intp]) -> tuple[Floats, float]:
    """How units move means over items, and the degrees of freedom of Student's t that they give.

    Where one unit holds most of the items, neither the spread between units nor their number says how far the mean may be off: the
    influence is therefore that of leaving a unit out, and units count by their effective number (Kish), n^2 / sum of squared sizes.

    Args:
        apart: What each item differs from the mean in (n, w).
        units: Unit of each item (n); at least two units.

    Returns:
        (C - 1) / C times what each mean loses without the unit, summing to 0 (C, w); the effective number less 1, at least 1.
    """
    codes = np.unique(units, return_inverse=True)[1]
    sizes = np.bincount(codes)
    sums = np.stack([np.bincount(codes, weights=column) for column in apart.T], axis=1)
    lost = sums / (len(apart) - sizes)[:, None]
    influence: Floats = (lost - lost.mean(axis=0)) * (sizes.size - 1) / sizes.size
    return influence, max(len(apart) ** 2 / float(sizes @ sizes) - 1, 1.0)


def skewness(influence: Floats) -> float | None:
    """Skewness of the units' influence over the root of their number; None if it cannot be computed."""
    units = influence.size
    if units < 3:
        return None
    spread = float((influence**2).mean())
    if spread <= _NONE**2:
        return None
    unbiased = math.sqrt(units * (units - 1)) / (units - 2)
    cubes = influence * influence * influence  # a power of every unit takes twenty times as long
    return float(cubes.mean()) / math.pow(spread, 1.5) * unbiased / math.sqrt(units)


def unobserved_p(distance: float, width: float, units: int) -> float:
    """The level at which the bound of unobserved differences meets delta0: t from u = t^2 / (U + t^2)."""
    if distance <= 0:
        return 1.0
    share = distance / width
    if share >= 1:
        return 0.0
    return float(stdtr(units - 1, -math.sqrt(share * units / (1 - share))))
