"""Kinds of task, a room each: how data of a kind are read, when an answer is right, how it is stored and shown.

``of(task)`` gives the `KindSpec` of a task, one frozen value of functions; only the module of that kind is imported. Ask it instead
of comparing kinds:

    reader = kinds.of(task).read_target(task, ReadOptions(class_names=..., scheme=...))   # gold cell -> target, or MissingTarget, InvalidTarget
    check = kinds.of(task).check_output(task)                 # (prediction, example) -> why the answer is none, or None
    kinds.of(task).is_correct(target, output, task)                                       # True, False, None: does not apply
    kinds.of(task).scored                                                                 # "labels", "options" or ""

A question that only one kind can be asked (is a span's question unanswerable?) belongs where that kind alone is meant. A question
that several kinds answer differently belongs here, as a field of `KindSpec`.

A new kind is a member of `Kind`, a class in ``types/tasks.py``, a module here and its line in ``INDEX``; planning, storing, comparing,
gating, selecting and reporting then take it. To be scored it needs a metric, to be answered from a file a reader in the adapter
``predictions``, to be answered by a checkpoint a codec in ``encoders``.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from benchwright.kinds.spec import (
    NO_TEXT,
    CheckOutput,
    ColumnForm,
    Inputs,
    InvalidTarget,
    KindSpec,
    MissingTarget,
    Problem,
    ReadCell,
    ReadOptions,
)
from benchwright.types import Task

__all__ = [
    "INDEX",
    "NO_TEXT",
    "CheckOutput",
    "ColumnForm",
    "Inputs",
    "InvalidTarget",
    "KindSpec",
    "MissingTarget",
    "Problem",
    "ReadCell",
    "ReadOptions",
    "named",
    "of",
]

INDEX: dict[str, str] = {
    "classify": "classification:spec",
    "regress": "regression:spec",
    "tag": "tagging:spec",
    "span": "span:spec",
    "choose": "choice:spec",
    "fill": "fill:spec",
    "score": "unscored:likelihood",
    "generate": "unscored:generation",
    "embed": "embedding:spec",
}
"""Kind -> ``module:value`` of its specification, so that kinds are known without importing them."""


def of(task: Task) -> KindSpec:
    """The specification of a task's kind; of a behavioural task, the behavioural form of it."""
    return _behavioural(task.kind) if task.behaviour else named(task.kind)


@cache
def _behavioural(kind: str) -> KindSpec:
    form: KindSpec = import_module("benchwright.kinds.behaviour").behavioural(named(kind))
    return form


@cache
def named(kind: str) -> KindSpec:
    """The specification of a kind, its module imported now. Raises KeyError for what is no kind."""
    module, _, value = INDEX[kind].partition(":")
    spec: KindSpec = getattr(import_module(f"benchwright.kinds.{module}"), value)
    return spec
