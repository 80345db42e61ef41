"""Tasks whose score is a share of independent items: who is right where, so that all pairs are tested at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from benchwright.comparison.estimate import ItemOutcomes, item_outcomes
from benchwright.stats.all_pairs import discordant_counts, equality_p, lower_reach, lower_reaches, pair_positions
from benchwright.stats.difference import DifferenceEstimate, NoDifference
from benchwright.stats.paired import DiscordantCounts
from benchwright_leaderboards.ranks.contest import SCORE, Contest
from benchwright_leaderboards.ranks.standing import draw_shares

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]
Ways = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class CountedTask:
    """Entries on a task whose score is a share of independent items, all pairs of which are tested with Tango's score test.

    Attributes:
        path: ``suite/task``.
        ids: Entries (k).
        right: Who answers which of the tried items rightly (k, n).
        keys: Stored answers of each entry: two entries with one key have no difference.
    """

    path: str
    ids: tuple[str, ...]
    right: Flags
    keys: tuple[str, ...]

    @property
    def n(self) -> int:
        """Tried items."""
        return int(self.right.shape[1])

    @cached_property
    def values(self) -> Floats:
        """Scores (k)."""
        found: Floats = self.right.mean(axis=1)
        return found

    @cached_property
    def counts(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Items that only the second of a pair answers rightly, and only the first (P)."""
        return discordant_counts(self.right)

    @cached_property
    def p(self) -> Floats:
        """Two-sided p of every pair (P)."""
        return equality_p(*self.counts)

    @cached_property
    def _sorted(self) -> Floats:
        return np.sort(self.p)

    @property
    def tests(self) -> int:
        """Number of pairs."""
        return self.p.size

    def rejected(self, level: float) -> int:
        """Pairs with a p of at most this level."""
        return int(np.searchsorted(self._sorted, level, side="right"))

    def leads(self, level: float) -> Flags:
        """Which entry is ahead of which (k, k): row before column; more is better."""
        return leads_of(len(self.ids), self.p <= level, np.sign(self.counts[0] - self.counts[1]))

    @cached_property
    def draws(self) -> Floats:
        """Bootstrap draws of every score (k, R), for optimism."""
        return draw_shares(self.right, self.path)

    @cached_property
    def _is_same(self) -> Flags:
        codes = np.unique(np.array(self.keys), return_inverse=True)[1]
        one, other = pair_positions(len(self.ids))
        found: Flags = codes[one] == codes[other]
        return found

    @cached_property
    def deltas(self) -> Floats:
        """Difference of every pair, second minus first (P)."""
        b, c = self.counts
        found: Floats = (b - c) / self.n
        return found

    def reaches(self, pairs: Places, ways: Ways, alpha: float) -> tuple[Floats, Floats]:
        """Distance from the difference of pairs to its one-sided (1 - alpha) bound, the lower one for the way 1, the upper one for -1: the
        least and the most that it can be, which are equal here.
        """
        b, c = (counts[pairs] for counts in self.counts)
        found = lower_reach(np.where(ways > 0, b, c), np.where(ways > 0, c, b), self.n, alpha)
        found[self._is_same[pairs]] = 0.0
        return found, found

    def reaches_about(self, pairs: Places, ways: Ways, alphas: Floats) -> Floats:
        """The same where each pair has a level of its own."""
        b, c = (counts[pairs] for counts in self.counts)
        found = lower_reaches(np.where(ways > 0, b, c), np.where(ways > 0, c, b), self.n, alphas)
        found[self._is_same[pairs]] = 0.0
        return found

    @property
    def is_bounded(self) -> Flags:
        """Whether each pair has bounds (P): all have."""
        return np.ones(self.tests, dtype=np.bool_)

    def estimate(self, one: int, other: int) -> DifferenceEstimate:
        """The difference of two entries, by position, second minus first."""
        if self.keys[one] == self.keys[other]:
            return NoDifference()
        first, second = self.right[one], self.right[other]
        b, c = float((second & ~first).sum()), float((first & ~second).sum())
        return DiscordantCounts(b=b, c=c, n=float(self.n))


def leads_of(models: int, is_real: Flags, ways: Ways) -> Flags:
    """From pairs (P) that are told apart, and whether the second (1) or the first (-1) is better, who is ahead of whom (k, k)."""
    one, other = pair_positions(models)
    found = np.zeros((models, models), dtype=np.bool_)
    second, first = is_real & (ways > 0), is_real & (ways < 0)
    found[other[second], one[second]] = True
    found[one[first], other[first]] = True
    return found


def counted_task(contest: Contest) -> CountedTask | None:
    """The outcomes of every entry; None where pairs are estimated otherwise: a metric that is no share of items, items in clusters."""
    every = [outcomes_of(contest, at) for at in range(len(contest.ids))]
    some = [one for one in every if one is not None]
    if not some or len(some) < len(every) or contest.quantity.sign < 0:
        return None
    first = some[0]
    if not all(one.metric == first.metric and np.array_equal(one.tried, first.tried) for one in some):
        return None
    return CountedTask(
        path=contest.path,
        ids=contest.ids,
        right=np.stack([one.right[first.tried] for one in some]),
        keys=tuple(str(cells[0].key) for cells in contest.answers.cells),
    )


def outcomes_of(contest: Contest, position: int) -> ItemOutcomes | None:
    """The outcomes of one entry, where the score is a share of independent items."""
    return item_outcomes(contest.estimates.alone(position), SCORE)
