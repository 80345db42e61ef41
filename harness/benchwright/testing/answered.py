"""Answered examples of every shape that a metric meets: noisy, perfect, constant, of one class, alone, none at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchwright.metrics.columns import Columns
from benchwright.types import Kind, Label, Source, Task

_ROWS = 60
_RIGHT = 0.75


def make_tasks(kind: Kind) -> tuple[Task, ...]:
    """Cards of a kind: two and three labels, a number, four options; none where there is no fixture yet."""
    if kind is Kind.CLASSIFY:
        return (_task("two labels", kind, 2), _task("three labels", kind, 3))
    if kind is Kind.REGRESS:
        return (_task("a number", kind, 0, value_range=(0.0, 5.0)),)
    if kind is Kind.CHOOSE:
        return (_task("four options", kind, 0),)
    return ()


def make_columns(task: Task) -> Columns:
    """Sixty answers of a fair model, with scores for labels and options; the same at every call."""
    dice = np.random.default_rng(7)
    if task.kind is Kind.REGRESS:
        numbers = dice.uniform(0, 5, _ROWS).round(1)
        guesses = np.clip(numbers + dice.normal(0, 1, _ROWS), 0, 5).round(2)
        return Columns(task, numbers.tolist(), guesses.tolist())
    size = len(task.labels) or 4
    gold = np.arange(_ROWS) % size
    dice.shuffle(gold)
    wrong = (gold + dice.integers(1, size, _ROWS)) % size
    said = np.where(dice.random(_ROWS) < _RIGHT, gold, wrong)
    return _answered(task, gold.tolist(), said.tolist(), dice.dirichlet(np.full(size, 0.5), _ROWS))


def make_perfect(columns: Columns) -> Columns:
    """The same examples, answered right and with certainty."""
    if columns.scores is None:
        return Columns(columns.task, columns.targets, list(columns.targets))
    answers = _answers(columns.task)
    gold = [answers.index(target) for target in columns.targets]
    return Columns(columns.task, columns.targets, list(columns.targets), np.eye(len(answers))[gold])


def make_extremes(columns: Columns) -> dict[str, Columns]:
    """Inputs on which a careless formula divides by zero: name of the input -> columns."""
    first = columns.targets[0]
    same = [place for place, target in enumerate(columns.targets) if target == first]
    constant = Columns(columns.task, columns.targets, [columns.outputs[0]] * columns.n, columns.scores)
    other = next(output for output in columns.outputs if output != first)
    wrong = Columns(columns.task, [first] * 3, [other] * 3)
    return {
        "one example": columns.select([0]),
        "two examples": columns.select([0, 1]),
        "constant predictions": constant,
        "gold of one class": columns.select(same),
        "one class, always wrong": wrong,
        "perfect and of one class": make_perfect(columns).select(same),
        "no scores": Columns(columns.task, columns.targets, columns.outputs),
    }


def _answered(task: Task, gold: Sequence[int], said: Sequence[int], scores: Any) -> Columns:
    """Columns from answer numbers, the largest score moved to the answer that was given."""
    answers = _answers(task)
    for row, answer in zip(scores, said, strict=True):
        best = int(row.argmax())
        row[[best, answer]] = row[[answer, best]]
    return Columns(task, [answers[at] for at in gold], [answers[at] for at in said], scores)


def _answers(task: Task) -> list[Any]:
    return list(task.label_names) or list(range(4))


def _task(name: str, kind: Kind, size: int, **card: Any) -> Task:
    labels = tuple(Label(name=f"label {at}", id=at) for at in range(size))
    return Task(
        name=name,
        kind=kind,
        splits={"validation": Source()},
        default_split="validation",
        inputs={"text": ("text",)},
        target=("target",),
        metrics=(),
        labels=labels,
        positive=labels[1].name if labels else None,
        **card,
    )
