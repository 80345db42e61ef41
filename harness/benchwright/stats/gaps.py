"""The largest difference between groups, and the smallest ratio, with bounds and what they say about a limit.

For groups with values v_1 ... v_k the gap is max - min. It is at most L exactly if every v_i - v_j is: the upper bound is the
largest of the one-sided upper bounds of the ordered pairs, at level alpha without correction (intersection-union test, Berger
1982). It exceeds L if one v_i - v_j does: the lower bound is the largest of the lower bounds, at alpha / (k (k - 1))
(Bonferroni). So "within" and "exceeds" are each wrong in at most alpha of the cases, however many groups there are. The gap that
is seen, max - min, lies above the true one on average, the more so the more and the smaller the groups.

How pairs are bounded depends on what is known of the groups:

===================  =====================================================================================================
`SharesOfGroups`     hits out of trials in independent groups: `share_pairs`; in clusters on an effective number of trials
`IndependentGroups`  any metric in independent groups: one-sided bounds of each, combined in quadrature (MOVER, Zou 2008)
`DrawnGroups`        any metric, groups that share units: bootstrap draws of all groups together; `means_of_groups` makes them
===================  =====================================================================================================
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchwright.errors import BenchwrightError
from benchwright.stats.bootstrap import draw_sums, merge_rows, sum_by_cluster
from benchwright.stats.bootstrap_difference import MANY_UNITS, BootstrapDifference
from benchwright.stats.checks import cluster_codes, finite
from benchwright.stats.intervals import Share, expanded
from benchwright.stats.share_pairs import Pair, is_below, is_ratio_above, lower_ratio, upper_difference
from benchwright.types import BiasVerdict, Gap

Floats = NDArray[np.float64]

ALPHA = 0.05
"""Level of both bounds."""

_LARGEST = 1e6
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
    groups: GroupEstimates, *, limit: float | None = None, alpha: float = ALPHA, items: float | None = None
) -> Gap:
    """Largest minus smallest value of the groups, bounded as the module says.

    Args:
        groups: Two groups or more; with fewer there is no gap, only what was allowed: nothing can be told.
        limit: What is allowed, in the metric's own units.
        alpha: Level of each bound.
        items: Items that ``needed`` counts, where these are others than those of ``groups`` (all items, not the positives alone).

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
    low, high = _gap_bounds(groups, alpha)
    verdict = judge(low, high, limit)
    return Gap(
        value=value,
        low=None if low is None else round(min(low, value), _DIGITS),
        high=None if high is None else round(max(high, value), _DIGITS),
        highest=groups.names[highest],
        lowest=groups.names[lowest],
        limit=limit,
        verdict=verdict,
        needed=_items(_gap_needed(groups, value, limit, alpha), groups, items)
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
    verdict = _judge_ratio(low, high, limit)
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


def _judge_ratio(low: float, high: float, limit: float | None) -> BiasVerdict | None:
    if limit is None:
        return None
    if low >= limit:
        return "within"
    return "exceeds" if high < limit else "cannot tell"


def _gap_bounds(groups: GroupEstimates, alpha: float) -> tuple[float | None, float | None]:
    """Lower and upper bound; None where a pair has none."""
    apart = _pairs_of(groups)
    high = float(groups.upper(alpha)[apart].max())
    low = float(-groups.upper(alpha / apart.sum())[apart].min())
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


def _gap_needed(groups: GroupEstimates, value: float, limit: float, alpha: float) -> float | None:
    apart = _pairs_of(groups)
    if value < limit:
        return _times(lambda scale: bool(groups.is_below(limit, alpha, scale)[apart].all()))
    if value > limit:
        return _times(lambda scale: bool(groups.is_below(-limit, alpha / apart.sum(), scale)[apart].any()))
    return None


def _ratio_needed(groups: GroupEstimates, value: float, limit: float, alpha: float) -> float | None:
    apart = _pairs_of(groups)
    if value > limit:
        return _times(lambda scale: bool(groups.is_ratio_above(limit, alpha, scale)[apart].all()))
    if value < limit:
        return _times(lambda scale: bool(groups.is_ratio_above(1 / limit, alpha / apart.sum(), scale)[apart].any()))
    return None


def _times(tells: Callable[[float], bool]) -> float | None:
    """How many times as many items tell, to about 1 %; None where a million times as many would not."""
    low, high = 1.0, 2.0
    while not tells(high):
        low, high = high, high * 2
        if high > _LARGEST:
            return None
    while high / low > 1.01:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if tells(middle) else (middle, high)
    return high


def _items(times: float | None, groups: GroupEstimates, items: float | None) -> int | None:
    return None if times is None else math.ceil(times * (groups.items if items is None else items))


@dataclass(frozen=True, eq=False)
class SharesOfGroups:
    """Hits out of trials in groups that have no item and no cluster in common.

    Groups without a trial, or whose trials all lie in one cluster, have no value here.
    """

    shares: Mapping[str, Share]

    @cached_property
    def _known(self) -> dict[str, Share]:
        return {name: share for name, share in self.shares.items() if share.trials > 0 and not _is_one_cluster(share)}

    @property
    def names(self) -> tuple[str, ...]:
        """Groups with trials."""
        return tuple(self._known)

    @property
    def values(self) -> Floats:
        """Shares."""
        return np.array([share.hits / share.trials for share in self._known.values()])

    @property
    def items(self) -> float:
        """Trials in all."""
        return sum(share.trials for share in self._known.values())

    @property
    def method(self) -> str:
        """Score bounds."""
        together = any(share.together for share in self._known.values())
        return "score bounds of pairs" + (", clustered" if together else "")

    def upper(self, alpha: float) -> Floats:
        """Score bounds of the differences (k, k)."""
        return upper_difference(self._pairs(1.0), alpha)

    def is_below(self, limit: float, alpha: float, scale: float) -> NDArray[np.bool_]:
        """Whether those bounds are at most a limit (k, k)."""
        return is_below(self._pairs(scale), limit, alpha)

    def lowest_ratio(self, alpha: float) -> Floats:
        """Score bounds of the ratios (k, k)."""
        return lower_ratio(self._pairs(1.0), alpha)

    def is_ratio_above(self, limit: float, alpha: float, scale: float) -> NDArray[np.bool_]:
        """Whether those are at least a limit (k, k)."""
        return is_ratio_above(self._pairs(scale), limit, alpha)

    def _pairs(self, scale: float) -> Pair:
        known = list(self._known.values())
        trials = np.array([effective_trials(share) for share in known]) * scale
        hits = self.values * trials
        df = np.maximum(np.array([share.units for share in known]) * scale - 1, 1.0)
        return Pair(
            *np.broadcast_arrays(
                hits[:, None], trials[:, None], hits[None], trials[None], np.minimum(df[:, None], df[None])
            )
        )


def _is_one_cluster(share: Share) -> bool:
    return share.together and share.units < 2


def effective_trials(share: Share) -> float:
    """Independent trials that a share in clusters is worth: trials / max(1, design effect).

    At 0 % and 100 %, where no design effect can be seen, the number of units.
    """
    if not share.together:
        return share.trials
    value = share.hits / share.trials
    variance = value * (1 - value) / share.trials
    return share.trials / max(1.0, share.se**2 / variance) if variance > 0 else float(share.units)


@dataclass(frozen=True, kw_only=True, eq=False)
class IndependentGroups:
    """Any metric in groups that have no item and no cluster in common.

    Attributes:
        known: Group -> its value.
        bound: (group, alpha, sign) -> one-sided lower (-1) or upper (1) bound of its value; None: there is none.
        total: Items in all.
        width: Highest minus lowest possible value of the metric.
        how: Where the bounds of a group come from.
    """

    known: Mapping[str, float]
    bound: Callable[[str, float, int], float | None]
    total: float
    width: float = math.inf
    how: str = "bootstrap"

    @property
    def names(self) -> tuple[str, ...]:
        """Groups."""
        return tuple(self.known)

    @property
    def values(self) -> Floats:
        """Their values."""
        return np.array(list(self.known.values()))

    @property
    def items(self) -> float:
        """Items in all."""
        return self.total

    @property
    def method(self) -> str:
        """Bounds of each group in quadrature."""
        return f"bounds of each group ({self.how}) in quadrature"

    def upper(self, alpha: float) -> Floats:
        """The difference d plus sqrt((u_i - v_i)^2 + (v_j - l_j)^2), at most the width of the metric."""
        return self._upper(alpha, 1.0)

    def is_below(self, limit: float, alpha: float, scale: float) -> NDArray[np.bool_]:
        """Whether those bounds are at most a limit (k, k); distances shrink with the root of ``scale``."""
        return np.asarray(self._upper(alpha, scale) <= limit)

    def lowest_ratio(self, alpha: float) -> Floats:
        """Donner and Zou's (2012) closed form for a ratio."""
        return self._lowest_ratio(alpha, 1.0)

    def is_ratio_above(self, limit: float, alpha: float, scale: float) -> NDArray[np.bool_]:
        """Whether those are at least a limit (k, k)."""
        return np.asarray(self._lowest_ratio(alpha, scale) >= limit)

    def _upper(self, alpha: float, scale: float) -> Floats:
        low, high = self._ends(alpha, scale)
        values = self.values
        up, down = high - values, values - low
        apart = values[:, None] - values[None]
        return np.minimum(apart + np.hypot(up[:, None], down[None]), self.width)

    def _lowest_ratio(self, alpha: float, scale: float) -> Floats:
        low, high = self._ends(alpha, scale)
        one, other = self.values[:, None], self.values[None]
        least, most = np.maximum(low, 0.0)[:, None], high[None]
        inner = (one * other) ** 2 - least * most * (2 * one - least) * (2 * other - most)
        bottom = most * (2 * other - most)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = (one * other - np.sqrt(np.maximum(inner, 0.0))) / bottom
            # where the upper end is at least twice the value the form has no meaning: the ends themselves
            found = np.where(np.isfinite(found) & (bottom > 0), found, least / most)
        return np.asarray(np.where(np.isfinite(found), np.maximum(found, 0.0), 0.0))

    def _ends(self, alpha: float, scale: float) -> tuple[Floats, Floats]:
        shrink = scale**-0.5
        ends = []
        for sign in (-1, 1):
            found = [self.bound(name, alpha, sign) for name in self.known]
            ends.append(np.array([sign * math.inf if end is None else end for end in found]))
        return self.values + (ends[0] - self.values) * shrink, self.values + (ends[1] - self.values) * shrink


@dataclass(frozen=True, kw_only=True, eq=False)
class DrawnGroups:
    """Any metric in groups that may share units: bootstrap draws of all groups together.

    Attributes:
        known: Group -> its value.
        draws: Values in each resample of the units (k, R); NaN where undefined.
        units: Independent units.
        total: Items in all.
        width: Highest minus lowest possible value of the metric.
        rows: Of means: rows of the units (U, k + 1), sums of the values and number of items; None: the metric is no mean of items.
    """

    known: Mapping[str, float]
    draws: Floats
    units: int
    total: float
    width: float = math.inf
    rows: Floats | None = None
    _memory: dict[tuple[float, str], Floats] = field(default_factory=dict, init=False, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Groups."""
        return tuple(self.known)

    @property
    def values(self) -> Floats:
        """Their values."""
        return np.array(list(self.known.values()))

    @property
    def items(self) -> float:
        """Items in all."""
        return self.total

    @property
    def method(self) -> str:
        """Bootstrap of pairs."""
        return f"paired bootstrap {self.draws.shape[1]:,}"

    def upper(self, alpha: float) -> Floats:
        """Bounds of `BootstrapDifference` (k, k)."""
        return self._upper(alpha, 1.0)

    def is_below(self, limit: float, alpha: float, scale: float) -> NDArray[np.bool_]:
        """Whether those bounds are at most a limit (k, k); distances shrink with the root of ``scale``."""
        return np.asarray(self._upper(alpha, scale) <= limit)

    def lowest_ratio(self, alpha: float) -> Floats:
        """Expanded percentiles of the ratio's draws (k, k)."""
        return self._lowest_ratio(alpha, 1.0)

    def is_ratio_above(self, limit: float, alpha: float, scale: float) -> NDArray[np.bool_]:
        """Whether those are at least a limit (k, k); distances shrink with the root of ``scale``."""
        return np.asarray(self._lowest_ratio(alpha, scale) >= limit)

    def _upper(self, alpha: float, scale: float) -> Floats:
        key = (alpha, "gap")
        if key not in self._memory:
            self._memory[key] = self._upper_seen(alpha)
        apart = self.values[:, None] - self.values[None]
        return np.minimum(apart + (self._memory[key] - apart) / math.sqrt(scale), self.width)

    def _lowest_ratio(self, alpha: float, scale: float) -> Floats:
        key = (alpha, "ratio")
        if key not in self._memory:
            self._memory[key] = self._lowest_ratio_seen(alpha)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(self.values[None] > 0, self.values[:, None] / self.values[None], 0.0)
        return np.maximum(ratio + (self._memory[key] - ratio) / math.sqrt(scale), 0.0)

    def _upper_seen(self, alpha: float) -> Floats:
        values = self.values
        found = np.zeros((values.size, values.size))
        for one in range(values.size):
            for other in range(values.size):
                if one == other:
                    continue
                bound = self._difference(one, other).bound(alpha, "upper")
                found[one, other] = math.inf if bound is None else bound
        return found

    def _lowest_ratio_seen(self, alpha: float) -> Floats:
        values = self.values
        found = np.zeros((values.size, values.size))
        with np.errstate(divide="ignore", invalid="ignore"):
            for one in range(values.size):
                for other in range(values.size):
                    if one == other or values[other] == 0:
                        continue
                    drawn = self.draws[one] / self.draws[other]
                    drawn = np.where(np.isfinite(drawn), drawn, 0.0)
                    ratio = values[one] / values[other]
                    low = expanded(drawn, self.units, 1 - 2 * alpha)[0]
                    found[one, other] = max(min(low, ratio), 0.0)
        return found

    def _difference(self, one: int, other: int) -> BootstrapDifference:
        apart = self.draws[one] - self.draws[other]
        value = float(self.values[one] - self.values[other])
        changed, without, sizes = self._by_unit(one, other, value)
        return BootstrapDifference(
            value=value,
            draws=apart[np.isfinite(apart)],
            units=self.units,
            width=self.width,
            resamples=apart.size,
            changed=changed,
            without_one=without,
            sizes=sizes,
        )

    def _by_unit(self, one: int, other: int, value: float) -> tuple[int | None, Floats | None, Floats | None]:
        """Units that differ, leave-one-out differences, sizes: what few units need."""
        if self.rows is None:
            return None, None, None
        apart, sizes = self.rows[:, one] - self.rows[:, other], self.rows[:, -1]
        changed = int((np.abs(apart) > 1e-12).sum())
        if self.units >= MANY_UNITS or self.units < 2:
            return changed, None, None
        total = sizes.sum()
        without = (value * total - apart) / (total - sizes)
        return changed, without, sizes


def means_of_groups(
    values: ArrayLike,
    names: Sequence[str],
    clusters: ArrayLike | None = None,
    *,
    width: float = 1.0,
    resamples: int = 10_000,
    seed: tuple[int, ...] = (0,),
) -> DrawnGroups:
    """Means of several groups over the same items, with draws over the items' clusters.

    Args:
        values: A value per item and group (n, k): the mean score of the item's variants of that group.
        names: Groups (k).
        clusters: Cluster of each item (n); None: items are independent.
        width: Highest minus lowest possible value.
        resamples: Number of resamples.
        seed: Same seed, same bounds.

    Raises:
        BenchwrightError: No item, NaN, or shapes that do not fit.
    """
    table = finite("values", values, 2)
    if not len(table) or table.shape[1] != len(names):
        raise BenchwrightError(
            f"values of the shape {table.shape} for {len(names)} groups", expected="a row per item, a column per group"
        )
    codes = None if clusters is None else cluster_codes(clusters, len(table))
    rows = sum_by_cluster(np.concatenate([table, np.ones((len(table), 1))], axis=1), codes)
    sums = draw_sums(merge_rows(rows), resamples=resamples, seed=seed)
    means = table.mean(axis=0)
    return DrawnGroups(
        known=dict(zip(names, means.tolist(), strict=True)),
        draws=(sums[:, :-1] / sums[:, -1:]).T,
        units=len(rows),
        total=len(table),
        width=width,
        rows=rows,
    )
