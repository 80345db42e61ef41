"""The protocol of a difference estimate (value, bound at any level, p at any null value), and decisions from bounds.

p is the level at which the bound of the same estimate touches the null value (test inversion), so that interval and p
always agree. Two-sided, p is twice the smaller one-sided p,
the counterpart of an interval with half of alpha in each tail.

============================================  =========================================================================
`paired.DiscordantCounts`                     shares of independent items that both systems tried: Tango's score method
`bootstrap_difference.BootstrapDifference`    everything else on one task: bootstrap draws, Student's t, skewness
`jackknife.JackknifeDifference`               areas under curves: the variance from what each unit adds, at any size
`UnsampledDifference`                         items that were chosen, not drawn: no bounds, no p
`seeds.SeedDifference`                        several training seeds: spread between seeds and between items
`WeightedDifference`                          weighted sums of independent parts, such as means over tasks
`bootstrap_difference.WidenedDifference`      a difference with a margin for unobserved differences
`retention.RetainedDifference`                candidate - fraction x parent
============================================  =========================================================================
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from benchwright.errors import BenchwrightError
from benchwright.stats.checks import finite, one_of, within

Bound = Literal["lower", "upper"]
Tail = Literal["greater", "less"]

Question = Literal["noninferiority", "superiority", "equivalence"]
Decision = Literal["pass", "fail", "inconclusive"]

QUESTIONS: tuple[Question, ...] = ("noninferiority", "superiority", "equivalence")

_HALVINGS = 60

_DEEPEST = -15.0
"""Decimal logarithm of the smallest level that is looked at."""

_SHALLOWEST = 0.49
"""The largest: an interval of confidence 0 has no width that could be halved."""


class DifferenceEstimate(Protocol):
    """A difference, second minus first."""

    @property
    def value(self) -> float:
        """The difference; NaN if a value is undefined."""
        ...

    @property
    def se(self) -> float | None:
        """Standard error; None if it cannot be estimated."""
        ...

    @property
    def method(self) -> str:
        """Method of bounds and p."""
        ...

    @property
    def flags(self) -> tuple[str, ...]:
        """Notes for the reader."""
        ...

    def bound(self, alpha: float, side: Bound) -> float | None:
        """One-sided (1 - alpha) confidence bound, for alpha up to 0.5; None if undefined."""
        ...

    def p(self, delta0: float, tail: Tail) -> float | None:
        """One-sided p at H0: difference = delta0, for evidence that it is ``greater`` or ``less``.

        Below alpha exactly if the bound at alpha excludes delta0; None if undefined, then in both tails. For evidence that the
        difference lies on the side of delta0 where ``value`` does not, it is 0.5 or more.
        """
        ...


def two_sided(found: DifferenceEstimate, delta0: float = 0.0) -> float | None:
    """Two-sided p at H0: difference = delta0; below alpha exactly if delta0 is outside the 1 - alpha interval."""
    value = found.value
    if value > delta0 or value < delta0:  # the other tail is 0.5 or more, and would take as long
        p = found.p(delta0, "greater" if value > delta0 else "less")
        return None if p is None else float(min(1.0, 2 * p))
    up, down = found.p(delta0, "greater"), found.p(delta0, "less")
    return None if up is None or down is None else float(min(1.0, 2 * min(up, down)))


def bound_distance(found: DifferenceEstimate, alpha: float, side: Bound) -> float | None:
    """Distance from the value to a bound; None without a bound."""
    bound = found.bound(alpha, side)
    return None if bound is None else abs(bound - found.value)


def invert_bound(found: DifferenceEstimate, delta0: float, tail: Tail) -> float | None:
    """The level at which the bound of ``found`` touches delta0, by bisection; None without a bound."""
    sign: int = 1 if tail == "greater" else -1
    distance = sign * (found.value - delta0)
    if not math.isfinite(distance):
        return None
    if distance < 0:
        other = invert_bound(found, delta0, "less" if tail == "greater" else "greater")
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


def add_in_quadrature(reaches: Iterable[tuple[float, float | None]]) -> float | None:
    """Distance from value to bound for a weighted sum of independent parts, from weights and their distances; None if one is missing."""
    total = 0.0
    for weight, far in reaches:
        if far is None:
            return None
        total += (weight * far) ** 2
    return math.sqrt(total)


@dataclass(frozen=True, kw_only=True, eq=False)
class WeightedDifference:
    """A weighted sum of independent differences, whose distances to their bounds are added in quadrature.

    Zou and Donner's method of variance estimates recovery (2008): the treatment of skewness, few units and
    unobserved differences of each part is kept.
    """

    parts: tuple[tuple[float, DifferenceEstimate], ...]
    how: str = "tasks fixed"

    @property
    def value(self) -> float:
        """The weighted sum."""
        return math.fsum(weight * part.value for weight, part in self.parts)

    @property
    def se(self) -> float | None:
        """Root of the weighted sum of variances; None if a part has none."""
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
        """Flags of the parts."""
        return tuple(dict.fromkeys(flag for _, part in self.parts for flag in part.flags))

    def bound(self, alpha: float, side: Bound) -> float | None:
        """The sum, minus or plus the root of the squared weighted distances; None if a part has no bound."""
        other: Bound = "upper" if side == "lower" else "lower"
        far = add_in_quadrature(
            (weight, bound_distance(part, alpha, side if weight > 0 else other)) for weight, part in self.parts
        )
        return None if far is None else self.value + (-1 if side == "lower" else 1) * far

    def p(self, delta0: float, tail: Tail) -> float | None:
        """The level at which the bound touches delta0."""
        return invert_bound(self, delta0, tail)


@dataclass(frozen=True, kw_only=True, eq=False)
class IntervalEstimate:
    """A value with a known interval at every confidence: ``ends`` maps confidence to the interval, or None."""

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
        return invert_bound(self, delta0, tail)


@dataclass(frozen=True, kw_only=True)
class NoDifference:
    """A difference of exactly 0: both systems are the same stored answers."""

    value: float = 0.0
    se: float | None = 0.0
    method: str = "the same stored answers"
    flags: tuple[str, ...] = ()

    def bound(self, alpha: float, side: Bound) -> float | None:
        """The value."""
        return self.value

    def p(self, delta0: float, tail: Tail) -> float | None:
        """0 if the value is beyond delta0, else 1."""
        return 0.0 if (self.value > delta0 if tail == "greater" else self.value < delta0) else 1.0


@dataclass(frozen=True, kw_only=True)
class UnsampledDifference:
    """A difference over items that were chosen, not drawn: a value without bounds or p, so that no decision follows from it."""

    value: float
    se: float | None = None
    method: str = "none"
    flags: tuple[str, ...] = ("no interval: the items are chosen, not drawn",)

    def bound(self, alpha: float, side: Bound) -> None:
        """None."""

    def p(self, delta0: float, tail: Tail) -> None:
        """None."""


def decide(kind: Question, low: float | None, high: float | None, margin: float) -> Decision:
    """The decision from one-sided (1 - alpha) bounds of a difference, new minus old, higher better.

    The bounds are the ends of a two-sided interval with confidence 1 - 2 alpha: 90 % for alpha 0.05.

    ==============  =========================  ==========================================
    kind            pass                       fail
    ==============  =========================  ==========================================
    noninferiority  low > -margin              high < -margin (worse by more than margin)
    superiority     low > margin               high < margin
    equivalence     -margin < low, high < m.   high < -margin or low > margin
    ==============  =========================  ==========================================

    Everything else is inconclusive, and so is an interval without the needed end: missing evidence
    never passes. Equivalence is two one-sided tests (TOST): its size is alpha, not 2 alpha.

    Raises:
        BenchwrightError: An unknown kind, NaN, low above high, a negative margin, or a margin of 0 for equivalence.
    """
    one_of("kind", kind, QUESTIONS)
    lower, upper = _end("low", low, -np.inf), _end("high", high, np.inf)
    if lower > upper:
        raise BenchwrightError(f"low is {lower:g}, above high, {upper:g}", expected="low at most high")
    within("margin", float(finite("margin", margin)), 0, float("inf"), ends=True)
    if kind == "equivalence" and margin == 0:
        raise BenchwrightError("margin is 0", expected="a margin above 0: no interval fits into nothing")
    floor = margin if kind == "superiority" else -margin
    if lower > floor and (kind != "equivalence" or upper < margin):
        return "pass"
    if upper < floor or (kind == "equivalence" and lower > margin):
        return "fail"
    return "inconclusive"


def _end(name: str, value: float | None, absent: float) -> float:
    if value is None:
        return absent
    if np.isnan(value):
        raise BenchwrightError(f"{name} is NaN", expected="a number, or None where there is no bound")
    return float(value)
