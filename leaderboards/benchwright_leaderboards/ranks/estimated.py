"""Tasks whose pairs are estimated one by one, as `compare` does: bootstraps, areas under curves, items in clusters, behavioural tests.

A pair is estimated once. What ranks need of it is kept as numbers: difference, p, interval, and how far its bounds reach at some levels,
between which the mean over tasks knows them well enough to decide most pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtri

from benchwright.comparison.difference import CONFIDENCE
from benchwright.stats.all_pairs import pair_number, pair_positions
from benchwright.stats.difference import Bound, DifferenceEstimate, bound_distance, two_sided
from benchwright_leaderboards.ranks.contest import SCORE, Contest
from benchwright_leaderboards.ranks.outcomes import Flags, Floats, Places, Ways, leads_of
from benchwright_leaderboards.ranks.standing import draw_scores

TAIL = (1 - CONFIDENCE) / 2
ALPHAS = np.concatenate([[0.4, 0.25, 0.15, 0.08, 0.045], TAIL * 10.0 ** -np.arange(0, 12, 0.5)])
"""Levels at which the reach of bounds is kept, falling: from large p over that of a 95 % interval to what a board of thousands of entries asks."""
_QUANTILES = -ndtri(ALPHAS)
_OPEN = 0.49
"""Where there is no bound at this level, there is no p either."""

DELTA, P, LOW, HIGH, BOUNDED, REACH = 0, 1, 2, 3, 4, 5
"""Places in the row of a pair; from `REACH` on down to the lower bounds, then up to the upper ones."""
WIDTH = REACH + 2 * ALPHAS.size

MOST_KEPT = 500
"""Pairs of a task whose records and draws (about 200 KB a pair of 1,000 items) are kept in memory for the tests of the mean."""


def row_of(found: DifferenceEstimate | None) -> Floats:
    """The numbers of a pair (WIDTH); NaN where there are none."""
    row = np.full(WIDTH, np.nan)
    if found is None:
        return row
    p = two_sided(found)
    ends = [found.bound(TAIL, side) for side in _SIDES]
    row[DELTA], row[P] = found.value, np.nan if p is None else p
    row[LOW], row[HIGH] = (np.nan if end is None else end for end in ends)
    row[BOUNDED] = float(found.bound(_OPEN, "lower") is not None)
    far = [bound_distance(found, float(alpha), side) for side in _SIDES for alpha in ALPHAS]
    row[REACH:] = [np.inf if one is None else one for one in far]
    return row


_SIDES: tuple[Bound, Bound] = ("lower", "upper")


@dataclass(frozen=True, eq=False, kw_only=True)
class EstimatedTask:
    """Entries on a task with the numbers of every pair.

    Attributes:
        path: ``suite/task``.
        ids: Entries (k).
        scores: Their scores (k).
        sign: -1 where lower scores are better.
        rows: Of every pair (P, WIDTH).
        draws: Bootstrap draws of their scores (k, R), for optimism.
        contest: Reads the answers, where a pair has to be estimated again.
    """

    path: str
    ids: tuple[str, ...]
    scores: Floats
    sign: int
    rows: Floats
    draws: Floats
    contest: Callable[[], Contest]

    @property
    def values(self) -> Floats:
        """Scores (k); NaN where undefined."""
        return self.scores

    @cached_property
    def p(self) -> Floats:
        """Two-sided p of every pair (P); NaN where it was not tested."""
        return self.rows[:, P]

    @property
    def tests(self) -> int:
        """Pairs that have a p."""
        return int(np.isfinite(self.p).sum())

    def rejected(self, level: float) -> int:
        """Pairs with a p of at most this level."""
        return int((self.p <= level).sum())

    def leads(self, level: float) -> Flags:
        """Which entry is ahead of which (k, k): row before column. A pair is told apart where its own interval excludes 0 too."""
        low, high = self.rows[:, LOW], self.rows[:, HIGH]
        ways = np.where(low > 0, 1, np.where(high < 0, -1, 0)) * self.sign
        return leads_of(len(self.ids), (self.p <= level) & (self.rows[:, DELTA] != 0), ways)

    @property
    def deltas(self) -> Floats:
        """Difference of every pair, second minus first (P)."""
        return self.rows[:, DELTA]

    @property
    def is_bounded(self) -> Flags:
        """Whether each pair has bounds (P)."""
        found: Flags = (self.rows[:, BOUNDED] == 1) & np.isfinite(self.p)
        return found

    def reaches(self, pairs: Places, ways: Ways, alpha: float) -> tuple[Floats, Floats]:
        """Distance to the one-sided bound at alpha: at least that of the next larger kept level, at most that of the next smaller one."""
        after = int(np.searchsorted(-ALPHAS, -alpha, side="left"))
        is_kept = after < ALPHAS.size and ALPHAS[after] == alpha
        start = np.where(ways > 0, REACH, REACH + ALPHAS.size)
        rows = self.rows[pairs]
        along = np.arange(len(pairs))
        least = rows[along, start + after - (not is_kept)] if after or is_kept else np.zeros(len(pairs))
        most = rows[along, start + after] if after < ALPHAS.size else np.full(len(pairs), np.inf)
        return least, most

    def reaches_about(self, pairs: Places, ways: Ways, alphas: Floats) -> Floats:
        """The same where each pair has a level of its own; between kept levels along the normal quantile."""
        start, z = np.where(ways > 0, REACH, REACH + ALPHAS.size), -ndtri(alphas)
        before = np.clip(np.searchsorted(_QUANTILES, z) - 1, 0, ALPHAS.size - 2)
        share = np.clip((z - _QUANTILES[before]) / (_QUANTILES[before + 1] - _QUANTILES[before]), None, 1.0)
        rows, number = self.rows[pairs], np.arange(len(pairs))
        low, high = rows[number, start + before], rows[number, start + before + 1]
        with np.errstate(invalid="ignore"):
            found: Floats = np.where(np.isinf(high), high, np.maximum(low + share * (high - low), 0.0))
        return found

    def ends(self, pairs: Places) -> tuple[Floats, Floats]:
        """Ends of the 95 % intervals of some pairs; NaN where there are none."""
        return self.rows[pairs, LOW], self.rows[pairs, HIGH]

    def estimate(self, one: int, other: int) -> DifferenceEstimate | None:
        """The difference of two entries, by position, second minus first."""
        contest = self.contest()
        return contest.estimates.estimate(SCORE, *(contest.ids.index(self.ids[at]) for at in (one, other)))


def estimated_task(contest: Contest) -> EstimatedTask:
    """Every pair of a contest, estimated one by one."""
    return EstimatedTask(
        path=contest.path,
        ids=contest.ids,
        scores=np.array([contest.values.get(id_, np.nan) for id_ in contest.ids]),
        sign=contest.quantity.sign,
        rows=estimated_rows(contest.ids, contest),
        draws=draw_scores(contest),
        contest=lambda: contest,
    )


def estimated_rows(ids: Sequence[str], contest: Contest, known: Floats | None = None) -> Floats:
    """Rows (P, WIDTH) of every pair; those that are known (none of whose row is NaN) are kept."""
    one, other = pair_positions(len(ids))
    rows = np.full((len(one), WIDTH), np.nan) if known is None else known.copy()
    at = [contest.ids.index(id_) for id_ in ids]
    for first, second in zip(one.tolist(), other.tolist(), strict=True):
        number = int(pair_number(np.intp(first), np.intp(second), len(ids)))  # type: ignore[arg-type]
        if np.isnan(rows[number, BOUNDED]):
            rows[number] = row_of(contest.estimates.estimate(SCORE, at[first], at[second]))
            if len(one) > MOST_KEPT:
                contest.estimates.forget(at[first], at[second])
    return rows
