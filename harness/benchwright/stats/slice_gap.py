"""A slice against the rest of its items, or two models on a slice: estimates that cost no resamples, for many slices at once.

====================  ===========================================================================================================
`ShareGap`            shares of independent items, none in both: Miettinen and Nurminen's score bounds as in `share_pairs`
`QuadratureGap`       shares of items in clusters, and functions of a share (F1, entity F1): Wilson's bounds of both sides in quadrature
                      (MOVER: Zou 2008; of plain shares Newcombe's method 10), which hold at few hits or none as well. Clusters, and
                      items of several labels, that lie on both sides move both alike: this is left out, and bounds are too wide rather
`gap_of_sums`         everything else that is computed from sums: Tukey's jackknife over units with Student's t
====================  ===========================================================================================================

All answer value, bound and p as `difference` says, p being the level at which the bound touches 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from benchwright.stats.difference import Bound, Tail, invert_bound
from benchwright.stats.intervals import Share, upper_quantile, wilson
from benchwright.stats.jackknife import JackknifeDifference
from benchwright.stats.share_pairs import SharePair, upper_difference, upper_p
from benchwright.stats.shares_of_groups import effective_trials

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ShareGap:
    """The share of hits in a slice minus that in the rest, of independent items.

    Attributes:
        hits: In the slice.
        trials: Items of the slice, above 0.
        other_hits: In the rest.
        other_trials: Items of the rest, above 0.
    """

    hits: float
    trials: float
    other_hits: float
    other_trials: float

    @property
    def value(self) -> float:
        """Share of the slice minus share of the rest."""
        return self.hits / self.trials - self.other_hits / self.other_trials

    @property
    def se(self) -> float | None:
        """Wald standard error of two independent shares."""
        shares = (self.hits / self.trials, self.trials), (self.other_hits / self.other_trials, self.other_trials)
        return math.sqrt(sum(share * (1 - share) / trials for share, trials in shares))

    @property
    def method(self) -> str:
        """The score method."""
        return "score bounds of two shares"

    @property
    def flags(self) -> tuple[str, ...]:
        """None."""
        return ()

    def bound(self, alpha: float, side: Bound) -> float | None:
        """One-sided score bound."""
        if side == "upper":
            return float(upper_difference(self._pair, alpha))
        return -float(upper_difference(self._turned, alpha))

    def p(self, delta0: float, tail: Tail) -> float | None:
        """The level at which the bound touches delta0."""
        if delta0:
            return invert_bound(self, delta0, tail)
        return float(upper_p(self._pair if tail == "less" else self._turned))

    @property
    def _df(self) -> float:
        return max(min(self.trials, self.other_trials) - 1, 1.0)

    @property
    def _pair(self) -> SharePair:
        numbers = (self.hits, self.trials, self.other_hits, self.other_trials, self._df)
        return SharePair(*(np.asarray(number, dtype=np.float64) for number in numbers))

    @property
    def _turned(self) -> SharePair:
        numbers = (self.other_hits, self.other_trials, self.hits, self.trials, self._df)
        return SharePair(*(np.asarray(number, dtype=np.float64) for number in numbers))


@dataclass(frozen=True, kw_only=True)
class ShareSide:
    """A value that is a share, or an increasing function of one.

    Attributes:
        share: Hits out of trials, with the spread between units.
        link: From the share to the value; None: the share itself.
    """

    share: Share
    link: Callable[[float], float] | None = None

    def at(self, share: float) -> float:
        """The value at a share."""
        return share if self.link is None else float(self.link(share))

    @cached_property
    def value(self) -> float:
        """The value."""
        return self.at(self.share.hits / self.share.trials)

    @cached_property
    def size(self) -> float:
        """Independent trials that those of the units are worth."""
        return effective_trials(self.share)

    @cached_property
    def _hits(self) -> float:
        """Hits among ``size`` trials."""
        return self.share.hits / self.share.trials * self.size

    def end(self, alpha: float, sign: int) -> float:
        """One-sided Wilson bound of the value, lower (-1) or upper (1); Student's quantile where trials lie together in units."""
        quantile = upper_quantile(alpha, self.share.units - 1 if self.share.together else None)
        return self.at(wilson(self._hits, self.size, quantile=quantile)[0 if sign < 0 else 1])


@dataclass(frozen=True, kw_only=True)
class QuadratureGap:
    """The value of a slice minus that of the rest, from bounds of each."""

    slice: ShareSide
    rest: ShareSide

    @property
    def value(self) -> float:
        """Slice minus rest."""
        return self.slice.value - self.rest.value

    @property
    def se(self) -> float | None:
        """None: the bounds are those of the sides."""
        return None

    @property
    def method(self) -> str:
        """Quadrature."""
        return "Wilson's bounds of both sides in quadrature"

    @property
    def flags(self) -> tuple[str, ...]:
        """None."""
        return ()

    def bound(self, alpha: float, side: Bound) -> float | None:
        """``d - sqrt((v - l)^2 + (u' - v')^2)``, and the mirror image above."""
        sign = -1 if side == "lower" else 1
        mine = self.slice.end(alpha, sign) - self.slice.value
        other = self.rest.value - self.rest.end(alpha, -sign)
        return self.value + sign * math.hypot(mine, other)

    def p(self, delta0: float, tail: Tail) -> float | None:
        """The level at which the bound touches delta0."""
        if delta0:
            return invert_bound(self, delta0, tail)
        return self._p_of_none if (tail == "greater") == (self.value > 0) else 1 - self._p_of_none

    @cached_property
    def _p_of_none(self) -> float:
        """The level at which the bound on the side of no difference touches it, to nine digits."""
        sign = -1 if self.value > 0 else 1
        if not self.value:
            return 0.5

        def beyond(exponent: float) -> float:
            mine = self.slice.end(10.0**exponent, sign) - self.slice.value
            other = self.rest.value - self.rest.end(10.0**exponent, -sign)
            return math.hypot(mine, other) - abs(self.value)

        return float(10.0 ** _halved(beyond, -15.0, math.log10(0.49)))


_HALVINGS = 34


def _halved(falling: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function of one argument falls below 0: the upper end that `_HALVINGS` halvings of (low, high) leave.

    Regula falsi (its Illinois form) finds the place with a third of the evaluations, and the halvings then are told by it.
    """
    above, below = _bracket(falling, low, high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if above < middle < below:
            is_below = falling(middle) < 0
            above, below = (above, middle) if is_below else (middle, below)
        low, high = (low, middle) if middle >= below else (middle, high)
    return high


def _bracket(falling: Callable[[float], float], low: float, high: float) -> tuple[float, float]:
    """Two close arguments, with the function at 0 or above at the first and below at the second; infinite where it has one sign."""
    ends, width = [falling(low), falling(high)], (high - low) * 2.0**-_HALVINGS
    if ends[0] < 0 or ends[1] >= 0:
        return (-math.inf, low) if ends[0] < 0 else (high, math.inf)
    kept = -1
    for _ in range(_HALVINGS):
        guess = high - ends[1] * (high - low) / (ends[1] - ends[0])
        # Half a width further than guessed, on the side where the end stays: the other end then closes in too.
        guess = min(max(guess + (width / 2 if kept == 1 else -width / 2 if kept == 0 else 0.0), low), high)
        if high - low <= width or not low < guess < high:
            break
        found = falling(guess)
        side = int(found < 0)
        low, high = (low, guess) if side else (guess, high)
        ends[side] = found
        if kept == side:
            ends[1 - side] /= 2
        kept = side
    return low, high


@dataclass(frozen=True, kw_only=True)
class SumsPart:
    """A value that is computed from sums over units, and whether it is added or subtracted.

    Attributes:
        sign: 1 or -1.
        rows: What each unit adds to the sums (U, w); 0 for units that are not in it.
        compute: Sums (..., w) -> values (...).
    """

    sign: int
    rows: Floats
    compute: Callable[[Floats], Floats]


def gap_of_sums(
    parts: Sequence[SumsPart], *, width: float, units: int | None = None, changed: int | None = None
) -> JackknifeDifference | None:
    """The signed sum of values, with the jackknife over their common units; None where it, or it without some unit, is undefined.

    Args:
        parts: Values over the same units: slice and rest, or two models on the slice.
        width: Highest minus lowest value of the metric.
        units: Independent units behind the smaller of the two sides, for the degrees of freedom; default: units that any part holds.
        changed: Of two models: units that they answer differently; with few of them bounds allow for differences not seen.
    """
    held = np.zeros(len(parts[0].rows), dtype=np.bool_)
    value, without = 0.0, np.zeros(len(held))
    with np.errstate(all="ignore"):
        for part in parts:
            inside = part.rows.any(axis=1)
            sums = part.rows.sum(axis=0)
            whole = float(part.compute(sums[None])[0])
            left = np.full(len(held), whole)
            left[inside] = part.compute(sums - part.rows[inside])
            value += part.sign * whole
            without += part.sign * left
            held |= inside
    influence = (value - without)[held]
    count = influence.size
    if count < 2 or not math.isfinite(value) or not np.isfinite(influence).all():
        return None
    # The class multiplies by U / (U - 1): this leaves the jackknife's (U - 1) / U times the sum of squares.
    scaled = (influence - influence.mean()) * (count - 1) / count
    df = max((count if units is None else units) - 1, 1)
    return JackknifeDifference(value=value, influence=scaled, width=width, df=float(df), changed=changed)
