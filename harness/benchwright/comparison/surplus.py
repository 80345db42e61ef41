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

from benchwright.comparison.pairing import Pairing
from benchwright.items import Changes, differing
from benchwright.metrics.closed import closed_interval
from benchwright.metrics.columns import Columns, Floats, Metric
from benchwright.metrics.degenerate import degenerate_interval
from benchwright.stats.estimator import FEW, Bound, Drawn, Estimator, Tail, Widened, reach
from benchwright.stats.intervals import Interval
from benchwright.stats.paired import upper_quantile

Ends = Callable[[float], tuple[float, float] | None]
"""One-sided level -> low and high end of one system's value; None where nothing bounds it."""

_NONE = 1e-12


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
        counted: What ``changed`` counts.
        first_ends: Bounds of the first's value, used where its draws never vary.
        second_ends: The same of the second's.
        parts: Weight and numbers of each task of a mean; empty for one task.
        first_left: The first's values without each unit, where units are few; None elsewhere.
        second_left: The second's.
        sizes: Items of each unit, where units are few; None elsewhere.
        name: Task, for flags.
    """

    before: float
    now: float
    first: Floats
    second: Floats
    units: int
    width: float
    changed: int | None = None
    counted: Changes = "answers"
    first_ends: Ends | None = None
    second_ends: Ends | None = None
    parts: tuple[tuple[float, Shared], ...] = ()
    first_left: Floats | None = None
    second_left: Floats | None = None
    sizes: Floats | None = None
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
        if all(self.is_flat):
            return False
        if self.changed is not None and self.changed < FEW:
            return True
        return not any(self.is_flat) and self.before > 0 and _is_flat(self.second - self.now / self.before * self.first)

    def drawn(self, share: float, *, changed: int | None = None) -> Drawn:
        """The surplus by its draws alone; with ``changed`` below ten also by differences not seen."""
        over = self.second - share * self.first
        left = None
        if self.first_left is not None and self.second_left is not None:
            left = self.second_left - share * self.first_left
        return Drawn(
            value=self.now - share * self.before,
            draws=over[np.isfinite(over)],
            units=self.units,
            width=self.width,
            of=self.first.size,
            changed=changed,
            counted=self.counted,
            without_one=left if left is not None and np.isfinite(left).all() else None,
            sizes=self.sizes,
        )

    def beyond(self, share: float, alpha: float, side: Bound) -> float | None:
        """How far the bound reaches beyond draws, to be added in squares; None where nothing tells."""
        if all(self.is_flat):
            still = replace(
                self.drawn(share), draws=np.zeros(2), of=2, without_one=None
            )  # at every share, rounding aside
            return self._both(share, alpha, side, reach(still, alpha, side))
        own = self._own(share, alpha, side) if any(self.is_flat) else 0.0
        if own is None or not self.is_rare:
            return own
        found = self.drawn(share, changed=min(self.changed or 0, FEW - 1))
        far, seen = reach(found, alpha, side), reach(replace(found, changed=None), alpha, side)
        if far is None or seen is None:
            return None
        seen = 0.0 if _is_flat(found.draws) else seen
        return max(
            own, math.sqrt(max(0.0, far**2 - seen**2))
        )  # the parent's unseen errors are differences not seen, too

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
        far = square / (self.units + square) * self.width
        return value - far, value + far


@dataclass(frozen=True, kw_only=True, eq=False)
class Surplus:
    """Second - share x first, as an estimator: what draws show, and beside it what they do not, in squares."""

    shared: Shared
    share: float

    @property
    def value(self) -> float:
        """On the items."""
        return self.shared.now - self.share * self.shared.before

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
        lost = self._drawn.of - self._drawn.draws.size
        told = (f"{lost} of {self._drawn.of} resamples are undefined: counted as beyond either bound",) if lost else ()
        return (*told, *self._told())

    def bound(self, alpha: float, side: Bound) -> float | None:
        """One-sided (1 - alpha) bound; None where there is none."""
        return self._whole.bound(alpha, side)

    def p(self, delta0: float, tail: Tail) -> float | None:
        """One-sided p at H0: the surplus is delta0; the level at which the bound touches it."""
        return self._whole.p(delta0, tail)

    @cached_property
    def _drawn(self) -> Drawn:
        return self.shared.drawn(self.share)

    @property
    def _whole(self) -> Estimator:
        return Widened(seen=self._drawn, beyond=self._beyond) if self._is_more_than_draws else self._drawn

    @cached_property
    def _is_more_than_draws(self) -> bool:
        """Whether some part may differ by more than draws show."""
        return self._drawn.is_flat or any(
            any(one.is_flat) or one.is_rare for one in (part for _, part in self.shared.parts or ((1.0, self.shared),))
        )

    def _beyond(self, alpha: float, side: Bound) -> float | None:
        pieces = self.shared.parts or ((1.0, self.shared),)
        reaches = [(weight, one.beyond(self.share, alpha, side)) for weight, one in pieces]
        return combined(reaches)

    def _told(self) -> Iterable[str]:
        if not self.shared.parts:
            told = _remark(self.shared, few_or_none(self.shared.changed or 0, self.shared.counted))
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
    for weight, far in reaches:
        if far is None:
            return None
        total += (weight * far) ** 2
    return math.sqrt(total)


def few_or_none(number: int, counted: Changes) -> str:
    """``only 3 answers differ``; where it is more than a few, that resamples show nothing of them."""
    return "no resample differs" if number >= FEW else differing(number, counted)


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
    return closed_interval(columns, metric, confidence) or degenerate_interval(columns, metric, confidence)


def _is_flat(draws: Floats) -> bool:
    known = draws[np.isfinite(draws)]
    return not known.size or float(np.ptp(known)) <= _NONE
