"""How sure a choice is: shares of resamples in which a model is feasible, on the front, and best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.metrics.columns import Floats
from benchwright.stats.selection import non_dominated

_WORST = -1e300


@dataclass(frozen=True, kw_only=True, eq=False)
class Chances:
    """Of every model (k); equal models share a win.

    Attributes:
        feasible: Share of resamples in which all rules are kept.
        front: Share in which it is feasible and no feasible model beats it in every objective.
        best: Share in which it is feasible and has the best objective of all feasible models.
        best_if_feasible: The same among those in which it is feasible; NaN where there is none.
    """

    feasible: Floats
    front: Floats
    best: Floats
    best_if_feasible: Floats


def chances(feasible: NDArray[np.bool_], goal: Floats, objectives: Floats) -> Chances:
    """Chances from rules kept (k, R), the objective that decides (k, R) and all objectives (m, k, R); higher is better.

    Undefined objectives make a model infeasible in that resample. R may be 1 in any of them.
    """
    count = max(feasible.shape[1], goal.shape[1], objectives.shape[2])
    models = len(goal)
    allowed = np.broadcast_to(feasible, (models, count)) & np.isfinite(goal) & np.isfinite(objectives).all(axis=0)
    masked = np.where(allowed, goal, -np.inf)
    wins = allowed & (masked == masked.max(axis=0))
    shares = wins / np.maximum(wins.sum(axis=0), 1)
    table = np.where(allowed, objectives, _WORST).transpose(2, 1, 0)
    front = non_dominated(np.broadcast_to(table, (count, models, objectives.shape[0]))).T & allowed
    with np.errstate(invalid="ignore"):
        given = np.where(allowed.any(axis=1), shares.sum(axis=1) / allowed.sum(axis=1), np.nan)
    return Chances(
        feasible=allowed.mean(axis=1), front=front.mean(axis=1), best=shares.mean(axis=1), best_if_feasible=given
    )
