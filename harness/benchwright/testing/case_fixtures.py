"""Answered examples of behavioural tests: MFT and INV cases of two examples each, made of the answers of an ordinary task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np

from benchwright import kinds
from benchwright.metrics.columns import Columns
from benchwright.types import AnyTask, Kind, Task


def as_tests(task: AnyTask) -> AnyTask:
    """The card of an ordinary task as one of behavioural tests."""
    return msgspec.structs.replace(task, name=f"cases of {task.name}", behaviour=True, group=("case",))


def as_cases(task: Task, columns: Columns) -> Columns:
    """The answers of an ordinary task as cases of two examples with equal gold: two MFT cases, then two INV cases, and so on."""
    order = sorted(range(columns.n), key=lambda row: repr(columns.targets[row]))
    pairs = [order[at : at + 2] for at in range(0, columns.n - 1, 2)]
    same = [
        pair for pair in pairs if columns.targets[pair[0]] == columns.targets[pair[1]] and _lengths(columns, pair) == 1
    ]
    rows = [row for pair in same for row in pair]
    found = columns.select(rows)
    names: list[str | None] = [f"test/{number}" for number in range(len(same)) for _ in range(2)]
    targets = [_target(task, target, number // 2) for number, target in enumerate(found.targets)]
    return replace(found, task=task, targets=targets, group=names, clusters=names)


def _lengths(columns: Columns, pair: Sequence[int]) -> int:
    """Number of different lengths of the answers of a pair; tags of an INV pair are those of one sentence."""
    return len({len(columns.outputs[row]) for row in pair}) if columns.task.kind is Kind.TAG else 1


def _target(task: Task, gold: Any, number: int) -> dict[str, Any]:
    if number % 4 >= 2:
        return {"expect": {"kind": "invariant", "tolerance": 0.1}, "judged": "all_but_first"}
    if task.kind is Kind.SPAN:
        return {"expect": {"kind": "equals"}, "gold": gold["text"]}
    return {"expect": {"kind": "equals"}, "gold": gold}


def perfect_cases(columns: Columns) -> Columns:
    """The same cases, answered as expected and with certainty; every variant as its original."""
    right_answer = kinds.of(columns.task).right_answer
    outputs: list[Any] = []
    for row, target in enumerate(columns.targets):
        first = columns.group.index(columns.group[row])
        right = right_answer(target, columns.task)
        outputs.append(columns.outputs[first] if right is None else right)
    scores = columns.scores
    if scores is not None:
        answers: list[Any] = list(columns.task.label_names) or [*range(scores.shape[1])]
        scores = np.eye(len(answers))[[answers.index(output) for output in outputs]]
    return replace(columns, outputs=outputs, scores=scores)


def case_extremes(columns: Columns) -> dict[str, Columns]:
    """Inputs on which a careless formula divides by zero: name of the input -> columns."""
    expected = [row for row, target in enumerate(columns.targets) if "gold" in target]
    variants = [row for row, target in enumerate(columns.targets) if "gold" not in target]
    return {
        "one example": columns.select([0]),
        "one case": columns.select([0, 1]),
        "known answers alone": columns.select(expected),
        "invariances alone": columns.select(variants),
        "no answer applies": replace(columns, lacks=[True] * columns.n),
        "no scores": replace(columns, scores=None),
        "scores that are no probabilities": replace(
            columns, scores=None if columns.scores is None else columns.scores * 7
        ),
        "perfect": perfect_cases(columns),
        "no units": replace(columns, group=[], clusters=[]),
    }


def backwards(columns: Columns) -> Columns:
    """The cases in reverse order; the examples of each stay in theirs, since the first is the original."""
    return columns.select(sorted(range(columns.n), key=lambda row: (-(row // 2), row)))
