"""Which examples to look at first: errored, then wrong with the highest confidence or the largest deviation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchwright import kinds
from benchwright.formatting import finite
from benchwright.types import Record, Task

_PROBABILITY_SLACK = 1e-3


@dataclass(frozen=True, kw_only=True, slots=True)
class Bad:
    """An example that went wrong.

    Attributes:
        deviation: How wrong: 1 for a wrong label, 1 - F1 for an answer that is no exact match, the absolute difference for
            numbers, the number of wrong positions for tags; None when errored.
        confidence: Probability the model gave its own answer, when its scores tell.
    """

    record: Record
    deviation: float | None
    confidence: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Worst:
    """The first bad examples and how many there are in all."""

    shown: tuple[Bad, ...]
    errored: int
    wrong: int


def find_worst(task: Task, records: Sequence[Record], *, limit: int) -> Worst:
    """Up to ``limit`` bad examples, worst first, ties in dataset order. Examples without gold label are never wrong."""
    errored = [Bad(record=record, deviation=None, confidence=None) for record in records if record.error is not None]
    probabilities = _are_probabilities(records)
    wrong = []
    for record in records:
        deviation = deviate(task, record)
        if deviation:
            confidence = _confidence(task, record, probabilities=probabilities)
            wrong.append(Bad(record=record, deviation=deviation, confidence=confidence))
    wrong.sort(key=lambda bad: (-(bad.deviation or 0.0), -(bad.confidence or 0.0)))
    return Worst(shown=tuple([*errored, *wrong][:limit]), errored=len(errored), wrong=len(wrong))


def deviate(task: Task, record: Record) -> float | None:
    """How far the answer is from the target, 0 when right; None when nobody can tell (errored, no gold, no rule)."""
    if record.error is not None or record.target is None:
        return None
    return kinds.of(task).error_size(record.target, record.output, task)


def _confidence(task: Task, record: Record, *, probabilities: bool) -> float | None:
    if not record.scores or any(finite(score) is None for score in record.scores):
        return None
    shares = list(record.scores) if probabilities else _softmax(record.scores)
    position = kinds.of(task).position(record.output, task, None)
    return shares[position] if position is not None and position < len(shares) else None


def _are_probabilities(records: Sequence[Record]) -> bool:
    """Whether scores are probabilities already; logits and log-probabilities are not, and go through softmax."""
    rows = [record.scores for record in records if record.scores and all(map(math.isfinite, record.scores))]
    return all(min(row) >= 0 and abs(sum(row) - 1) < _PROBABILITY_SLACK for row in rows)


def _softmax(scores: Sequence[float]) -> list[float]:
    highest = max(scores)
    weights = [math.exp(score - highest) for score in scores]
    total = sum(weights)
    return [weight / total for weight in weights]
