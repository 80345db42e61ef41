"""Kinds of task, a room each: how data of a kind are read, when an answer is right, how it is stored and shown.

``of(task)`` gives the `KindSpec` of a task, one frozen value of functions; only the module of that kind is imported. Ask it instead
of comparing kinds:

    reader = kinds.of(task).read_target(task, ReadOptions(class_names=..., scheme=...))   # gold cell -> target, or MissingTarget, InvalidTarget
    problem = kinds.check_output(prediction, example, task)                               # why an answer is none, or None
    kinds.of(task).is_correct(target, output, task)                                       # True, False, None: does not apply
    kinds.of(task).scored                                                                 # "labels", "options" or ""

A question that only one kind can be asked (is a span's question unanswerable?) belongs where that kind alone is meant. A question
that several kinds answer differently belongs here, as a field of `KindSpec`, so that a new kind is a module and a line in ``INDEX``.
"""

from __future__ import annotations

import math
from functools import cache
from importlib import import_module

from benchwright.kinds.spec import (
    ColumnForm,
    Inputs,
    InvalidTarget,
    KindSpec,
    MissingTarget,
    Problem,
    ReadCell,
    ReadOptions,
)
from benchwright.types import Example, Prediction, Task

__all__ = [
    "INDEX",
    "ColumnForm",
    "Inputs",
    "InvalidTarget",
    "KindSpec",
    "MissingTarget",
    "Problem",
    "ReadCell",
    "ReadOptions",
    "check_output",
    "named",
    "of",
]

INDEX: dict[str, str] = {
    "classify": "classification:spec",
    "regress": "regression:spec",
    "tag": "tagging:spec",
    "span": "span:spec",
    "choose": "choice:spec",
    "fill": "unscored:likelihood",
    "score": "unscored:likelihood",
    "generate": "unscored:generation",
    "embed": "unscored:vector",
}
"""Kind -> ``module:value`` of its specification, so that kinds are known without importing them."""


def of(task: Task) -> KindSpec:
    """The specification of a task's kind."""
    return named(task.kind)


@cache
def named(kind: str) -> KindSpec:
    """The specification of a kind, its module imported now. Raises KeyError for what is no kind."""
    module, _, value = INDEX[kind].partition(":")
    spec: KindSpec = getattr(import_module(f"benchwright.kinds.{module}"), value)
    return spec


def check_output(prediction: Prediction, example: Example, task: Task) -> str | None:
    """Why an answer lies outside the domain of its question, in words; None where it does not.

    What does not is an error, never a wrong answer.
    """
    scores = prediction.scores
    if scores is not None and not all(math.isfinite(score) for score in scores):
        return f"scores are not finite: {scores}"
    return of(task).check_output(prediction, example, task)
