"""What is left over a share, now - share x before, with bounds that allow for what no resample shows.

Bounds of a mean over independent tasks: draws of the mean, and beside them, in squares (Zou and Donner 2008), what each
task's bound has beyond its draws. A task counts by its weight, so one that two models answer alike adds little to a mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from benchwright.comparison.contrast import Bound, Drawn, Tail
from benchwright.comparison.pairing import Pairing
from benchwright.metrics.columns import Columns, Floats, Metric
from benchwright.metrics.degenerate import degenerate_interval
from benchwright.stats.intervals import Interval, share_interval, share_of
from benchwright.stats.paired import upper_quantile

Ends = Callable[[float], tuple[float, float] | None]
"""One-sided level -> low and high end of one system's value; None where nothing bounds it."""

FEW = 10
"""With fewer differing answers resamples are too sure of a difference (``comparison.contrast``)."""

_NONE = 1e-12
_HALVINGS = 40


@dataclass(frozen=True, kw_only=True, eq=False)
class Shared:
    """Values and draws (R) of two systems on the same items, of one task or of a mean over several.

    Attributes:
        before: The first's value.
        now: The second's value.
        first: The first's draws.
        second: The second's draws.
        units: Independent units.
        width: Highest minus lowest value of the metric.
        changed: Units that the two answer differently; None where unknown.
        first_ends: Bounds of the first's value, used where its draws never vary.
        second_ends: The same of the second's.
        parts: Weight and numbers of each task of a mean; empty for one task.
        name: Task, for flags.
    """

    before: float
    now: float
    first: Floats
    second: Floats
    units: int
    width: float
    changed: int | None = None
    first_ends: Ends | None = None
    second_ends: Ends | None = None
    parts: tuple[tuple[float, Shared], ...] = ()
    name: str = ""

    def surplus(self, share: float) -> Surplus:
        """Second - share x first: above 0 where more than the share is kept."""
        return Surplus(shared=self, share=share)

    @cached_property
    def is_flat(self) -> tuple[bool, bool]:
        """Whether the first's, the second's draws never vary."""
        return _is_flat(self.first), _is_flat(self.second)

    @cached_property
    def is_rare(self) -> bool:
        """Whether too little differs for draws to show it: few answers, or every resample keeps the very same share."""
        if any(self.is_flat):
            return False
        alike = self.before > 0 and _is_flat(self.second - self.now / self.before * self.first)
        return alike or (self.changed is not None and self.changed < FEW)

    def drawn(self, share: float, *, changed: int | None = None) -> Drawn:
        """The surplus by its draws alone; with ``changed`` below ten also by differences not seen."""
        over = self.second - share * self.first
        return Drawn(
            value=self.now - share * self.before,
            draws=over[np.isfinite(over)],
            units=self.units,
            width=self.width,
            of=self.first.size,
            changed=changed,
        )

    def beyond(self, share: float, alpha: float, side: Bound) -> float | None:
        """How far the bound reaches beyond draws, to be added in squares; None where nothing tells."""
        if all(self.is_flat):
            still = replace(self.drawn(share), draws=np.zeros(2), of=2)  # at every share, rounding aside
            return self._both(share, alpha, side, _reach(still, alpha, side))
        if any(self.is_flat):
            return self._own(share, alpha, side)
        if not self.is_rare:
            return 0.0
        found = self.drawn(share, changed=min(self.changed or 0, FEW - 1))
        reach, seen = _reach(found, alpha, side), _reach(replace(found, changed=None), alpha, side)
        if reach is None or seen is None:
            return None
        seen = 0.0 if _is_flat(found.draws) else seen
        return math.sqrt(max(0.0, reach**2 - seen**2))

    def _both(self, share: float, alpha: float, side: Bound, paired: float | None) -> float | None:
        """Where neither varies: no farther than both values together can be from what was seen."""
        one = None if self.first_ends is None else self.first_ends(alpha)
        other = None if self.second_ends is None else self.second_ends(alpha)
        if paired is None or one is None or other is None:
            return paired
        up = side == "upper"
        return min(paired, abs(other[up] - self.now) + abs(share * (one[up == (share < 0)] - self.before)))

    def _own(self, share: float, alpha: float, side: Bound) -> float | None:
        """Reach of the one value that never varies; the other's is in the draws."""
        if self.is_flat[1]:
            value, ends, scale, at = self.now, self.second_ends, 1.0, side == "upper"
        else:
            value, ends, scale, at = self.before, self.first_ends, share, (side == "upper") == (share < 0)
        found = self._unseen(value, alpha) if ends is None else ends(alpha)
        return None if found is None else abs(scale * (found[at] - value))

    def _unseen(self, value: float, alpha: float) -> tuple[float, float] | None:
        if self.units < 2 or math.isinf(self.width):
            return None
        square = upper_quantile(alpha, self.units - 1) ** 2
        reach = square / (self.units + square) * self.width
        return value - reach, value + reach


@dataclass(frozen=True, kw_only=True, eq=False)
class Surplus:
    """Second - share x first."""

    shared: Shared
    share: float

    @property
    def value(self) -> float:
        """On the items."""
        return self.shared.now - self.share * self.shared.before

    @property
    def flags(self) -> tuple[str, ...]:
        """Undefined resamples, and where bounds are more than draws."""
        drawn = self.shared.drawn(self.share)
        lost = drawn.of - drawn.draws.size
        told = (f"{lost} of {drawn.of} resamples are undefined and left out",) if lost else ()
        return (*told, *self._told())

    def bound(self, alpha: float, side: Bound) -> float | None:
        """One-sided (1 - alpha) bound; None where there is none."""
        drawn = self.shared.drawn(self.share)
        if drawn.units < 2 or 2 * drawn.draws.size < drawn.of or not math.isfinite(drawn.value):
            return None
        seen = 0.0 if _is_flat(drawn.draws) else _reach(drawn, alpha, side)
        beyond = self._beyond(alpha, side)
        if seen is None or beyond is None:
            return None
        return self.value + (-1 if side == "lower" else 1) * math.hypot(seen, beyond)

    def p(self, tail: Tail) -> float | None:
        """One-sided p at H0: the surplus is 0; the level at which the bound meets 0, where draws are not all there is."""
        drawn = self.shared.drawn(self.share)
        side: Bound = "lower" if tail == "greater" else "upper"
        seen = 1 / (drawn.of + 1) if _is_flat(drawn.draws) else drawn.p(0.0, tail)
        beyond = self._beyond(0.025, side)
        if seen is None or beyond is None or beyond == 0:
            return None if beyond is None or self.bound(0.025, side) is None else seen
        sign = 1 if tail == "greater" else -1
        if sign * self.value <= 0:
            return 1.0 if _is_flat(drawn.draws) else max(seen, 0.5)
        low, high = -6.0, float(np.log10(0.499))
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            found = self.bound(10**middle, side)
            if found is None:
                return None
            low, high = (low, middle) if sign * found > 0 else (middle, high)
        return max(seen, float(10**high))

    def _beyond(self, alpha: float, side: Bound) -> float | None:
        pieces = self.shared.parts or ((1.0, self.shared),)
        reaches = [(weight, one.beyond(self.share, alpha, side)) for weight, one in pieces]
        return combined(reaches)

    def _told(self) -> Iterable[str]:
        if not self.shared.parts:
            told = _remark(self.shared, differing(self.shared.changed or 0))
            yield from (told,) if told else ()
            return
        found: dict[str, list[str]] = {}
        for _, one in self.shared.parts:
            found.setdefault(_remark(one, "few answers or none differ"), []).append(one.name)
        yield from (f"{', '.join(names)}: {told}" for told, names in found.items() if told)


def _remark(one: Shared, few: str) -> str:
    if all(one.is_flat):
        return "no resample differs: bounds from differences not seen"
    if any(one.is_flat):
        whose = "the parent's" if one.is_flat[0] else "its own"
        return f"{whose} value never varies over resamples: bounds from errors not seen"
    return f"{few}: bounds allow for differences not seen" if one.is_rare else ""


def combined(reaches: Iterable[tuple[float, float | None]]) -> float | None:
    """Reach of a weighted sum of independent parts; None where one has none."""
    total = 0.0
    for weight, reach in reaches:
        if reach is None:
            return None
        total += (weight * reach) ** 2
    return math.sqrt(total)


def differing(count: int) -> str:
    """``only 3 answers differ``."""
    if count >= FEW:
        return "no resample differs"
    return "no answer differs" if not count else f"only {count} answer{'s differ' if count > 1 else ' differs'}"


def ends_of(pairing: Pairing, systems: range, metric: str) -> Ends:
    """Bounds of a value that no resample changes, as its score's interval has them; of seeds their mean."""
    members = pairing.task.score_metrics if metric == "score" else (metric,)

    def bounds(alpha: float) -> tuple[float, float] | None:
        found = [
            _interval(pairing.columns[system], pairing.metric(name), 1 - 2 * alpha)
            for system in systems
            for name in members
        ]
        lows, highs = (
            [one.low for one in found if one.low is not None],
            [one.high for one in found if one.high is not None],
        )
        if len(lows) < len(found) or len(highs) < len(found):
            return None
        return float(np.mean(lows)), float(np.mean(highs))

    return bounds


def _interval(columns: Columns, metric: Metric, confidence: float) -> Interval:
    """The interval that a score has without spread (``score.score_columns``)."""
    if metric.share is None or metric.basis is None:
        return degenerate_interval(columns, metric, confidence)
    rows = columns.unit_rows(metric.basis)
    found = share_interval(share_of(*metric.share(rows.values, columns.task), rows.counts), confidence)
    if metric.link is None or found.low is None or found.high is None:
        return found
    return replace(found, low=metric.link(found.low), high=metric.link(found.high))


def _reach(drawn: Drawn, alpha: float, side: Bound) -> float | None:
    bound = drawn.bound(alpha, side)
    return None if bound is None else abs(bound - drawn.value)


def _is_flat(draws: Floats) -> bool:
    known = draws[np.isfinite(draws)]
    return not known.size or float(np.ptp(known)) <= _NONE
