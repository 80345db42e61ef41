"""A quantity of every candidate as it was measured: values, and bootstrap resamples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchwright.metrics.columns import Floats
from benchwright.quantities import Quantity


@dataclass(frozen=True, kw_only=True, eq=False)
class TaskMeasurement:
    """A task's part in a weighted mean over tasks.

    Attributes:
        path: The task.
        metric: The metric used.
        weight: Its weight.
        values: Of each candidate (k).
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
class Measurement:
    """A quantity of every candidate, the parent included.

    Attributes:
        quantity: What was measured, by the name that was typed.
        values: Of each candidate (k); NaN where undefined or not known.
        draws: Over resamples (k, R), or (k, 1) if resampling has no effect.
        paths: Tasks behind it.
        flags: Notes for the reader.
        unknown: For a size, a time or what else was read from a machine: why it was not measured, by candidate (k), empty if it was; empty tuple for other quantities.
        parts: Its tasks, if it is a weighted mean over tasks; else empty.
        high: Of what is held against a limit by its bound (a gap, a flip rate under identity swaps): the one-sided 95 % upper bound of
            each candidate (k), NaN where nothing can be told; None of other quantities.
        low: The same, lower.
        is_raw: Whether it comes from raw samples of a machine, and no items of a task are behind it.
        open: Of such a quantity why nothing can be told of a candidate, or how many items would tell (k).
    """

    quantity: Quantity
    values: Floats
    draws: Floats
    paths: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    parts: tuple[TaskMeasurement, ...] = ()
    high: Floats | None = None
    low: Floats | None = None
    is_raw: bool = False
    open: tuple[Callable[[float], str], ...] = ()

    @property
    def name(self) -> str:
        """What was measured, as typed."""
        return self.quantity.name

    @property
    def higher(self) -> bool:
        """Whether higher values are better."""
        return self.quantity.direction == "higher"

    @property
    def is_certain(self) -> bool:
        """Whether resampling has no effect, as for a size."""
        return int(self.draws.shape[1]) == 1

    @property
    def is_quality(self) -> bool:
        """Whether it is computed from answers, and not a cost or a ratio."""
        return self.quantity.unit in ("fraction", "number")
