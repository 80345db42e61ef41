"""What one system keeps of another: candidate - fraction x parent, and the fraction itself, with valid bounds for rare changes.

Bounds stay valid when fewer than ten answers differ. Those of a mean over independent tasks: draws of the mean, and beside
them, in squares (Zou and Donner 2008), what each task's bound has beyond its draws. A task counts by its weight, so one that
two models answer alike adds little to a mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from benchwright.items import Changes, differing
from benchwright.stats.bootstrap_difference import BootstrapDifference, WidenedDifference
from benchwright.stats.difference import Bound, DifferenceEstimate, Tail, add_in_quadrature, bound_distance
from benchwright.stats.intervals import upper_quantile
from benchwright.stats.jackknife import FEW

Floats = NDArray[np.float64]

Ends = Callable[[float], tuple[float, float] | None]
"""One-sided level -> low and high end of one system's value; None where nothing bounds it."""

_NONE = 1e-12

_STEPS = 40
_CLOSE = 1e-7


@dataclass(frozen=True, kw_only=True, eq=False)
class RetentionData:
    """Values and draws (R) of two systems on the same items, of one task or of a mean over several.

    Attributes:
        parent: The value of the first, which something is kept of.
        candidate: The value of the second.
        parent_draws: The first's draws.
        candidate_draws: The second's draws.
        units: Independent units.
        width: Highest minus lowest value of the metric.
        changed: Units that the two answer differently; None where unknown.
        counted: What ``changed`` counts.
        parent_ends: Bounds of the parent's value, used where its draws never vary.
        candidate_ends: The same of the candidate's.
        parts: Weight and numbers of each task of a mean; empty for one task.
        parent_without_one: The parent's values without each unit, where units are few; None elsewhere.
        candidate_without_one: The candidate's.
        sizes: Items of each unit, where units are few; None elsewhere.
        name: Task, for flags.
    """

    parent: float
    candidate: float
    parent_draws: Floats
    candidate_draws: Floats
    units: int
    width: float
    changed: int | None = None
    counted: Changes = "answers"
    parent_ends: Ends | None = None
    candidate_ends: Ends | None = None
    parts: tuple[tuple[float, RetentionData], ...] = ()
    parent_without_one: Floats | None = None
    candidate_without_one: Floats | None = None
    sizes: Floats | None = None
    name: str = ""

    def difference(self, fraction: float) -> RetainedDifference:
        """Candidate - fraction x parent: above 0 where more than the fraction is kept."""
        return RetainedDifference(data=self, fraction=fraction)

    @cached_property
    def has_no_spread(self) -> tuple[bool, bool]:
        """Whether the parent's, the candidate's draws never vary."""
        return _is_flat(self.parent_draws), _is_flat(self.candidate_draws)

    @cached_property
    def is_rare(self) -> bool:
        """Whether too little differs for draws to show it: few answers, or every resample keeps the very same share."""
        if all(self.has_no_spread):
            return False
        if self.changed is not None and self.changed < FEW:
            return True
        return (
            not any(self.has_no_spread)
            and self.parent > 0
            and _is_flat(self.candidate_draws - self.candidate / self.parent * self.parent_draws)
        )

    def drawn(self, share: float, *, changed: int | None = None) -> BootstrapDifference:
        """Candidate - share x parent by its draws alone; with ``changed`` below ten also by differences not seen."""
        over = self.candidate_draws - share * self.parent_draws
        left = None
        if self.parent_without_one is not None and self.candidate_without_one is not None:
            left = self.candidate_without_one - share * self.parent_without_one
        return BootstrapDifference(
            value=self.candidate - share * self.parent,
            draws=over[np.isfinite(over)],
            units=self.units,
            width=self.width,
            resamples=self.parent_draws.size,
            changed=changed,
            counted=self.counted,
            without_one=left if left is not None and np.isfinite(left).all() else None,
            sizes=self.sizes,
        )

    def beyond(self, share: float, alpha: float, side: Bound) -> float | None:
        """Margin of the bound beyond the bootstrap draws, to be added in quadrature; None if there is no estimate."""
        if all(self.has_no_spread):
            # at every share, rounding aside
            still = replace(self.drawn(share), draws=np.zeros(2), resamples=2, without_one=None)
            return self._both(share, alpha, side, bound_distance(still, alpha, side))
        own = self._own(share, alpha, side) if any(self.has_no_spread) else 0.0
        if own is None or not self.is_rare:
            return own
        found = self.drawn(share, changed=min(self.changed or 0, FEW - 1))
        far, seen = bound_distance(found, alpha, side), bound_distance(replace(found, changed=None), alpha, side)
        if far is None or seen is None:
            return None
        seen = 0.0 if _is_flat(found.draws) else seen
        # the parent's unseen errors are differences not seen, too
        return max(own, math.sqrt(max(0.0, far**2 - seen**2)))

    def _both(self, share: float, alpha: float, side: Bound, paired: float | None) -> float | None:
        """Where neither varies: no farther than both values together can be from what was seen."""
        one = None if self.parent_ends is None else self.parent_ends(alpha)
        other = None if self.candidate_ends is None else self.candidate_ends(alpha)
        if paired is None or one is None or other is None:
            return paired
        up = side == "upper"
        return min(paired, abs(other[up] - self.candidate) + abs(share * (one[up == (share < 0)] - self.parent)))

    def _own(self, share: float, alpha: float, side: Bound) -> float | None:
        """Reach of the one value that never varies; the other's is in the draws."""
        if self.has_no_spread[1]:
            value, ends, scale, at = self.candidate, self.candidate_ends, 1.0, side == "upper"
        else:
            value, ends, scale, at = self.parent, self.parent_ends, share, (side == "upper") == (share < 0)
        found = self._unseen(value, alpha) if ends is None else ends(alpha)
        return None if found is None else abs(scale * (found[at] - value))

    def _unseen(self, value: float, alpha: float) -> tuple[float, float] | None:
        if self.units < 2 or math.isinf(self.width):
            return None
        square = upper_quantile(alpha, self.units - 1) ** 2
        far = square / (self.units + square) * self.width
        return value - far, value + far


@dataclass(frozen=True, kw_only=True, eq=False)
class RetainedDifference:
    """Candidate - fraction x parent: what draws show, and beside it what they do not, added in squares."""

    data: RetentionData
    fraction: float

    @property
    def value(self) -> float:
        """On the items."""
        return self.data.candidate - self.fraction * self.data.parent

    @property
    def se(self) -> float | None:
        """Of its draws."""
        return self._drawn.se

    @property
    def method(self) -> str:
        """Of its draws."""
        return self._drawn.method

    @property
    def flags(self) -> tuple[str, ...]:
        """Undefined resamples, and where bounds are more than draws."""
        lost = self._drawn.resamples - self._drawn.draws.size
        told = (
            (f"{lost} of {self._drawn.resamples} resamples are undefined: counted as beyond either bound",)
            if lost
            else ()
        )
        return (*told, *self._told())

    def bound(self, alpha: float, side: Bound) -> float | None:
        """One-sided (1 - alpha) bound; None where there is none."""
        return self._whole.bound(alpha, side)

    def p(self, delta0: float, tail: Tail) -> float | None:
        """One-sided p at H0: the difference is delta0; the level at which the bound touches it."""
        return self._whole.p(delta0, tail)

    @cached_property
    def _drawn(self) -> BootstrapDifference:
        return self.data.drawn(self.fraction)

    @property
    def _whole(self) -> DifferenceEstimate:
        return WidenedDifference(seen=self._drawn, beyond=self._beyond) if self._is_more_than_draws else self._drawn

    @cached_property
    def _is_more_than_draws(self) -> bool:
        """Whether some part may differ by more than draws show."""
        return self._drawn.has_no_spread or any(
            any(one.has_no_spread) or one.is_rare
            for one in (part for _, part in self.data.parts or ((1.0, self.data),))
        )

    def _beyond(self, alpha: float, side: Bound) -> float | None:
        pieces = self.data.parts or ((1.0, self.data),)
        reaches = [(weight, one.beyond(self.fraction, alpha, side)) for weight, one in pieces]
        return add_in_quadrature(reaches)

    def _told(self) -> Iterable[str]:
        if not self.data.parts:
            told = _remark(self.data, _few_or_none(self.data.changed or 0, self.data.counted))
            yield from (told,) if told else ()
            return
        found: dict[str, list[str]] = {}
        for _, one in self.data.parts:
            found.setdefault(_remark(one, "few answers or none differ"), []).append(one.name)
        yield from (f"{', '.join(names)}: {told}" for told, names in found.items() if told)


def _remark(one: RetentionData, few: str) -> str:
    if all(one.has_no_spread):
        return "no resample differs: bounds from differences not seen"
    if any(one.has_no_spread):
        whose = "the parent's" if one.has_no_spread[0] else "its own"
        return f"{whose} value never varies over resamples: bounds from errors not seen"
    return f"{few}: bounds allow for differences not seen" if one.is_rare else ""


def _few_or_none(number: int, counted: Changes) -> str:
    """``only 3 answers differ``; where it is more than a few, that resamples show nothing of them."""
    return "no resample differs" if number >= FEW else differing(number, counted)


def _is_flat(draws: Floats) -> bool:
    known = draws[np.isfinite(draws)]
    return not known.size or float(np.ptp(known)) <= _NONE


@dataclass(frozen=True, kw_only=True, eq=False)
class RetainedFraction:
    """A fraction that is kept: candidate / parent.

    Attributes:
        value: The fraction; None where it means nothing, and ``flags`` say why.
        low: Lower end of the two-sided interval; None where there is none.
        high: Upper end.
        flags: Notes for the reader.
        data: What it was made of; None without a value.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    flags: tuple[str, ...] = ()
    data: RetentionData | None = None

    def p(self, share: float, tail: Tail = "greater") -> float | None:
        """One-sided p at H0: ``share`` is kept, for evidence that more (``less``) is; None where nothing estimates it."""
        return None if self.data is None else self.data.difference(share).p(0.0, tail)


def retained_fraction(data: RetentionData, alpha: float = 0.05) -> RetainedFraction:
    """The fraction of the parent's value that the candidate keeps, with a 1 - alpha interval.

    Defined where the parent is clearly above zero: in all but alpha of the resamples. An end is the fraction at which the
    one-sided bound (alpha / 2) of candidate - fraction x parent meets 0. Where the parent is above 0 in every resample that
    is the quantile of the ratios, with what `BootstrapDifference` adds for few units, and `RetainedDifference` for
    differences that no resample shows: few changes, or a value that never varies.
    """
    if not (math.isfinite(data.parent) and math.isfinite(data.candidate)):
        return RetainedFraction(value=None, flags=("undefined on one side",))
    if data.parent <= 0 or (data.parent_draws > 0).sum() < (1 - alpha) * data.parent_draws.size:
        return RetainedFraction(value=None, flags=("the first is not clearly above 0: a share of it means nothing",))
    value = data.candidate / data.parent
    return RetainedFraction(
        value=value,
        low=_end(data, value, alpha / 2, -1),
        high=_end(data, value, alpha / 2, 1),
        flags=data.difference(value).flags,
        data=data,
    )


def _end(data: RetentionData, value: float, tail: float, sign: int) -> float | None:
    """Where the bound of the difference, which falls as the fraction grows, meets 0: false position from a bracket."""

    def distance(share: float) -> float | None:
        bound = data.difference(share).bound(tail, "lower" if sign < 0 else "upper")
        return None if bound is None else sign * bound

    near, at_near = value, distance(value)
    if at_near is None or at_near <= 0:
        return None if at_near is None else value
    step = at_near / data.parent
    for _ in range(_STEPS):
        far = value + sign * step
        at_far = distance(far)
        if at_far is None:
            return None
        if at_far <= 0:
            break
        near, at_near, step = far, at_far, 2 * step
    else:
        return None  # a first that may be 0 bounds nothing
    for _ in range(_STEPS):
        middle = near + (far - near) * at_near / (at_near - at_far)
        if min(abs(middle - near), abs(middle - far)) <= _CLOSE:
            middle = (near + far) / 2
        if abs(far - near) <= _CLOSE:
            return middle
        found = distance(middle)
        if found is None:
            return None
        near, at_near, far, at_far = (
            (middle, found, far, at_far / 2) if found > 0 else (near, at_near / 2, middle, found)
        )
    return (near + far) / 2
