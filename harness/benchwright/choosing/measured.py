"""A quantity of every side of a field, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchwright.metrics.columns import Floats
from benchwright.quantities import Unit


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """A task's share in a weighted mean over tasks.

    Attributes:
        path: The task.
        metric: What was taken of it.
        weight: Its weight.
        values: Of each side (k).
        draws: Over resamples (k, R).
        width: Highest minus lowest possible value.
    """

    path: str
    metric: str
    weight: float
    values: Floats
    draws: Floats
    width: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """A quantity of every side.

    Attributes:
        text: As typed.
        values: Of each side (k); NaN where undefined or not known.
        draws: Over resamples (k, R), or (k, 1) where resampling changes nothing.
        higher: Whether higher is better.
        unit: What its values are measured in.
        low: Lowest possible value.
        high: Highest possible value.
        paths: Tasks behind it.
        flags: What a reader must know.
        unknown: Of a cost: why each side's was not measured (k), empty where it was; nothing for what answers give.
        parts: Its tasks one by one, where it is a weighted mean over them; empty for anything else.
    """

    text: str
    values: Floats
    draws: Floats
    higher: bool
    unit: Unit = "fraction"
    low: float = -np.inf
    high: float = np.inf
    paths: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def is_certain(self) -> bool:
        """Whether resampling changes nothing."""
        return int(self.draws.shape[1]) == 1

    @property
    def is_quality(self) -> bool:
        """Whether it is about the answers themselves, not about a cost or a share."""
        return self.unit in ("fraction", "number")

    @property
    def sign(self) -> int:
        """1 where higher is better, else -1."""
        return 1 if self.higher else -1
