"""What stands beside a rank range: by how much the best score is too high, because it is the best."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchwright.comparison.pairing import start_of
from benchwright.metrics.resample import DrawnTogether
from benchwright.stats.selection import expected_optimism
from benchwright.types import Frozen
from benchwright_leaderboards.ranks.contest import SCORE, Contest

Floats = NDArray[np.float64]

DRAWS = 1_000
"""Bootstrap resamples of optimism; its error is then a thirtieth of the spread of one model's score."""
_MANY = 200
FEW_DRAWS = 200
"""Resamples for more than `_MANY` entries, whose best is a maximum over so many that it varies little."""


class WinnerOptimism(Frozen, frozen=True, kw_only=True):
    """By how much the best score of a table is expected to be too high, because it is the best of several.

    Attributes:
        best: Entry with the best score.
        expected: Expected excess over its own truth as the bootstrap sees it, in points of the score; never below 0 but for chance.
        if_equal: The same if all entries were equally good: the most that choosing can have added.
        entries: Entries chosen from.
    """

    best: str
    expected: float
    if_equal: float
    entries: int


def draw_scores(contest: Contest) -> Floats | None:
    """Bootstrap draws (k, R) of every entry's score on shared resamples of the units, so that higher is better; undefined resamples
    are left out. None where the score is no sum or function of a sample (chosen items, behavioural cases), or some entry has none.
    """
    pairing = contest.answers.pairing(resamples=DRAWS if len(contest.ids) <= _MANY else FEW_DRAWS)
    metrics = [pairing.metric(name) for name in pairing.quantity(SCORE).members]
    if contest.card.behaviour or any(one.interval == "none" for one in metrics):
        return None
    if len(contest.values) < len(contest.ids) or pairing.n_clusters < 2:
        return None
    pool = DrawnTogether(pairing.columns, metrics, resamples=pairing.resamples, seed=start_of(0, contest.path))
    with np.errstate(all="ignore"):
        drawn = np.mean([pool.values(pairing.columns, metric) for metric in metrics], axis=0)
    known = np.isfinite(drawn).all(axis=0)
    if 2 * int(known.sum()) < known.size:
        return None
    found: Floats = contest.quantity.sign * drawn[:, known]
    return found


def optimism_of(ids: Sequence[str], values: Floats, draws: Floats, *, sign: int = 1) -> WinnerOptimism:
    """The optimism of the best of some entries: draws (k, R) of their scores, higher better, and scores by entry.

    Args:
        ids: Entries, in the order of the draws.
        values: Their scores (k).
        draws: Their draws, times ``sign``.
        sign: -1 where lower scores are better.
    """
    scores = sign * values
    found = expected_optimism(draws, scores)
    return WinnerOptimism(
        best=ids[int(np.argmax(scores))], expected=found.expected, if_equal=found.if_equal, entries=found.models
    )
