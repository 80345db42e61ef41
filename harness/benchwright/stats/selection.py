"""Choosing one of several models: the Pareto front and its knee, weighted objectives, probabilities over resamples, optimism."""

from __future__ import annotations

from collections.abc import Sequence
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


_WORST = -1e300


@dataclass(frozen=True, kw_only=True, eq=False)
class SelectionProbabilities:
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


def selection_probabilities(feasible: NDArray[np.bool_], goal: Floats, objectives: Floats) -> SelectionProbabilities:
    """SelectionProbabilities from rules kept (k, R), the objective that decides (k, R) and all objectives (m, k, R); higher is better.

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
    return SelectionProbabilities(
        feasible=allowed.mean(axis=1), front=front.mean(axis=1), best=shares.mean(axis=1), best_if_feasible=given
    )


_MIXTURES = 10_000


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """For which weights the winner stays the winner, on the data.

    Attributes:
        share: Of all weights (drawn evenly from the simplex), those under which it wins or shares the win.
        ranges: Lowest and highest weight of each objective, the others keeping their proportions.
    """

    share: float
    ranges: tuple[tuple[float, float], ...]


def scaled_objectives(values: Floats, draws: Sequence[Floats]) -> tuple[Floats, list[Floats]]:
    """Objectives (m, k) and draws (m of (k, R)) with the worst model on the data at 0 and the best at 1.

    An objective in which all models are equal counts 0. The scale is that of the data in every resample; it depends on who
    is listed, so a model added or taken away at either end can change a weighted choice.
    """
    low, high = np.fmin.reduce(values, axis=1), np.fmax.reduce(values, axis=1)
    width = high - low
    factor = np.where(width > 0, 1 / np.where(width > 0, width, 1), 0.0)
    table = (values - low[:, None]) * factor[:, None]
    return table, [(drawn - start) * by for drawn, start, by in zip(draws, low, factor, strict=True)]


def sensitivity(table: Floats, weights: Floats, winner: int, seed: int = 0) -> Sensitivity:
    """How safe the winner among feasible models is from other weights: scaled objectives (m, k), weights (m)."""
    ranges = tuple(_range(table, weights, winner, number) for number in range(len(weights)))
    if len(weights) < 3:
        share = ranges[0][1] - ranges[0][0] if len(weights) == 2 else 1.0
        return Sensitivity(share=share, ranges=ranges)
    mixtures = np.random.default_rng(seed).dirichlet(np.ones(len(weights)), _MIXTURES)
    totals = mixtures @ table
    return Sensitivity(share=float((totals[:, winner] >= totals.max(axis=1) - 1e-12).mean()), ranges=ranges)


def _range(table: Floats, weights: Floats, winner: int, number: int) -> tuple[float, float]:
    """Weights t of one objective with which winner stays: t own + (1 - t) others, both linear in t."""
    if len(weights) == 1:
        return 1.0, 1.0
    others = np.delete(weights, number)
    rest = others / others.sum() if others.sum() > 0 else np.full(others.size, 1 / others.size)
    own = table[number, winner] - table[number]
    left = rest @ (np.delete(table, number, axis=0)[:, [winner]] - np.delete(table, number, axis=0))
    low, high = 0.0, 1.0
    for slope, start in zip((own - left).tolist(), left.tolist(), strict=True):  # start + t slope >= 0
        if slope > 0:
            low = max(low, -start / slope)
        elif slope < 0:
            high = min(high, start / -slope)
    return low, max(low, high)


def knee(table: Floats) -> int | None:
    """Of a front with two objectives (2, k), higher is better: the option farthest above the chord between its ends.

    Both objectives are scaled to 0..1 first. None with fewer than three options or none above the chord. A heuristic.
    """
    if table.shape[0] != 2 or table.shape[1] < 3:
        return None
    width = np.ptp(table, axis=1)
    if (width <= 0).any():
        return None
    first, second = (table - table.min(axis=1)[:, None]) / width[:, None]
    above = first + second - 1  # the chord runs from (0, 1) to (1, 0)
    return int(above.argmax()) if above.max() > 1e-12 else None
