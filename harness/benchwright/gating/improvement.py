"""A difference oriented so that positive is an improvement, with bounds, p-values, power and required sample size."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import ceil, floor, inf
from typing import Any

from scipy.special import ndtr

from benchwright import formatting
from benchwright.comparison.estimate import estimate_difference
from benchwright.comparison.pairing import PairedRecords
from benchwright.gating.verdict import RequiredItems
from benchwright.stats.bootstrap_difference import BootstrapDifference
from benchwright.stats.difference import Bound, DifferenceEstimate, Tail, bound_distance
from benchwright.stats.intervals import upper_quantile
from benchwright.stats.jackknife import FEW, JackknifeDifference
from benchwright.stats.paired import DiscordantCounts
from benchwright.stats.power import items_needed, least_margin, power_noninferiority, smallest_margin

POWER = 0.8
"""Chance to pass, for equal models, that smallest margins and needed items are given for."""

_MANY = 500
"""Discordant items from which on the normal formula and the exact power agree to a few per mille."""

MOST_ITEMS = 1_000_000
"""Items that somebody may still collect; a larger estimate is not a number to plan with."""

_NEAR = 1e-6
"""A distance below this is none: no number of items tells it."""


@dataclass(frozen=True, kw_only=True)
class Improvement:
    """Candidate minus reference on a metric, oriented so that positive is better.

    Attributes:
        difference: The difference in the metric's own direction.
        sign: 1 where higher is better, -1 where lower is.
        n: Items behind it.
    """

    difference: DifferenceEstimate
    sign: int
    n: int
    _bounds: dict[tuple[float, Bound], float | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def value(self) -> float:
        """The improvement; NaN if undefined."""
        return self.sign * self.difference.value

    def low(self, alpha: float) -> float | None:
        """One-sided lower (1 - alpha) confidence bound; None if it is undefined."""
        return self._bound(alpha, "lower")

    def high(self, alpha: float) -> float | None:
        """One-sided upper (1 - alpha) confidence bound; None if it is undefined."""
        return self._bound(alpha, "upper")

    def fields(self, alpha: float) -> dict[str, Any]:
        """Fields of a finding: bounds in the metric's own direction, and the method."""
        low, high = self.low(alpha), self.high(alpha)
        if self.sign < 0:
            low, high = (None if end is None else -end for end in (high, low))
        return {"low": low, "high": high, "method": self.difference.method}

    def p_below(self, gain: float) -> float | None:
        """p-value of H0: the improvement is at least ``gain``; small values are evidence that it is smaller."""
        return self._p(gain, "less")

    def p_above(self, gain: float) -> float | None:
        """p-value of H0: the improvement is at most ``gain``; small values are evidence that it is larger."""
        return self._p(gain, "greater")

    def mde(self, alpha: float, power: float = POWER) -> float | None:
        """Minimum detectable effect: the smallest margin that equal models would pass with that power; None if it cannot be estimated.

        They pass if the lower bound, at the distance from the value that it has here, is above the negative margin.
        """
        if isinstance(self.difference, DiscordantCounts):
            share = (self.difference.b + self.difference.c) / self.difference.n
            shown = smallest_margin(max(floor(self.difference.n), 1), min(share, 1.0), alpha=alpha, power=power)
            return shown if shown < 1 else None
        least = _margin(self.difference, self._reach(self.difference, alpha), power)
        width = self.difference.width if isinstance(self.difference, BootstrapDifference | JackknifeDifference) else inf
        return None if least is None or least >= width else least

    def power(self, margin: float, alpha: float) -> float | None:
        """Probability that equal models pass a margin; None if it cannot be estimated."""
        if isinstance(self.difference, DiscordantCounts):
            share = (self.difference.b + self.difference.c) / self.difference.n
            size = max(floor(self.difference.n), 1)
            return power_noninferiority(size, min(share, 1.0), min(margin, 0.999), 0.0, alpha)
        far, se = self._reach(self.difference, alpha), self.difference.se
        return float(ndtr((margin - far) / se)) if far is not None and se else None

    def needed(self, margin: float, alpha: float, power: float = POWER) -> int | None:
        """Sample size at which equal models, disagreeing as often as these, pass a margin with that power."""
        if margin <= 0:
            return None
        if isinstance(self.difference, DiscordantCounts):
            share = (self.difference.b + self.difference.c) / self.difference.n
            return ceil(_items(min(share, 1.0), margin, alpha, power) * self.n / self.difference.n - 1e-9)
        seen = self.difference
        if isinstance(seen, BootstrapDifference | JackknifeDifference) and seen.is_rare:
            seen = replace(seen, changed=None)
        shown = _margin(seen, self._reach(seen, alpha), power)
        if shown is None:
            return None
        return max(ceil(self.n * (shown / margin) ** 2 - 1e-9), self._for_unseen(margin, alpha), 1)

    def _for_unseen(self, margin: float, alpha: float) -> int:
        """Sample size at which unobserved differences are ruled out, or enough answers differ for the bootstrap."""
        found = self.difference
        if not isinstance(found, BootstrapDifference | JackknifeDifference) or not found.is_rare or not found.changed:
            return 0
        share = min(margin / found.width, 1 - 1e-9)
        units = upper_quantile(alpha) ** 2 * (1 - share) / share
        return ceil(self.n * min(units / found.units, FEW / found.changed))

    def _reach(self, found: DifferenceEstimate, alpha: float) -> float | None:
        """Distance from the value to its lower bound; None without a bound."""
        return bound_distance(found, alpha, "lower" if self.sign > 0 else "upper")

    def required_items(
        self, limit: float, alpha: float, power: float = POWER, *, equal: float | None
    ) -> RequiredItems | None:
        """Sample size that would decide whether the improvement exceeds ``limit``; None if there are that many items already.

        ``equal`` is the improvement of equal models that is assumed; None: do not assume it. If the bounds exclude equality, or
        there are enough items for it, the observed improvement is assumed.
        """
        sure = f"({formatting.percent(POWER, 0)} power)"
        if equal is not None and not self._excludes(equal, alpha):
            needed = self.needed(abs(equal - limit), alpha, power)
            if needed and needed > self.n:
                return _required(needed, f"this needs {{}} if the models are equal {sure}")
        seen = self._seen(abs(self.value - limit), alpha, power)
        if seen and seen > self.n:
            return _required(seen, f"if the difference is as seen, {{}} tell {sure}")
        return None

    def _excludes(self, gain: float, alpha: float) -> bool:
        low, high = self.low(alpha), self.high(alpha)
        return (low is not None and low > gain) or (high is not None and high < gain)

    def _seen(self, distance: float, alpha: float, power: float) -> int | None:
        """Sample size at which a difference at that distance from a limit is significant."""
        se = self.difference.se
        if not se or distance < _NEAR:
            return None
        reach = upper_quantile(alpha) + upper_quantile(1 - power)
        return ceil(self.n * (reach * se / distance) ** 2)

    def least(self, alpha: float) -> float | None:
        """The margin that two models agreeing on every item just fail; None without a closed formula."""
        if isinstance(self.difference, DiscordantCounts):
            return least_margin(max(floor(self.difference.n), 1), alpha=alpha)
        if (
            isinstance(self.difference, BootstrapDifference)
            and self.difference.width == 1
            and self.difference.units > 1
        ):
            square = upper_quantile(alpha, self.difference.units - 1) ** 2
            return square / (self.difference.units + square)
        return None

    def _bound(self, alpha: float, end: Bound) -> float | None:
        """The cached bound at one end."""
        if (alpha, end) not in self._bounds:
            side: Bound = end if self.sign > 0 else ("upper" if end == "lower" else "lower")
            bound = self.difference.bound(alpha, side)
            self._bounds[alpha, end] = None if bound is None else self.sign * bound
        return self._bounds[alpha, end]

    def _p(self, gain: float, tail: Tail) -> float | None:
        side: Tail = tail if self.sign > 0 else ("less" if tail == "greater" else "greater")
        return self.difference.p(self.sign * gain, side)


def improvement(pairing: PairedRecords, metric: str) -> Improvement:
    """Candidate (system 1) minus reference (system 0) on a metric, positive is better. Raises NotComparable for an unknown metric."""
    return Improvement(
        difference=estimate_difference(pairing, metric, 0, 1), sign=pairing.quantity(metric).sign, n=pairing.n
    )


def _margin(found: DifferenceEstimate, far: float | None, power: float) -> float | None:
    """The margin that is passed with probability ``power`` if the lower bound lies ``far`` below a value of 0."""
    return far + upper_quantile(1 - power) * found.se if far is not None and found.se else None


def _required(items: int, sentence: str) -> RequiredItems:
    if items > MOST_ITEMS:
        return RequiredItems(
            items=None, sentence=sentence.format(f"more than {MOST_ITEMS:,} items, no realistic number,")
        )
    return RequiredItems(items=items, sentence=sentence.format(f"{formatting.about(items)} items"))


def _items(discordance: float, margin: float, alpha: float, power: float) -> int:
    """Independent items that a margin needs: exact search, or the normal formula if many answers differ."""
    reach = upper_quantile(alpha) + upper_quantile(1 - power)
    rough = reach**2 * discordance / margin**2
    if margin >= 1 or rough * discordance > _MANY:
        return max(ceil(rough), 1)
    return items_needed(discordance, margin, alpha=alpha, power=power) or 1
