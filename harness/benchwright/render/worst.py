"""Which examples to look at first: errored, then wrong with the highest confidence or the largest deviation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.answer_text import answer_scores
from benchwright.render.numbers import finite
from benchwright.types import Kind, Record, Task

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
            sure = None if task.multilabel else _confidence(task, record, probabilities=probabilities)
            wrong.append(Bad(record=record, deviation=deviation, confidence=sure))
    wrong.sort(key=lambda bad: (-(bad.deviation or 0.0), -(bad.confidence or 0.0)))
    return Worst(shown=tuple([*errored, *wrong][:limit]), errored=len(errored), wrong=len(wrong))


def deviate(task: Task, record: Record) -> float | None:
    """How far the answer is from the target, 0 when right; None when nobody can tell (errored, no gold, no rule)."""
    if record.error is not None or record.target is None:
        return None
    match task.kind:
        case Kind.REGRESS:
            target, output = finite(record.target), finite(record.output)
            return None if target is None or output is None else abs(output - target)
        case Kind.TAG:
            return _wrong_positions(record.target, record.output)
        case Kind.CLASSIFY if task.multilabel:
            return float(set(_several(record.target)) != set(_several(record.output)))
        case Kind.SPAN | Kind.CHOOSE if task.kind is Kind.SPAN or task.by_text:
            return _from_texts(task, record)
        case Kind.CLASSIFY | Kind.CHOOSE:
            return float(record.output not in _several(record.target))
        case Kind.GENERATE:
            accepted = {_folded(text) for text in _texts(record.target)} or {""}
            return float(_folded(record.output) not in accepted)
        case _:
            return None


_ORDER = 1e-6
"""What an answer with all the right words in another order lacks: it is no exact match, though its F1 is 1."""


def _from_texts(task: Task, record: Record) -> float:
    """How far an answer text is from the gold answer it is most like, as the task's own metrics count it."""
    gold = _texts(record.target)
    exact, overlap = answer_scores(
        str(record.output), gold, unanswerable=task.unanswerable or not gold, rule=task.normalisation
    )
    return 0.0 if exact else max(1 - overlap, _ORDER)


def _wrong_positions(target: Any, output: Any) -> float:
    gold, given = _several(target), _several(output)
    different = sum(one != other for one, other in zip(gold, given, strict=False))
    return float(different + abs(len(gold) - len(given)))


def _several(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list | tuple | set | frozenset) else (value,)


def _texts(target: Any) -> tuple[str, ...]:
    if isinstance(target, Mapping):
        target = next((target[key] for key in ("text", "texts", "answers") if key in target), ())
    return tuple(str(text) for text in _several(target))


def _folded(text: Any) -> str:
    return " ".join(str(text if text is not None else "").casefold().split())


def _confidence(task: Task, record: Record, *, probabilities: bool) -> float | None:
    if not record.scores or any(finite(score) is None for score in record.scores):
        return None
    shares = list(record.scores) if probabilities else _softmax(record.scores)
    position = _position(task, record.output)
    return shares[position] if position is not None and position < len(shares) else None


def _position(task: Task, output: Any) -> int | None:
    if task.kind is Kind.CHOOSE:
        return output if isinstance(output, int) and output >= 0 else None
    return task.label_names.index(output) if output in task.label_names else None


def _are_probabilities(records: Sequence[Record]) -> bool:
    """Whether scores are probabilities already; logits and log-probabilities are not, and go through softmax."""
    rows = [record.scores for record in records if record.scores and all(map(math.isfinite, record.scores))]
    return all(min(row) >= 0 and abs(sum(row) - 1) < _PROBABILITY_SLACK for row in rows)


def _softmax(scores: Sequence[float]) -> list[float]:
    highest = max(scores)
    weights = [math.exp(score - highest) for score in scores]
    total = sum(weights)
    return [weight / total for weight in weights]
