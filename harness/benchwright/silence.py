"""Items without an answer: what would be wrong in its place, so that silence can be counted as wrong."""

from __future__ import annotations

from typing import Any

import msgspec

from benchwright.errors import NotComparable
from benchwright.types import Kind, Record, Task

_NO_TEXT, _NO_OPTION = "\x00", -1
"""Answers that are right nowhere."""


def is_silent(record: Record) -> bool:
    """Whether an item with a gold answer got none."""
    return record.target is not None and (record.error is not None or record.output is None)


def has_wrong_answer(task: Task) -> bool:
    """Whether silence on a task can be counted as a wrong answer: not where answers are numbers or free."""
    return task.kind in (Kind.CLASSIFY, Kind.TAG, Kind.SPAN, Kind.CHOOSE) or task.by_text


def wrong_where_silent(task: Task, record: Record) -> Record:
    """The record, with an answer that is wrong where there is none: silence counted as wrong.

    Another label (the next of the card), no label of a set that has some, another option or text, O for every word.
    Raises NotComparable for numbers and whatever else has no wrong answer.
    """
    if not is_silent(record):
        return record
    wrong: Any
    if task.kind is Kind.TAG:
        wrong = type(record.target)("O" for _ in record.target)
    elif task.multilabel:
        wrong = type(record.target)(() if record.target else task.label_names[:1])
    elif task.kind is Kind.SPAN or task.by_text:
        wrong = _NO_TEXT
    elif task.kind in (Kind.CLASSIFY, Kind.CHOOSE) and task.label_names:
        at = task.label_names.index(record.target) if record.target in task.label_names else 0
        wrong = task.label_names[(at + 1) % len(task.label_names)]
    elif task.kind is Kind.CHOOSE:
        wrong = _NO_OPTION if isinstance(record.target, int) else _NO_TEXT
    else:
        raise NotComparable(
            f"{task.name} has items without an answer, and no answer of a task of kind {task.kind} can be called wrong",
            expected="an answer to every item",
            hint="run the model again",
        )
    return msgspec.structs.replace(record, output=wrong, error=None, scores=None)
