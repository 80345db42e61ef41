"""Unanswered items, and how to count them as wrong."""

from __future__ import annotations

import msgspec

from benchwright import kinds
from benchwright.errors import NotComparable
from benchwright.types import Record, Task


def is_unanswered(record: Record) -> bool:
    """Whether an item with a gold answer is unanswered."""
    return record.target is not None and (record.error is not None or record.output is None)


def has_wrong_answer(task: Task) -> bool:
    """Whether unanswered items of a task can be counted as wrong; not for numbers and free text, nor where a preference is
    measured.
    """
    return kinds.of(task).wrong_answer is not None and not (task.top or task.preference)


def count_as_wrong(task: Task, record: Record) -> Record:
    """The record; if unanswered, with a wrong answer filled in.

    Another label (the next of the card), no label of a set that has some, another option or text, O for every word.
    Raises NotComparable for numbers and whatever else has no wrong answer.
    """
    if not is_unanswered(record):
        return record
    wrong_answer = kinds.of(task).wrong_answer
    wrong = wrong_answer(record.target, task) if wrong_answer is not None else None
    if wrong is None:
        raise NotComparable(
            f"{task.name} has items without an answer, and no answer of a task of kind {task.kind} can be called wrong",
            expected="an answer to every item",
            hint="run the model again",
        )
    return msgspec.structs.replace(record, output=wrong, error=None, scores=None)
