"""Several objectives as one by weights, and how far the weights may move before another model wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchwright.metrics.columns import Floats

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


def scaled(values: Floats, draws: Sequence[Floats]) -> tuple[Floats, list[Floats]]:
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
