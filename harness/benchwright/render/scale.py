"""What is known about a metric's scale: which end is better, and whether people read it times 100."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchwright.render.grid import Column
from benchwright.render.numbers import finite
from benchwright.render.standing import Direction
from benchwright.types import Score


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


def bare(metric: str) -> str:
    """``accuracy`` of ``accuracy@1``."""
    return metric.rpartition("@")[0] or metric


def direction_of(column: Column, scales: Scales) -> Direction | None:
    """Which end of the task score is better; None when its metrics disagree or nobody knows them."""
    found = {scale.direction if scale else None for scale in map(scales, score_metrics(column))}
    return found.pop() if len(found) == 1 else None


def hundredfold_of(column: Column, scales: Scales) -> bool:
    """Whether the task score is read times 100."""
    return is_hundredfold(column.scores().values(), score_metrics(column), scales)


def is_hundredfold(scores: Iterable[Score], metrics: Sequence[str], scales: Scales) -> bool:
    """Whether scores made of these metrics are read times 100, as on leaderboards.

    Never for a metric with a unit of its own (errors, seconds), however small its values are. Metrics nobody knows are
    taken for what the contract says scores are, as long as all values lie in [-1, 1]. Told for all scores together, so
    that one column never mixes units.
    """
    known = [scale for scale in map(scales, metrics) if scale is not None]
    values = [finite(value) for score in scores for value in (score.value, score.low, score.high)]
    return all(scale.bounded for scale in known) and all(abs(value) <= 1 for value in values if value is not None)


def score_metrics(column: Column) -> tuple[str, ...]:
    """Metrics whose mean is the task score; empty when the run kept no card."""
    return column.card.score_metrics if column.card else ()
