"""What is known about a metric's scale: which end is better, and whether people read it times 100."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchwright.render.grid import Column
from benchwright.render.standing import Direction


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """A metric as its readers need to know it.

    Attributes:
        title: What people call it.
        bounded: Whether values lie in [-1, 1] by definition: fractions, correlations, MCC.
    """

    title: str
    direction: Direction
    bounded: bool


Scales = Callable[[str], Scale | None]
"""Bare metric name -> its scale; None for a metric that nobody here knows."""


def direction_of(column: Column, scales: Scales) -> Direction | None:
    """Which end of the task score is better; None when its metrics have no mean or nobody knows them."""
    found = {scale.direction if scale else None for scale in map(scales, score_metrics(column))}
    return found.pop() if len(found) == 1 else None


def hundredfold_of(column: Column, scales: Scales) -> bool:
    """Whether the task score is read times 100."""
    return is_hundredfold(score_metrics(column), scales)


def is_hundredfold(metrics: Sequence[str], scales: Scales) -> bool:
    """Whether scores made of these metrics are read times 100, as on leaderboards.

    Never for a metric with a unit of its own (errors, seconds), however small its values are, nor for one that nobody knows.
    """
    known = [scales(metric) for metric in metrics]
    return bool(known) and all(scale is not None and scale.bounded for scale in known)


def score_metrics(column: Column) -> tuple[str, ...]:
    """Metrics whose mean is the task score; empty when the run kept no card."""
    return column.card.score_metrics if column.card else ()
