"""Bounds for pairs of groups where values are no shares of independent items: `gaps` asks, any metric answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchwright.stats.bootstrap_difference import BootstrapDifference
from benchwright.stats.intervals import expanded, upper_quantile
from benchwright.stats.jackknife import JackknifeDifference
from benchwright.stats.shares_of_groups import SharesOfGroups

Floats = NDArray[np.float64]


class _Bounded:
    """What `gaps.GroupEstimates` asks, answered from bounds at a level for ``scale`` times as many items."""

    known: Mapping[str, float]
    total: float
    width: float

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

    def upper(self, alpha: float) -> Floats:
        """One-sided upper bounds (k, k)."""
        return self._upper(alpha, 1.0)

    def is_below(self, limit: float, alpha: float, scale: float) -> NDArray[np.bool_]:
        """Whether those bounds are at most a limit (k, k), with ``scale`` times as many items."""
        return np.asarray(self._upper(alpha, scale) <= limit)

    def lowest_ratio(self, alpha: float) -> Floats:
        """One-sided lower bounds of the ratio (k, k)."""
        return self._lowest_ratio(alpha, 1.0)

    def is_ratio_above(self, limit: float, alpha: float, scale: float) -> NDArray[np.bool_]:
        """Whether those are at least a limit (k, k), with ``scale`` times as many items."""
        return np.asarray(self._lowest_ratio(alpha, scale) >= limit)

    def _upper(self, alpha: float, scale: float) -> Floats:
        raise NotImplementedError

    def _lowest_ratio(self, alpha: float, scale: float) -> Floats:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True, eq=False)
class IndependentGroups(_Bounded):
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
    def method(self) -> str:
        """Bounds of each group in quadrature."""
        return f"bounds of each group ({self.how}) in quadrature"

    def _upper(self, alpha: float, scale: float) -> Floats:
        """The difference d plus sqrt((u_i - v_i)^2 + (v_j - l_j)^2), at most the width of the metric."""
        low, high = self._ends(alpha, scale)
        values = self.values
        up, down = high - values, values - low
        apart = values[:, None] - values[None]
        return np.minimum(apart + np.hypot(up[:, None], down[None]), self.width)

    def _lowest_ratio(self, alpha: float, scale: float) -> Floats:
        """Donner and Zou's (2012) closed form for a ratio."""
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


class _Shrinking(_Bounded):
    """Bounds of pairs whose distance from the value shrinks with the root of the number of items; those of each level made once."""

    _memory: dict[tuple[float, str], Floats]

    def _upper(self, alpha: float, scale: float) -> Floats:
        seen = self._of_pairs(alpha, "gap", self._difference_bound, math.inf)
        apart = self.values[:, None] - self.values[None]
        return np.minimum(apart + (seen - apart) / math.sqrt(scale), self.width)

    def _lowest_ratio(self, alpha: float, scale: float) -> Floats:
        seen = self._of_pairs(alpha, "ratio", self._ratio_bound, 0.0)
        values = self.values
        ratio = np.divide(values[:, None], values[None], out=np.zeros_like(seen), where=values[None] > 0)
        return np.maximum(ratio + (seen - ratio) / math.sqrt(scale), 0.0)

    def _of_pairs(
        self, alpha: float, what: str, bound: Callable[[int, int, float], float | None], absent: float
    ) -> Floats:
        if (alpha, what) not in self._memory:
            size = len(self.known)
            found = np.zeros((size, size))
            for one in range(size):
                for other in range(size):
                    end = bound(one, other, alpha) if one != other else 0.0
                    found[one, other] = absent if end is None else end
            self._memory[alpha, what] = found
        return self._memory[alpha, what]

    def _difference_bound(self, one: int, other: int, alpha: float) -> float | None:
        raise NotImplementedError

    def _ratio_bound(self, one: int, other: int, alpha: float) -> float | None:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True, eq=False)
class InfluencedGroups(_Shrinking):
    """Groups that may share units, with what each unit adds to each group's value: shares, areas under curves.

    Attributes:
        known: Group -> its value.
        influence: Influence of each unit on each value (k, U), first order, each row summing to 0; 0 for units outside.
        sizes: What each value rests on (k): independent trials of a share, items of the rarer sort of an area.
        total: Items in all.
        width: Highest minus lowest possible value.
        shares: Of shares: the same groups as if they were independent; their bounds hold too, and are taken where they are
            wider and a group has few hits or few misses (`rare`). Groups that share items move together, so they are too wide rather.
        rare: Groups of that sort.
    """

    known: Mapping[str, float]
    influence: Floats
    sizes: Floats
    total: float
    width: float = 1.0
    shares: SharesOfGroups | None = None
    rare: frozenset[str] = frozenset()
    _memory: dict[tuple[float, str], Floats] = field(default_factory=dict, init=False, repr=False)

    @property
    def method(self) -> str:
        """The infinitesimal jackknife."""
        return "infinitesimal jackknife of pairs"

    def _difference_bound(self, one: int, other: int, alpha: float) -> float | None:
        if self.shares is not None and {self.names[one], self.names[other]} & self.rare:
            wide = float(self._alone("shares", alpha, self.shares.upper)[one, other])
        else:
            wide = -math.inf
        value = float(self.values[one] - self.values[other])
        inside = (self.influence[one] != 0) | (self.influence[other] != 0)
        df = max(float(min(self.sizes[one], self.sizes[other])) - 1, 1.0)
        unseen = math.hypot(*(self._unseen(at, alpha, df) for at in (one, other)))
        if not inside.any():
            return max(wide, value + unseen)
        apart = (self.influence[one] - self.influence[other])[inside]
        seen = JackknifeDifference(value=value, influence=apart, width=self.width, df=df)
        bound = seen.bound(alpha, "upper")
        if bound is None:
            return None
        return max(wide, value + math.hypot(bound - value, unseen))

    def _ratio_bound(self, one: int, other: int, alpha: float) -> float | None:
        top, bottom = float(self.values[one]), float(self.values[other])
        if top <= 0 or bottom <= 0:
            return 0.0
        apart = self.influence[one] / top - self.influence[other] / bottom
        df = max(float(min(self.sizes[one], self.sizes[other])) - 1, 1.0)
        unseen = [self._unseen(at, alpha, df) / float(self.values[at]) for at in (one, other)]
        far = math.hypot(upper_quantile(alpha, df) * math.sqrt(float(apart @ apart)), *unseen)
        found = top / bottom * math.exp(-far)
        if self.shares is not None and {self.names[one], self.names[other]} & self.rare:
            found = min(found, float(self._alone("share ratios", alpha, self.shares.lowest_ratio)[one, other]))
        return found

    def _alone(self, what: str, alpha: float, bounds: Callable[[float], Floats]) -> Floats:
        if (alpha, what) not in self._memory:
            self._memory[alpha, what] = bounds(alpha)
        return self._memory[alpha, what]

    def _unseen(self, at: int, alpha: float, df: float) -> float:
        """How far a value may be from the truth that no unit moves: all or nothing was seen."""
        if bool(np.any(self.influence[at])):
            return 0.0
        square = upper_quantile(alpha, df) ** 2
        return float(square / (self.sizes[at] + square) * self.width)


@dataclass(frozen=True, kw_only=True, eq=False)
class DrawnGroups(_Shrinking):
    """Any metric in groups that may share units: bootstrap draws of all groups together.

    Attributes:
        known: Group -> its value.
        draws: Values in each resample of the units (k, R); NaN where undefined.
        units: Independent units.
        total: Items in all.
        width: Highest minus lowest possible value of the metric.
    """

    known: Mapping[str, float]
    draws: Floats
    units: int
    total: float
    width: float = math.inf
    _memory: dict[tuple[float, str], Floats] = field(default_factory=dict, init=False, repr=False)

    @property
    def method(self) -> str:
        """Bootstrap of pairs."""
        return f"paired bootstrap {self.draws.shape[1]:,}"

    def _difference_bound(self, one: int, other: int, alpha: float) -> float | None:
        return self._difference(one, other).bound(alpha, "upper")

    def _ratio_bound(self, one: int, other: int, alpha: float) -> float | None:
        if self.values[other] <= 0:
            return 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            drawn = self.draws[one] / self.draws[other]
        low = expanded(np.where(np.isfinite(drawn), drawn, 0.0), self.units, 1 - 2 * alpha)[0]
        return max(min(low, float(self.values[one] / self.values[other])), 0.0)

    def _difference(self, one: int, other: int) -> BootstrapDifference:
        apart = self.draws[one] - self.draws[other]
        value = float(self.values[one] - self.values[other])
        return BootstrapDifference(
            value=value,
            draws=apart[np.isfinite(apart)],
            units=self.units,
            width=self.width,
            resamples=apart.size,
        )
