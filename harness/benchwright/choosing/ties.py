"""Who cannot be told from the winner: p of every pair of feasible models by its own estimator, as `compare` has it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.comparison.family import adjusted, every_pair, find_pair
from benchwright.metrics.columns import Floats
from benchwright.stats.difference import DifferenceEstimate

_TINY = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class Ties:
    """Of the models given (k), NaN where there is none.

    Attributes:
        behind: Distance behind the winner.
        low: Lower end of its interval, that of the pair alone.
        high: Upper end.
        p: Two-sided p of no distance, adjusted (Holm) over all pairs of the models.
        tied: Whether p is above the level, so that they cannot be told apart.
        pairs: How many p is adjusted for.
    """

    behind: Floats
    low: Floats
    high: Floats
    p: Floats
    tied: NDArray[np.bool_]
    pairs: int = 0


def exact_ties(values: Floats, winner: int) -> Ties:
    """Ties of an objective that no resample changes: only equal models are tied."""
    behind = values[winner] - values
    nothing = np.full(values.size, np.nan)
    return Ties(behind=behind, low=behind, high=behind, p=nothing, tied=np.abs(behind) <= _TINY)


def ties(
    names: Sequence[str], winner: int, estimate: Callable[[int, int], DifferenceEstimate | None], *, alpha: float = 0.05
) -> Ties:
    """Ties with the winner; ``estimate`` gives the difference of two positions, second minus first, higher is better."""
    (pairs,) = adjusted([every_pair("", names, estimate)])
    rows = [_row(winner, other, estimate, alpha) for other in range(len(names))]
    found = [find_pair(pairs, "", names[winner], name) for name in names]
    p = [math.nan if one is None or one.p_adjusted is None else one.p_adjusted for one in found]
    behind, low, high = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    is_apart = [not math.isnan(value) and value <= alpha and behind[at] > _TINY for at, value in enumerate(p)]
    return Ties(
        behind=behind,
        low=low,
        high=high,
        p=np.array(p),
        tied=~np.array(is_apart, dtype=np.bool_),
        pairs=sum(pair.p is not None for pair in pairs),
    )


def _row(
    winner: int, other: int, estimate: Callable[[int, int], DifferenceEstimate | None], alpha: float
) -> tuple[float, float, float]:
    if winner == other:
        return 0.0, 0.0, 0.0
    found = estimate(other, winner)
    if found is None:
        return math.nan, math.nan, math.nan
    low, high = (found.bound(alpha / 2, side) for side in ("lower", "upper"))
    return found.value, math.nan if low is None else low, math.nan if high is None else high
