"""Choosing one of several models: the Pareto front, and how much too good a winner looks on the items it was chosen by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchwright.errors import BenchwrightError
from benchwright.stats.checks import finite

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Optimism:
    """Expected excess of the winner's score over its own truth, in points of the score.

    Attributes:
        expected: As the bootstrap sees it: the resample's winner, its score there minus its score on the data. Small where
            one model is clearly ahead.
        if_equal: The same if all models were equally good: the most that choosing can have added. Between two and many
            equal models this is "best minus mean".
        models: Models chosen from.
    """

    expected: float
    if_equal: float
    models: int


def expected_optimism(draws: ArrayLike, values: ArrayLike) -> Optimism:
    """Optimism of choosing the best of k models by bootstrap scores (k, R) on shared draws and scores on the data (k).

    Both are 0 for one model. Higher scores are better; equal best models share the win.

    Raises:
        BenchwrightError: NaN, no model or no draw, shapes that do not fit.
    """
    drawn, scores = finite("draws", draws, 2), finite("values", values, 1)
    if not drawn.size or len(drawn) != scores.size:
        raise BenchwrightError(
            f"draws of the shape {drawn.shape} for {scores.size} values", expected="a row of draws per value"
        )
    if scores.size == 1:
        return Optimism(expected=0.0, if_equal=0.0, models=1)
    excess = drawn - scores[:, None]
    wins = drawn == drawn.max(axis=0)
    expected = float(((excess * wins).sum(axis=0) / wins.sum(axis=0)).mean())
    if_equal = float((excess.max(axis=0) - excess.mean(axis=0)).mean())
    return Optimism(expected=expected, if_equal=if_equal, models=scores.size)


def non_dominated(values: ArrayLike) -> NDArray[np.bool_]:
    """Whether each option is on the front: (k) for values (k, m), (R, k) for values (R, k, m); higher is better.

    An option is dominated by one that is at least as good in all m objectives and better in one; equal options do not
    dominate one another. Turn the sign of what should be small. O(R k^2 m) time, O(R k) memory.

    Raises:
        BenchwrightError: NaN, infinity, or another number of dimensions.
    """
    numbers = finite("values", values, 2, 3)
    tables = numbers[None] if numbers.ndim == 2 else numbers
    by_goal = np.ascontiguousarray(tables.transpose(2, 1, 0))
    options = tables.shape[1]
    on_front = np.ones((options, tables.shape[0]), dtype=np.bool_)
    for option in range(options):
        if by_goal.shape[0] == 0:
            break
        at_least = np.ones_like(on_front)
        above = np.zeros_like(on_front)
        for goal in by_goal:
            at_least &= goal >= goal[option]
            above |= goal > goal[option]
        on_front[option] = ~(at_least & above).any(axis=0)
    front: NDArray[np.bool_] = on_front.T
    return front[0] if numbers.ndim == 2 else front
