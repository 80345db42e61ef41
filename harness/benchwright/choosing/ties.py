"""Who cannot be told from the winner: simultaneous paired intervals (max-t) over all feasible models."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.choosing.field import Field
from benchwright.choosing.unseen import changed_between
from benchwright.metrics.columns import Floats
from benchwright.stats.estimator import FEW
from benchwright.stats.ranks import rank_sets

_TINY = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class Ties:
    """Of the models given (k): distance behind the winner, its interval (NaN: none), and whether they are tied."""

    behind: Floats
    low: Floats
    high: Floats
    tied: NDArray[np.bool_]


def ties(
    values: Floats,
    draws: Floats,
    winner: int,
    changed: NDArray[np.int64],
    unseen: Floats | None = None,
    *,
    span: float = math.inf,
    alpha: float = 0.05,
) -> Ties:
    """Ties with the winner from values (k), draws (k, R) of the objective (higher is better) and differing answers (k).

    The intervals hold for all pairs at once, so looking at the best of many is allowed for. ``unseen`` (k) is how far a
    difference may be beyond what draws show (`level_of`; NaN: nothing tells); it is added in squares, and is all there is
    where the difference never varies. No difference is larger than ``span``. Where draws never vary (R = 1) the objective is exact, and only equal models are tied.
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
    hidden = np.where(errors > _TINY, 0.0, np.nan) if unseen is None else unseen
    reach = np.hypot((sets.critical or 0.0) * errors, hidden)
    better = (behind - reach > _TINY) & (changed >= FEW)
    better[winner] = False
    low, high = np.clip(behind - reach, -span, span), np.clip(behind + reach, -span, span)
    return Ties(behind=behind, low=low, high=high, tied=~better)


def level_of(models: int, alpha: float = 0.05) -> float:
    """One-sided level of one pair's unseen differences, for all pairs of that many models at once (Bonferroni)."""
    return alpha / max(2, models * (models - 1))


def changed_answers(arena: Field, paths: tuple[str, ...], winner: int, others: list[int]) -> NDArray[np.int64]:
    """Units, over all tasks, that the winner and each other side answer differently; of recipes the first seed's."""
    return np.array(
        [changed_between(arena, paths, winner, other) if paths else FEW for other in others], dtype=np.int64
    )
