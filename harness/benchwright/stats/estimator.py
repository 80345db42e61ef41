"""One difference, asked in three ways: its value, a bound at any level, a p at any null value.

Whoever answers one of them answers all: p is the level at which the bound of the same object touches the null value, so
that a verdict never depends on whether it was read off an interval or a p. Two-sided, p is twice the smaller one-sided p,
the counterpart of an interval with half of alpha in each tail.

=====================  ================================================================================================
`Pairs`                shares of independent items that both systems tried: Tango's score method
`Drawn`                everything else on one task: bootstrap draws, Student's t, and what is skew among few units
`Linear`               areas under curves: the variance from what each unit adds, at any size
`Combined`             weighted sums of independent parts, such as means over tasks
`Widened`              a difference whose draws do not show all that may differ
=====================  ================================================================================================

Bounds of `Drawn` are the widest of: the percentile of the draws with tails widened for few units (Hesterberg 2015); Student's
t with the larger of the bootstrap's and the jackknife's standard error; below `MANY_UNITS` Hall's (1992) transformation of
that t, which allows for skewness. Each alone is too sure somewhere: percentiles with few units, t where gains are rare and
large, Hall's where sizes of clusters differ. Simulated rates: ``tests/stats/test_few_clusters.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtr

from benchwright.items import Changes, differing
from benchwright.stats.paired import tango_bound, tango_p, upper_quantile

Floats = NDArray[np.float64]
Bound = Literal["lower", "upper"]
Tail = Literal["greater", "less"]

FEW = 10
"""With fewer differing answers a bootstrap of them is too sure: one item won in twenty never gives a loss."""

MANY_UNITS = 200
"""From here on a mean of units is so close to normal that their skewness and leave-one-out values change nothing."""

_NONE = 1e-12
_HALVINGS = 60
_DEEPEST = -15.0
"""Decimal logarithm of the smallest level that is looked at."""
_SHALLOWEST = 0.49
"""The largest: an interval of confidence 0 has no width that could be halved."""


class Estimator(Protocol):
    """A difference, second minus first."""

    @property
    def value(self) -> float:
        """The difference itself; NaN where one side is undefined."""
        ...

    @property
    def se(self) -> float | None:
        """Standard error; None where nothing estimates it."""
        ...

    @property
    def method(self) -> str:
        """How bounds and p are made."""
        ...

    @property
    def flags(self) -> tuple[str, ...]:
        """What a reader must know."""
        ...

    def bound(self, alpha: float, side: Bound) -> float | None:
        """One-sided (1 - alpha) bound, for alpha up to 0.5; None where there is none."""
        ...

    def p(self, delta0: float, tail: Tail) -> float | None:
        """One-sided p at H0: difference = delta0, for evidence that it is ``greater`` or ``less``.

        Below alpha exactly where the bound at alpha is beyond delta0; None where nothing tells.
        """
        ...


def two_sided(found: Estimator, delta0: float = 0.0) -> float | None:
    """Two-sided p at H0: difference = delta0; below alpha exactly where delta0 is outside of the 1 - alpha interval."""
    up, down = found.p(delta0, "greater"), found.p(delta0, "less")
    return None if up is None or down is None else float(min(1.0, 2 * min(up, down)))


def reach(found: Estimator, alpha: float, side: Bound) -> float | None:
    """How far a bound lies from the value; None where there is none."""
    bound = found.bound(alpha, side)
    return None if bound is None else abs(bound - found.value)


def inverted(found: Estimator, delta0: float, tail: Tail) -> float | None:
    """The level at which the bound of ``found`` touches delta0, by halving; None where there is no bound at any level."""
    sign: int = 1 if tail == "greater" else -1
    distance = sign * (found.value - delta0)
    if not math.isfinite(distance):
        return None
    if distance < 0:
        other = inverted(found, delta0, "less" if tail == "greater" else "greater")
        return None if other is None else 1 - other
    side: Bound = "lower" if tail == "greater" else "upper"

    def is_beyond(alpha: float) -> bool:
        bound = found.bound(alpha, side)
        return bound is not None and sign * (bound - delta0) > 0

    if found.bound(_SHALLOWEST, side) is None:
        return None
    low, high = _DEEPEST, math.log10(_SHALLOWEST)
    if not is_beyond(_SHALLOWEST):
        return 0.5
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_beyond(10.0**middle) else (middle, high)
    return float(10.0**high)


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Independent items that one side alone has right: ``b`` the second, ``c`` the first, of ``n``."""

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
        """P of the score test; a delta0 that no difference can reach is settled."""
        if abs(delta0) >= 1:
            is_beyond = self.value > delta0 if tail == "greater" else self.value < delta0
            return 0.0 if is_beyond else 1.0
        return tango_p(self.b, self.c, self.n, delta0, tail)


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawn:
    """Bootstrap draws of a difference.

    Attributes:
        value: The difference on the items.
        draws: Of the difference (R), undefined ones left out; those count as beyond every null value.
        units: Independent units.
        width: Highest minus lowest value of the metric; infinite where there is none.
        of: Resamples asked for.
        changed: Items that the two answer differently, or the units that hold them where those are no more than half of all;
            None where that is unknown or means nothing.
        counted: What ``changed`` counts.
        without_one: The difference without each unit (units), where they are few; None elsewhere.
        sizes: Items of each unit, where they are few; None elsewhere.
        extra: Further flags.
    """

    value: float
    draws: Floats
    units: int
    width: float
    of: int
    changed: int | None = None
    counted: Changes = "answers"
    without_one: Floats | None = None
    sizes: Floats | None = None
    extra: tuple[str, ...] = ()

    @property
    def se(self) -> float | None:
        """Standard error that bounds are made with; None without draws."""
        if self.draws.size < 2 or self.units < 2:
            return None
        return 0.0 if self.is_flat else self._error

    @property
    def method(self) -> str:
        """Paired bootstrap, or what stands in for it without spread."""
        return f"paired bootstrap {self.of:,}" if not self.is_flat else "unseen differences"

    @property
    def flags(self) -> tuple[str, ...]:
        """Undefined resamples; no spread."""
        lost = self.of - self.draws.size
        told = (f"{lost} of {self.of} resamples are undefined: counted as beyond either bound",) if lost else ()
        flat = ("no resample differs: bounds from differences not seen",) if self.is_flat else ()
        rare = (
            (f"{differing(self.changed or 0, self.counted)}: bounds allow for differences not seen",)
            if self.is_rare
            else ()
        )
        return (*self.extra, *told, *flat, *rare)

    def bound(self, alpha: float, side: Bound) -> float | None:
        """The widest bound of draws, t and Hall's t; without spread what z^2 unseen units allow; never beyond the width."""
        level = self._level(alpha)
        if level is None:
            return None
        sign = -1 if side == "lower" else 1
        quantile = upper_quantile(level, self.units - 1)
        unseen = self.value + sign * quantile**2 / (self.units + quantile**2) * self.width
        if self.is_flat:
            return None if math.isinf(self.width) else float(min(max(unseen, -self.width), self.width))
        ends = [self._percentile(level, side), *self._studentised(level, sign)]
        if self.is_rare:
            ends.append(unseen)
        return float(max(-self.width, min(ends)) if side == "lower" else min(self.width, max(ends)))

    def p(self, delta0: float, tail: Tail) -> float | None:
        """The level at which the bound touches delta0: the largest of its parts."""
        if not self._is_known or (self.is_flat and math.isinf(self.width)):
            return None
        sign = 1 if tail == "greater" else -1
        if sign * delta0 < -self.width:
            return 0.0 if self.of == self.draws.size else (self.of - self.draws.size) / self.of
        distance = sign * (self.value - delta0)
        if self.is_flat:
            p = self._unseen_p(distance)
        else:
            parts = [self._percentile_p(delta0, sign), *self._studentised_p(distance, sign)]
            if self.is_rare:
                parts.append(self._unseen_p(distance))
            p = max(parts)
        return float(min(1.0, (p * self.draws.size + self.of - self.draws.size) / self.of))

    @cached_property
    def is_flat(self) -> bool:
        """Whether no draw differs from another."""
        return not self.draws.size or float(np.ptp(self.draws)) <= _NONE

    @cached_property
    def _is_known(self) -> bool:
        return self.units >= 2 and 2 * self.draws.size >= self.of and math.isfinite(self.value)

    @property
    def is_rare(self) -> bool:
        """Whether so few answers differ that resamples of them say little about those that were not seen."""
        return not self.is_flat and self.changed is not None and self.changed < FEW and math.isfinite(self.width)

    def _level(self, alpha: float) -> float | None:
        """The level of defined draws that gives the bound of all, the undefined ones being beyond it; None where none does."""
        if not self._is_known:
            return None
        level = (alpha * self.of - (self.of - self.draws.size)) / self.draws.size
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
        """Skewness of the units' influence over the root of their number; None where it is not looked at."""
        return None if self.without_one is None else _skewness(self.without_one.mean() - self.without_one)

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
        drawn = self._sorted if sign > 0 else -self._sorted[::-1]
        number = int(np.searchsorted(drawn, sign * delta0, side="right"))
        if number in (0, drawn.size):
            return float(number > 0)
        low, high = drawn[number - 1 : number + 1].tolist()
        tail = (number - 1 + (sign * delta0 - low) / (high - low)) / (drawn.size - 1)
        return float(stdtr(self._df, ndtri(tail) / (self.units / (self.units - 1)) ** 0.5))

    def _studentised(self, level: float, sign: int) -> list[float]:
        quantile = upper_quantile(level, self._df)
        return [self.value + far * self._error for far in _reaches(quantile, self._skew, sign)]

    def _studentised_p(self, distance: float, sign: int) -> list[float]:
        return _tails(distance / self._error, self._skew, self._df, sign)

    def _unseen_p(self, distance: float) -> float:
        return _unseen_p(distance, self.width, self.units)


@dataclass(frozen=True, kw_only=True, eq=False)
class Linear:
    """A difference whose variance is known from what each unit adds to it, without resamples: DeLong's for areas.

    Attributes:
        value: The difference on the items.
        pull: What each unit adds to it to first order, summing to 0 (units).
        width: Highest minus lowest value of the metric.
        df: Degrees of freedom of Student's t.
        changed: As in `Drawn`.
        extra: Further flags.
    """

    value: float
    pull: Floats
    width: float
    df: float
    changed: int | None = None
    extra: tuple[str, ...] = ()

    @property
    def units(self) -> int:
        """Independent units."""
        return self.pull.size

    @cached_property
    def se(self) -> float | None:
        """Root of the sum of squares, corrected for the units; None for one unit."""
        if self.units < 2:
            return None
        return math.sqrt(float(self.pull @ self.pull) * self.units / (self.units - 1))

    @property
    def method(self) -> str:
        """How bounds are made."""
        return "unseen differences" if self.is_flat else "infinitesimal jackknife, Student's t"

    @property
    def flags(self) -> tuple[str, ...]:
        """Few differing answers, or none."""
        if self.is_flat:
            return (*self.extra, "no unit changes it: bounds from differences not seen")
        rare = (f"{differing(self.changed or 0)}: bounds allow for differences not seen",) if self.is_rare else ()
        return (*self.extra, *rare)

    @property
    def is_flat(self) -> bool:
        """Whether no unit moves the difference."""
        return (self.se or 0.0) <= _NONE

    @property
    def is_rare(self) -> bool:
        """Whether so few answers differ that what was not seen may be more."""
        return self.changed is not None and self.changed < FEW

    def bound(self, alpha: float, side: Bound) -> float | None:
        """The wider of Student's and Hall's t; with few differing answers what unseen ones allow; within the width."""
        if self.units < 2 or not math.isfinite(self.value):
            return None
        sign = -1 if side == "lower" else 1
        ends = [] if self.is_flat else self._studentised(alpha, sign)
        if self.is_flat or self.is_rare:
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
        parts = [] if self.is_flat else _tails(distance / (self.se or 1.0), _skewness(self.pull), self.df, sign)
        if self.is_flat or self.is_rare:
            parts.append(_unseen_p(distance, self.width, self.units))
        return min(1.0, max(parts))

    def _studentised(self, alpha: float, sign: int) -> list[float]:
        quantile = upper_quantile(alpha, self.df)
        return [self.value + far * (self.se or 0.0) for far in _reaches(quantile, _skewness(self.pull), sign)]


def _reaches(quantile: float, skew: float | None, sign: int) -> list[float]:
    """Standard errors to a bound above (sign 1) or below the value: Student's, and Hall's where there is skewness."""
    found = [sign * quantile]
    if skew:
        found.append(-float(3 / skew * (np.cbrt(1 + skew * (-sign * quantile - skew / 6)) - 1)))
    return found


def _tails(distance: float, skew: float | None, df: float, sign: int) -> list[float]:
    """One-sided p of a distance in standard errors, in the direction of the tail: Student's, and Hall's."""
    found = [float(stdtr(df, -distance))]
    if skew:
        t = sign * distance
        bent = t + skew * t**2 / 3 + skew**2 * t**3 / 27 + skew / 6
        found.append(float(stdtr(df, -sign * bent)))
    return found


def _skewness(pull: Floats) -> float | None:
    """Skewness of the units' influence over the root of their number; None where there is none to see."""
    units = pull.size
    if units < 3:
        return None
    spread = float((pull**2).mean())
    if spread <= _NONE**2:
        return None
    unbiased = math.sqrt(units * (units - 1)) / (units - 2)
    return float((pull**3).mean()) / math.pow(spread, 1.5) * unbiased / math.sqrt(units)


def _unseen_p(distance: float, width: float, units: int) -> float:
    """The level at which the bound of unseen differences meets delta0: u = t^2 / (U + t^2) gives t."""
    if distance <= 0:
        return 1.0
    share = distance / width
    if share >= 1:
        return 0.0
    return float(stdtr(units - 1, -math.sqrt(share * units / (1 - share))))


@dataclass(frozen=True, kw_only=True, eq=False)
class Combined:
    """A weighted sum of independent differences: their distances to their own bounds are added in squares.

    Zou and Donner's method of variance estimates recovery (2008): what each part knows of skewness, few units and unseen
    differences is kept at its weight.
    """

    parts: tuple[tuple[float, Estimator], ...]
    how: str = "tasks fixed"

    @property
    def value(self) -> float:
        """The weighted sum."""
        return math.fsum(weight * part.value for weight, part in self.parts)

    @property
    def se(self) -> float | None:
        """Root of the weighted sum of variances; None where a part has none."""
        errors = [part.se for _, part in self.parts]
        if None in errors:
            return None
        squares = [(weight * (error or 0.0)) ** 2 for (weight, _), error in zip(self.parts, errors, strict=True)]
        return math.sqrt(math.fsum(squares))

    @property
    def method(self) -> str:
        """Methods of the parts."""
        return f"{' and '.join(dict.fromkeys(part.method for _, part in self.parts))}, {self.how}"

    @property
    def flags(self) -> tuple[str, ...]:
        """Those of the parts."""
        return tuple(dict.fromkeys(flag for _, part in self.parts for flag in part.flags))

    def bound(self, alpha: float, side: Bound) -> float | None:
        """The sum, less or more the root of squared weighted reaches; None where a part has no bound."""
        total = 0.0
        for weight, part in self.parts:
            far = reach(part, alpha, side if weight > 0 else ("upper" if side == "lower" else "lower"))
            if far is None:
                return None
            total += (weight * far) ** 2
        return self.value + (-1 if side == "lower" else 1) * math.sqrt(total)

    def p(self, delta0: float, tail: Tail) -> float | None:
        """The level at which the bound touches delta0."""
        return inverted(self, delta0, tail)


@dataclass(frozen=True, kw_only=True, eq=False)
class Widened:
    """A difference that may be farther from what was seen than its draws show, by ``beyond``, added in squares."""

    seen: Estimator
    beyond: Callable[[float, Bound], float | None]
    flags: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """The difference."""
        return self.seen.value

    @property
    def se(self) -> float | None:
        """Of what was seen."""
        return self.seen.se

    @property
    def method(self) -> str:
        """Of what was seen."""
        return self.seen.method

    def bound(self, alpha: float, side: Bound) -> float | None:
        """Both distances in squares; what has no spread is known by ``beyond`` alone."""
        beyond = self.beyond(alpha, side)
        if beyond is None:
            return None
        if isinstance(self.seen, Drawn) and self.seen.is_flat:
            far = 0.0 if self.seen._level(alpha) is not None else None  # noqa: SLF001 - whether there is a level at all
        else:
            far = reach(self.seen, alpha, side)
        return None if far is None else self.value + (-1 if side == "lower" else 1) * math.hypot(far, beyond)

    def p(self, delta0: float, tail: Tail) -> float | None:
        """The level at which the bound touches delta0."""
        return inverted(self, delta0, tail)


@dataclass(frozen=True, kw_only=True, eq=False)
class Banded:
    """A value whose interval is known at every confidence: ``ends`` gives it by confidence, None where there is none."""

    value: float
    ends: Callable[[float], tuple[float, float] | None]
    method: str
    se: float | None = None
    flags: tuple[str, ...] = ()

    def bound(self, alpha: float, side: Bound) -> float | None:
        """The end of the interval of confidence 1 - 2 alpha."""
        found = self.ends(1 - 2 * min(alpha, _SHALLOWEST))
        return None if found is None else found[side == "upper"]

    def p(self, delta0: float, tail: Tail) -> float | None:
        """The level at which the bound touches delta0."""
        return inverted(self, delta0, tail)


@dataclass(frozen=True, kw_only=True)
class Settled:
    """No difference at all, on these items or any others: one and the same stored answers."""

    value: float = 0.0
    se: float | None = 0.0
    method: str = "the same stored answers"
    flags: tuple[str, ...] = ()

    def bound(self, alpha: float, side: Bound) -> float | None:
        """The value."""
        return self.value

    def p(self, delta0: float, tail: Tail) -> float | None:
        """0 where the value is beyond delta0, else 1."""
        return 0.0 if (self.value > delta0 if tail == "greater" else self.value < delta0) else 1.0
