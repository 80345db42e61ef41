"""Who cannot be told from the winner: simultaneous paired intervals (max-t) over all feasible models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.choosing.field import Field
from benchwright.comparison.contrast import count_changed
from benchwright.metrics.columns import Floats
from benchwright.stats.ranks import rank_sets

FEW = 10
"""With fewer differing answers resamples are too sure of a difference (``comparison.contrast``)."""

_TINY = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class Ties:
    """Of the models given (k): distance behind the winner, its interval (NaN: none), and whether they are tied."""

    behind: Floats
    low: Floats
    high: Floats
    tied: NDArray[np.bool_]


def ties(values: Floats, draws: Floats, winner: int, changed: NDArray[np.int64], *, alpha: float = 0.05) -> Ties:
    """Ties with the winner from values (k), draws (k, R) of the objective (higher is better) and differing answers (k).

    The intervals hold for all pairs at once, so looking at the best of many is allowed for. Where draws never vary (R = 1)
    the objective is exact, and only equal models are tied.
    """
    behind = values[winner] - values
    nothing = np.full(values.size, np.nan)
    if draws.shape[1] == 1:
        return Ties(behind=behind, low=behind, high=behind, tied=np.abs(behind) <= _TINY)
    usable = draws[:, np.isfinite(draws).all(axis=0)]
    if values.size < 2 or 2 * usable.shape[1] < draws.shape[1]:
        return Ties(behind=behind, low=nothing, high=nothing, tied=np.ones(values.size, dtype=np.bool_))
    sets = rank_sets(values, usable, alpha)
    errors = (usable[winner] - usable).std(axis=1, ddof=1)
    reach = np.where(errors > _TINY, (sets.critical or np.nan) * errors, np.nan)
    better = sets.better[winner] & (changed >= FEW)
    better[winner] = False
    return Ties(behind=behind, low=behind - reach, high=behind + reach, tied=~better)


def changed_answers(arena: Field, paths: tuple[str, ...], winner: int, others: list[int]) -> NDArray[np.int64]:
    """Units, over all tasks, that the winner and each other side answer differently; of recipes the first seed's."""
    starts = np.cumsum([0, *(len(side.models) for side in arena.sides)]).tolist()
    return np.array(
        [
            sum(count_changed(arena.pairing(path), starts[winner], starts[other]) for path in paths) if paths else FEW
            for other in others
        ],
        dtype=np.int64,
    )
