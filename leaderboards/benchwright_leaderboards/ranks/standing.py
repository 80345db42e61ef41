"""What stands beside a rank range: by how much the best score is too high, because it is the best."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchwright.comparison.pairing import start_of
from benchwright.metrics.resample import DrawnTogether
from benchwright.stats.bootstrap import weigh
from benchwright.stats.resample_weights import visit_weights
from benchwright.stats.selection import expected_optimism
from benchwright_leaderboards.rank_ranges import WinnerOptimism
from benchwright_leaderboards.ranks.contest import SCORE, Contest

Floats = NDArray[np.float64]

MANY, DRAWS_OF_MANY = 100, 200
"""Of more entries than `MANY` so few draws are looked at: the best of so many varies little."""
DRAWS = 1_000
"""Bootstrap resamples of optimism; its error is then a thirtieth of the spread of one model's score."""


def draw_scores(contest: Contest) -> Floats:
    """Bootstrap draws (k, `DRAWS`) of every entry's score on shared resamples of the units; NaN where one is undefined, and everywhere
    where the score is not of a sample: chosen items, behavioural cases.
    """
    pairing = contest.answers.pairing(resamples=DRAWS)
    metrics = [pairing.metric(name) for name in pairing.quantity(SCORE).members]
    if contest.card.behaviour or any(one.interval == "none" for one in metrics) or pairing.n_clusters < 2:
        return np.full((len(contest.ids), DRAWS), np.nan)
    pool = DrawnTogether(pairing.columns, metrics, resamples=DRAWS, seed=start_of(0, contest.path))
    with np.errstate(all="ignore"):
        found: Floats = np.mean([pool.values(pairing.columns, metric) for metric in metrics], axis=0)
    return found


def draws_for(entries: int) -> int:
    """Draws that are looked at among so many entries."""
    return DRAWS if entries <= MANY else DRAWS_OF_MANY


def draw_shares(right: NDArray[np.bool_], path: str) -> Floats:
    """The same draws (k, R), of which `draws_for` k are made, for shares of independent items, from right answers (k, n)."""
    values = np.ascontiguousarray(right.T, dtype=np.float64)
    blocks = visit_weights(
        lambda weights: weigh(values, weights),
        units=len(values),
        resamples=draws_for(len(right)),
        seed=start_of(0, path),
    )
    found: Floats = np.concatenate(blocks).T / len(values)
    return found


def optimism_of(ids: Sequence[str], values: Floats, draws: Floats, *, sign: int = 1) -> WinnerOptimism | None:
    """The optimism of the best of some entries; None where most resamples are undefined, or a score is.

    Args:
        ids: Entries (k), two at least.
        values: Their scores (k).
        draws: Bootstrap draws of them (k, R); NaN where undefined.
        sign: -1 where lower scores are better.
    """
    known = np.isfinite(draws).all(axis=0)
    if len(ids) < 2 or 2 * int(known.sum()) < known.size or not np.isfinite(values).all():
        return None
    scores = sign * values
    found = expected_optimism(sign * draws[:, known], scores)
    return WinnerOptimism(
        best=ids[int(np.argmax(scores))], expected=found.expected, if_equal=found.if_equal, entries=found.models
    )
