"""Which options no other option beats: the Pareto front, for one table or for every resample."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchwright.stats.checks import finite


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
