"""The scores of a label by level: sorted once, and whatever ranks items by them counts from there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.metrics.columns import Floats


@dataclass(frozen=True, eq=False)
class ScoreLevels:
    """Scores (n) that hold k different values, and which items have the label.

    Attributes:
        gold: Whether an item has the label (n).
        of_item: Level of each item's score (n): 0 the lowest, equal scores share one.
        size: Levels (k).
    """

    gold: NDArray[np.bool_]
    of_item: NDArray[np.int32]
    size: int

    @staticmethod
    def of(scores: Floats, gold: NDArray[np.bool_]) -> ScoreLevels:
        """Of finite scores."""
        levels, places = np.unique(scores, return_inverse=True)
        return ScoreLevels(gold, places.astype(np.int32), levels.size)

    def count(self, items: NDArray[np.bool_], weights: NDArray[np.integer] | None = None) -> Floats:
        """How many of some items stand at each level (k), by their weights if given (n): whole numbers."""
        chosen = None if weights is None else weights[items]
        found: Floats = np.bincount(self.of_item[items], chosen, self.size).astype(np.float64, copy=False)
        return found


def up_to(counts: Floats) -> Floats:
    """How many stand at each level or below (k)."""
    return np.cumsum(counts)


def from_on(counts: Floats) -> Floats:
    """How many stand at each level or above (k)."""
    return np.cumsum(counts[::-1])[::-1]
