"""The largest difference between groups, and the smallest ratio, with bounds and what they say about a limit.

For groups with values v_1 ... v_k the gap is max - min. It is at most L exactly if every v_i - v_j is: the upper bound is the
largest of the one-sided upper bounds of the ordered pairs, at level alpha without correction (intersection-union test, Berger
1982). It exceeds L if one v_i - v_j does: the lower bound is the largest of the lower bounds, at alpha / (k (k - 1))
(Bonferroni). So "within" and "exceeds" are each wrong in at most alpha of the cases, however many groups there are. The gap that
is seen, max - min, lies above the true one on average, the more so the more and the smaller the groups.

How pairs are bounded depends on what is known of the groups:

===================================  =====================================================================================
`shares_of_groups.SharesOfGroups`    hits out of trials in independent groups: `share_pairs`; of clusters as many as they are worth
`group_bounds.IndependentGroups`     any metric in independent groups: bounds of each in quadrature (MOVER, Zou 2008)
`group_bounds.InfluencedGroups`      groups that share units, from what each unit adds: shares, areas under curves
`group_bounds.DrawnGroups`           groups that share units, any metric: bootstrap draws of all of them together
===================================  =====================================================================================

Means over the same items in every group (identity swaps): `paired_gaps`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchwright.errors import BenchwrightError
from benchwright.types import BiasVerdict, Gap

Floats = NDArray[np.float64]

ALPHA = 0.05
"""Level of both bounds."""

LARGEST_SCALE = 1000.0
"""Times as many items as there are, beyond which no number of items is told."""

_DIGITS = 12


class GroupEstimates(Protocol):
    """Values of groups with bounds of every pair; groups without a value are not in it."""

    @property
    def names(self) -> tuple[str, ...]:
        """Groups (k)."""
        ...

    @property
    def values(self) -> Floats:
        """Their values (k)."""
        ...

    @property
    def items(self) -> float:
        """Items behind them in all."""
        ...

    @property
    def method(self) -> str:
        """How pairs are bounded."""
        ...

    def upper(self, alpha: float) -> Floats:
        """One-sided upper bounds (k, k) of value i minus value j; infinite where there is none."""
        ...

    def is_below(self, limit: float, alpha: float, scale: float) -> NDArray[np.bool_]:
        """Whether those bounds are at most a limit (k, k), with ``scale`` times as many items of the same kind."""
        ...

    def lowest_ratio(self, alpha: float) -> Floats:
        """One-sided lower bounds (k, k) of value i divided by value j; 0 where there is none."""
        ...

    def is_ratio_above(self, limit: float, alpha: float, scale: float) -> NDArray[np.bool_]:
        """Whether those are at least a limit (k, k), with ``scale`` times as many items of the same kind."""
        ...


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """Smallest value divided by largest.

    Attributes:
        value: In [0, 1]; None where the largest is 0 or fewer than two groups have a value.
        low: One-sided lower bound at alpha: the smallest ratio that is asked for is kept when it is at most this.
        high: One-sided upper bound at alpha over all pairs together.
        limit: Smallest ratio that is allowed.
        verdict: ``within`` if low >= limit, ``exceeds`` if high < limit, else ``cannot tell``; None without a limit.
        needed: Items in all that would tell.
        method: How the bounds were made.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    verdict: BiasVerdict | None = None
    needed: int | None = None
    method: str = ""


def gap_between(
    groups: GroupEstimates,
    *,
    limit: float | None = None,
    alpha: float = ALPHA,
    items: float | None = None,
    parts: int = 1,
) -> Gap:
    """Largest minus smallest value of the groups, bounded as the module says.

    Args:
        groups: Two groups or more; with fewer there is no gap, only what was allowed: nothing can be told.
        limit: What is allowed, in the metric's own units.
        alpha: Level of each bound.
        items: Items that ``needed`` counts, where these are others than those of ``groups`` (all items, not the positives alone).
        parts: How many gaps this is one of, of which the largest counts: the lower bound is corrected for them, the upper not.

    Raises:
        BenchwrightError: A limit below 0.
    """
    if limit is not None and not (math.isfinite(limit) and limit >= 0):
        raise BenchwrightError(f"a gap of at most {limit:g}", expected="0 or more", hint="limit=0.05")
    if len(groups.names) < 2:
        told: BiasVerdict | None = None if limit is None else "cannot tell"
        return Gap(value=None, limit=limit, verdict=told, method="fewer than two groups have a value")
    values = groups.values
    highest, lowest = int(values.argmax()), int(values.argmin())
    value = float(values[highest] - values[lowest])
    low, high = _gap_bounds(groups, alpha, parts)
    verdict = judge(low, high, limit)
    return Gap(
        value=value,
        low=None if low is None else round(min(low, value), _DIGITS),
        high=None if high is None else round(max(high, value), _DIGITS),
        highest=groups.names[highest],
        lowest=groups.names[lowest],
        limit=limit,
        verdict=verdict,
        needed=_items(_gap_needed(groups, value, limit, alpha, parts), groups, items)
        if limit is not None and verdict == "cannot tell"
        else None,
        method=groups.method,
    )


def ratio_between(
    groups: GroupEstimates, *, limit: float | None = None, alpha: float = ALPHA, items: float | None = None
) -> Ratio:
    """Smallest value divided by largest, bounded in the same way; the "four-fifths rule" has the limit 0.8.

    Raises:
        BenchwrightError: A limit outside (0, 1], or a value below 0: such values have no ratio.
    """
    if limit is not None and not 0 < limit <= 1:
        raise BenchwrightError(f"a ratio of at least {limit:g}", expected="above 0, at most 1", hint="min_ratio = 0.8")
    if len(groups.names) < 2:
        told: BiasVerdict | None = None if limit is None else "cannot tell"
        return Ratio(value=None, limit=limit, verdict=told, method="fewer than two groups have a value")
    values = groups.values
    if values.min() < 0:
        raise BenchwrightError(
            f"{groups.names[int(values.argmin())]} has the value {values.min():g}",
            expected="values of at least 0: others have no ratio",
            hint="ask for the gap",
        )
    if values.max() == 0:
        told = None if limit is None else "cannot tell"
        return Ratio(value=None, limit=limit, verdict=told, method="every value is 0")
    value = float(values.min() / values.max())
    low, high = _ratio_bounds(groups, alpha)
    verdict = judge_ratio(low, high, limit)
    return Ratio(
        value=value,
        low=round(min(low, value), _DIGITS),
        high=round(max(high, value), _DIGITS),
        limit=limit,
        verdict=verdict,
        needed=_items(_ratio_needed(groups, value, limit, alpha), groups, items)
        if limit is not None and verdict == "cannot tell"
        else None,
        method=groups.method,
    )


def judge(low: float | None, high: float | None, limit: float | None) -> BiasVerdict | None:
    """``within`` if the upper bound is at most the limit, ``exceeds`` if the lower one is above it, else ``cannot tell``."""
    if limit is None:
        return None
    if high is not None and high <= limit:
        return "within"
    return "exceeds" if low is not None and low > limit else "cannot tell"


def judge_ratio(low: float | None, high: float | None, limit: float | None) -> BiasVerdict | None:
    """``within`` if the lower bound is at least the smallest ratio that is allowed, ``exceeds`` if the upper one is below it."""
    if limit is None:
        return None
    if low is not None and low >= limit:
        return "within"
    return "exceeds" if high is not None and high < limit else "cannot tell"


def _gap_bounds(groups: GroupEstimates, alpha: float, parts: int) -> tuple[float | None, float | None]:
    """Lower and upper bound; None where a pair has none."""
    apart = _pairs_of(groups)
    high = float(groups.upper(alpha)[apart].max())
    low = float(-groups.upper(alpha / apart.sum() / parts)[apart].min())
    return (max(low, 0.0) if math.isfinite(low) else None), (high if math.isfinite(high) else None)


def _ratio_bounds(groups: GroupEstimates, alpha: float) -> tuple[float, float]:
    """Lower bound, the least of all pairs; upper bound, from the lower bound of the opposite ratio."""
    apart = _pairs_of(groups)
    low = float(groups.lowest_ratio(alpha)[apart].min())
    opposite = float(groups.lowest_ratio(alpha / apart.sum())[apart].max())
    return min(low, 1.0), (1 / opposite if opposite > 1 else 1.0)


def _pairs_of(groups: GroupEstimates) -> NDArray[np.bool_]:
    """Where the ordered pairs of different groups stand (k, k)."""
    return ~np.eye(len(groups.names), dtype=np.bool_)


def _gap_needed(groups: GroupEstimates, value: float, limit: float, alpha: float, parts: int) -> float | None:
    apart = _pairs_of(groups)
    if value < limit:
        return _times(lambda scale: bool(groups.is_below(limit, alpha, scale)[apart].all()))
    if value > limit:
        return _times(lambda scale: bool(groups.is_below(-limit, alpha / apart.sum() / parts, scale)[apart].any()))
    return None


def _ratio_needed(groups: GroupEstimates, value: float, limit: float, alpha: float) -> float | None:
    apart = _pairs_of(groups)
    if value > limit:
        return _times(lambda scale: bool(groups.is_ratio_above(limit, alpha, scale)[apart].all()))
    if value < limit:
        return _times(lambda scale: bool(groups.is_ratio_above(1 / limit, alpha / apart.sum(), scale)[apart].any()))
    return None


def _times(tells: Callable[[float], bool]) -> float | None:
    """How many times as many items tell, to about 1 %; None where `LARGEST_SCALE` times as many would not."""
    low, high = 1.0, 2.0
    while not tells(high):
        low, high = high, high * 2
        if high > LARGEST_SCALE:
            return None
    while high / low > 1.01:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if tells(middle) else (middle, high)
    return high


def _items(times: float | None, groups: GroupEstimates, items: float | None) -> int | None:
    return None if times is None else math.ceil(times * (groups.items if items is None else items))
