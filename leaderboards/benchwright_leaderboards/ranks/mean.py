"""All pairs on the weighted mean over tasks: which p are at most a level, without the p of each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.special import ndtr

from benchwright.stats.all_pairs import pair_number, pair_positions
from benchwright.stats.difference import Tail, WeightedDifference, invert_bound
from benchwright_leaderboards.ranks.estimated import EstimatedTask
from benchwright_leaderboards.ranks.outcomes import CountedTask, Flags, Floats, Places, Ways, leads_of

_NEAR = 1e-9
"""Bounds that end closer than this to 0, as a share of the difference, are inverted to a p, as `compare` does."""
_STEPS = 8
_FARTHEST = 30.0
_HALVINGS = 30


@dataclass(eq=False, kw_only=True)
class MeanOfTasks:
    """Entries that have every task, on the weighted mean of their scores, with Zou and Donner's bounds.

    Of every pair it is known between which levels its p lies, more closely the more is asked. `exact` holds the p of those for which bounds
    did not decide, and may be given from before.

    Attributes:
        ids: Entries (k).
        weights: ``suite/task`` -> its share; shares sum to 1.
        tasks: The tasks of the mean.
        exact: Number of a pair -> its two-sided p.
        known: What was known before: p of each pair (P) is above the first, and at most the second; NaN nowhere.
    """

    ids: tuple[str, ...]
    weights: Mapping[str, float]
    tasks: Mapping[str, CountedTask | EstimatedTask]
    exact: dict[int, float] = field(default_factory=dict)
    known: tuple[Floats, Floats] | None = None
    _above: Floats = field(init=False)
    _most: Floats = field(init=False)

    def __post_init__(self) -> None:
        """P of a pair is above `_above`, and at most `_most`."""
        self._above, self._most = self.known or (np.zeros(self.deltas.size), np.ones(self.deltas.size))
        undecided = (self.ways == 0) | ~self._is_bounded
        self._above[undecided], self._most[undecided] = 1.0, 1.0
        for number, p in self.exact.items():
            self._set(number, p)

    @cached_property
    def _pairs(self) -> dict[str, Places]:
        """Task -> number there of every pair (P)."""
        one, other = pair_positions(len(self.ids))
        found = {}
        for path in self.weights:
            places = {id_: at for at, id_ in enumerate(self.tasks[path].ids)}
            at = np.array([places[id_] for id_ in self.ids], dtype=np.intp)
            found[path] = pair_number(at[one], at[other], len(places))
        return found

    @cached_property
    def deltas(self) -> Floats:
        """Difference of every pair, second minus first (P); NaN where a task has none."""
        total = np.zeros(len(pair_positions(len(self.ids))[0]))
        for path, weight in self.weights.items():
            total += weight * self.tasks[path].deltas[self._pairs[path]]
        return total

    @cached_property
    def ways(self) -> Ways:
        """1 where the second entry has the larger mean, -1 where the first has, else 0 (P)."""
        return np.sign(np.nan_to_num(self.deltas)).astype(np.int64)

    @cached_property
    def _is_bounded(self) -> Flags:
        found = np.isfinite(self.deltas)
        for path in self.weights:
            found &= self.tasks[path].is_bounded[self._pairs[path]]
        return found

    @property
    def tests(self) -> int:
        """Pairs that have a p."""
        return int(self._is_bounded.sum())

    def rejected(self, level: float) -> int:
        """Pairs with a two-sided p of at most this level."""
        return int(self._rejects(level).sum())

    def leads(self, level: float) -> Flags:
        """Which entry is ahead of which (k, k): row before column."""
        return leads_of(len(self.ids), self._rejects(level), self.ways)

    def reaches(self, pairs: Places, ways: Ways, alpha: float) -> tuple[Floats, Floats]:
        """Distance from the difference of pairs to its one-sided (1 - alpha) bound, the lower one for the way 1, the upper one for -1: the
        least and the most that it can be.
        """
        least, most = np.zeros(pairs.size), np.zeros(pairs.size)
        for path, weight in self.weights.items():
            low, high = self.tasks[path].reaches(self._pairs[path][pairs], ways, alpha)
            least += (weight * low) ** 2
            most += (weight * high) ** 2
        return np.sqrt(least), np.sqrt(most)

    def p(self, number: int) -> float | None:
        """The two-sided p of a pair; None where it was not tested."""
        if not self._is_bounded[number]:
            return None
        if number not in self.exact:
            self._set(number, self._invert(number))
        return self.exact[number]

    @property
    def is_counted(self) -> bool:
        """Whether all scores are shares of independent items."""
        return all(isinstance(self.tasks[path], CountedTask) for path in self.weights)

    def p_about(self, pairs: Places) -> Floats:
        """Two-sided p of some pairs, on the same side of every level that was asked; NaN where untested. To about three digits where all scores
        are shares of independent items; elsewhere to
        a third or so, from the kept levels.
        """
        z = self._by_proportion(pairs) if self.is_counted else self._by_halving(pairs)
        found: Floats = np.clip(2 * ndtr(-z), self._above[pairs], self._most[pairs])
        found[~self._is_bounded[pairs]] = np.nan
        return found

    def _by_proportion(self, pairs: Places) -> Floats:
        """The quantile at which bounds meet 0: Tango's reach nearly in proportion to it, so that a few steps find it."""
        far, z = np.abs(self.deltas[pairs]), np.full(pairs.size, 3.0)
        for _ in range(_STEPS):
            with np.errstate(divide="ignore", invalid="ignore"):
                z = np.clip(z * far / self._reaches_about(pairs, z), 1e-3, _FARTHEST)
        return z

    def _by_halving(self, pairs: Places) -> Floats:
        far = np.abs(self.deltas[pairs])
        low, high = np.zeros(pairs.size), np.full(pairs.size, _FARTHEST)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            beyond = far > self._reaches_about(pairs, middle)
            low, high = np.where(beyond, middle, low), np.where(beyond, high, middle)
        return low

    def _reaches_about(self, pairs: Places, z: Floats) -> Floats:
        square, alphas = np.zeros(pairs.size), ndtr(-z)
        for path, weight in self.weights.items():
            square += (weight * self.tasks[path].reaches_about(self._pairs[path][pairs], self.ways[pairs], alphas)) ** 2
        return np.sqrt(square)

    def difference(self, number: int) -> WeightedDifference:
        """The difference of a pair, second minus first."""
        one, other = (int(positions[number]) for positions in pair_positions(len(self.ids)))
        parts = []
        for path, weight in self.weights.items():
            task = self.tasks[path]
            part = task.estimate(task.ids.index(self.ids[one]), task.ids.index(self.ids[other]))
            assert part is not None  # a pair without one has no test
            parts.append((weight, part))
        return WeightedDifference(parts=tuple(parts))

    @property
    def brackets(self) -> tuple[Floats, Floats]:
        """P of each pair is above the first, and at most the second (P)."""
        return self._above, self._most

    def _rejects(self, level: float) -> Flags:
        """Powers of two around the level are asked first: what they decide stays decided for the levels of a board with an entry more."""
        below = 2.0 ** math.floor(math.log2(level))
        for at in (below, 2 * below, level):
            open_ = np.flatnonzero(
                (self._above < level) & (level < self._most) & (self._above < at) & (at < self._most)
            )
            if open_.size:
                self._narrow(open_, at)
        found: Flags = (self._most <= level) & self._is_bounded
        return found

    def _narrow(self, pairs: Places, level: float) -> None:
        """Hold the bounds at half the level, which is that of either side, against 0."""
        least, most = self.reaches(pairs, self.ways[pairs], level / 2)
        far = np.abs(self.deltas[pairs])
        beyond, short = far > most * (1 + _NEAR), far < least * (1 - _NEAR)
        self._most[pairs[beyond]] = level
        self._above[pairs[short]] = level
        for number in pairs[~(beyond | short)].tolist():
            self._set(number, self._invert(number))

    def _set(self, number: int, p: float) -> None:
        self.exact[number] = p
        self._above[number], self._most[number] = np.nextafter(p, 0.0), p

    def _invert(self, number: int) -> float:
        """The p of `two_sided`, of which the side that the difference points to is the smaller."""
        tail: Tail = "greater" if self.ways[number] > 0 else "less"
        found = 0.5 if not self.ways[number] else invert_bound(self.difference(number), 0.0, tail)
        return 1.0 if found is None else min(1.0, 2 * found)
