"""A paired difference from bootstrap draws, with bounds that account for few units and for unobserved differences.

Bounds are the widest of: the percentile of the draws with tails widened for few units (Hesterberg 2015); Student's t with
the larger of the bootstrap's and the jackknife's standard error; below `MANY_UNITS` Hall's (1992) transformation of that t,
which allows for skewness. Each alone undercovers somewhere: percentiles with few units, t if gains are rare and large,
Hall's if cluster sizes differ. Simulated rates: ``tests/stats/test_few_clusters.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtr

from benchwright.items import Changes, differing
from benchwright.stats.difference import Bound, DifferenceEstimate, Tail, bound_distance, invert_bound
from benchwright.stats.intervals import upper_quantile
from benchwright.stats.jackknife import FEW, skewness, t_reaches, t_tails, unobserved_p

Floats = NDArray[np.float64]

MANY_UNITS = 200
"""From here on a mean of units is so close to normal that their skewness and leave-one-out values change nothing."""

_NONE = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class BootstrapDifference:
    """Bootstrap draws of a difference.

    Attributes:
        value: The difference on the items.
        draws: Of the difference (R), undefined ones left out; those count as beyond every null value.
        units: Independent units.
        width: Highest minus lowest value of the metric; infinite if it has no bounds.
        resamples: Number of resamples, undefined ones included.
        changed: Number of items that the two answer differently, or of clusters with such items if these are at most half
            of all; None if unknown or not meaningful.
        counted: Unit of ``changed``.
        without_one: Leave-one-out differences (units), if there are few units; else None.
        sizes: Number of items of each unit, if there are few units; else None.
        extra: Further flags.
    """

    value: float
    draws: Floats
    units: int
    width: float
    resamples: int
    changed: int | None = None
    counted: Changes = "answers"
    without_one: Floats | None = None
    sizes: Floats | None = None
    extra: tuple[str, ...] = ()

    @property
    def se(self) -> float | None:
        """Standard error used in the bounds; None without draws."""
        if self.draws.size < 2 or self.units < 2:
            return None
        return 0.0 if self.has_no_spread else self._error

    @property
    def method(self) -> str:
        """Paired bootstrap, or its replacement if no draws differ."""
        return f"paired bootstrap {self.resamples:,}" if not self.has_no_spread else "unseen differences"

    @property
    def flags(self) -> tuple[str, ...]:
        """Undefined resamples; no spread."""
        lost = self.resamples - self.draws.size
        told = (f"{lost} of {self.resamples} resamples are undefined: counted as beyond either bound",) if lost else ()
        flat = ("no resample differs: bounds from differences not seen",) if self.has_no_spread else ()
        rare = (
            (f"{differing(self.changed or 0, self.counted)}: bounds allow for differences not seen",)
            if self.is_rare
            else ()
        )
        return (*self.extra, *told, *flat, *rare)

    def bound(self, alpha: float, side: Bound) -> float | None:
        """The widest of the percentile, t and Hall's t bounds; if no draws differ, the bound of z^2 unobserved units; within ``width``."""
        level = self._level(alpha)
        if level is None:
            return None
        sign = -1 if side == "lower" else 1
        quantile = upper_quantile(level, self.units - 1)
        unseen = self.value + sign * quantile**2 / (self.units + quantile**2) * self.width
        if self.has_no_spread:
            return None if math.isinf(self.width) else float(min(max(unseen, -self.width), self.width))
        ends = [self._percentile(level, side), *self._studentised(level, sign)]
        if self.is_rare:
            ends.append(unseen)
        return float(max(-self.width, min(ends)) if side == "lower" else min(self.width, max(ends)))

    def p(self, delta0: float, tail: Tail) -> float | None:
        """The level at which the bound touches delta0: the largest of its parts."""
        if not self._is_known or (self.has_no_spread and math.isinf(self.width)):
            return None
        sign = 1 if tail == "greater" else -1
        if sign * delta0 < -self.width:
            return 0.0 if self.resamples == self.draws.size else (self.resamples - self.draws.size) / self.resamples
        distance = sign * (self.value - delta0)
        if self.has_no_spread:
            p = self._unseen_p(distance)
        else:
            parts = [self._percentile_p(delta0, sign), *self._studentised_p(distance, sign)]
            if self.is_rare:
                parts.append(self._unseen_p(distance))
            p = max(parts)
        defined, asked = self.draws.size, self.resamples
        return float(min(1.0, (p * defined + asked - defined) / asked))

    @cached_property
    def has_no_spread(self) -> bool:
        """Whether no draw differs from another."""
        return not self.draws.size or float(np.ptp(self.draws)) <= _NONE

    @cached_property
    def _is_known(self) -> bool:
        return self.units >= 2 and 2 * self.draws.size >= self.resamples and math.isfinite(self.value)

    @property
    def is_rare(self) -> bool:
        """Whether so few answers differ that the bootstrap understates the uncertainty."""
        return not self.has_no_spread and self.changed is not None and self.changed < FEW and math.isfinite(self.width)

    def _level(self, alpha: float) -> float | None:
        """The level among defined draws that corresponds to alpha among all, undefined ones counting as extreme; None if there is none."""
        if not self._is_known:
            return None
        level = (alpha * self.resamples - (self.resamples - self.draws.size)) / self.draws.size
        return level if level > _NONE else None

    @cached_property
    def _sorted(self) -> Floats:
        return np.sort(self.draws)

    @cached_property
    def _error(self) -> float:
        """Standard error: the bootstrap's, corrected for the units, or the jackknife's where that is larger."""
        error = float(self.draws.std(ddof=1)) * math.sqrt(self.units / (self.units - 1))
        if self.without_one is None:
            return error
        apart = self.without_one - self.value
        return max(error, math.sqrt(float(apart @ apart) * (self.units - 1) / self.units))

    @cached_property
    def _skew(self) -> float | None:
        """Skewness of the units' influence over the root of their number; None with many units."""
        return None if self.without_one is None else skewness(self.without_one.mean() - self.without_one)

    @cached_property
    def _df(self) -> float:
        """Degrees of freedom of t: Kish's effective number of units, (sum n)^2 / (sum n^2), less 1; at least 1."""
        if self.sizes is None:
            return float(self.units - 1)
        return float(max(self.sizes.sum() ** 2 / (self.sizes @ self.sizes) - 1, 1.0))

    def _percentile(self, level: float, side: Bound) -> float:
        tail = float(ndtr(-((self.units / (self.units - 1)) ** 0.5) * upper_quantile(level, self._df)))
        at = (tail if side == "lower" else 1 - tail) * (self._sorted.size - 1)
        below = min(int(at), self._sorted.size - 2)
        low, high = self._sorted[below : below + 2].tolist()
        return float(low + (at - below) * (high - low))

    def _percentile_p(self, delta0: float, sign: int) -> float:
        drawn = sign * self.draws
        reached = drawn <= sign * delta0
        number = int(reached.sum())
        if number in (0, drawn.size):
            return float(number > 0)
        low, high = (
            float(drawn[reached].max()),
            float(drawn[~reached].min()),
        )  # the two beside it; a sort would cost more
        tail = (number - 1 + (sign * delta0 - low) / (high - low)) / (drawn.size - 1)
        return float(stdtr(self._df, ndtri(tail) / (self.units / (self.units - 1)) ** 0.5))

    def _studentised(self, level: float, sign: int) -> list[float]:
        quantile = upper_quantile(level, self._df)
        return [self.value + far * self._error for far in t_reaches(quantile, self._skew, sign)]

    def _studentised_p(self, distance: float, sign: int) -> list[float]:
        return t_tails(distance / self._error, self._skew, self._df, sign)

    def _unseen_p(self, distance: float) -> float:
        return unobserved_p(distance, self.width, self.units)


@dataclass(frozen=True, kw_only=True, eq=False)
class WidenedDifference:
    """A difference with an additional margin ``beyond`` for what its draws do not show, added in quadrature."""

    seen: DifferenceEstimate
    beyond: Callable[[float, Bound], float | None]
    flags: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """The difference."""
        return self.seen.value

    @property
    def se(self) -> float | None:
        """Standard error of the observed difference."""
        return self.seen.se

    @property
    def method(self) -> str:
        """Of what was seen."""
        return self.seen.method

    def bound(self, alpha: float, side: Bound) -> float | None:
        """The bound with both distances added in quadrature; ``beyond`` alone if no draws differ."""
        beyond = self.beyond(alpha, side)
        if beyond is None:
            return None
        if isinstance(self.seen, BootstrapDifference) and self.seen.has_no_spread:
            far = 0.0 if self.seen._level(alpha) is not None else None  # noqa: SLF001 - whether there is a level at all
        else:
            far = bound_distance(self.seen, alpha, side)
        return None if far is None else self.value + (-1 if side == "lower" else 1) * math.hypot(far, beyond)

    def p(self, delta0: float, tail: Tail) -> float | None:
        """The level at which the bound touches delta0."""
        return invert_bound(self, delta0, tail)
