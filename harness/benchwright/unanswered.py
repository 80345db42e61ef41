"""Unanswered items, and how to count them as wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from benchwright import kinds
from benchwright.answers import AnswerArrays, answers_of
from benchwright.coded import Coded, Flags, ScoreRows
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
    return msgspec.structs.replace(record, output=_wrong(task, record.target), error=None, scores=None)


def unanswered_rows(task: Task, records: Sequence[Record]) -> Flags:
    """Whether each item has a gold answer and no answer."""
    answers = answers_of(task, records)
    return answers.has_gold & answers.unanswered


def counted_as_wrong(task: Task, records: Sequence[Record]) -> AnswerArrays:
    """The answers of records as arrays, wrong ones filled in where items are unanswered, as `count_as_wrong` does.

    Raises NotComparable where there are such, and the task has no wrong answer.
    """
    answers = answers_of(task, records)
    return AnswerArrays(task, _FilledIn(answers, unanswered_rows(task, records)))


class _FilledIn:
    """Columns of answers with a wrong one, and no scores, where ``silent`` (`benchwright.answers.ColumnSource`)."""

    def __init__(self, answers: AnswerArrays, silent: Flags) -> None:
        self.answers, self.silent = answers, silent

    def __len__(self) -> int:
        """Items."""
        return self.answers.n

    def texts(self, name: str) -> list[Any]:
        """The column ``id`` or ``official_id``."""
        return self.answers.source.texts(name)

    def coded(self, name: str) -> Coded:
        """A column by code."""
        coded = self.answers.source.coded(name)
        if name not in ("output", "error"):
            return coded
        codes = coded.codes.copy()
        codes[self.silent] = -1
        if name == "error":
            return Coded(codes, coded.values)
        targets = self.answers.targets
        asked, places = np.unique(targets.codes[self.silent], return_inverse=True)
        wrong = tuple(_wrong(self.answers.task, targets.values[code]) for code in asked.tolist())
        codes[self.silent] = places + len(coded.values)
        return Coded(codes, (*coded.values, *wrong))

    def flags(self, name: str) -> Flags:
        """The column ``truncated``."""
        return self.answers.source.flags(name)

    def scores(self) -> ScoreRows:
        """Scores of the items that are answered."""
        rows = self.answers.score_rows
        return ScoreRows(np.where(self.silent, 0, rows.widths), rows.values[np.repeat(~self.silent, rows.widths)])

    def slices(self) -> dict[str, Coded]:
        """Slices by name."""
        return self.answers.source.slices()


def _wrong(task: Task, target: Any) -> Any:
    """A wrong answer to an item with that target. Raises NotComparable where none can be called so."""
    wrong_answer = kinds.of(task).wrong_answer
    wrong = wrong_answer(target, task) if wrong_answer is not None else None
    if wrong is None:
        raise NotComparable(
            f"{task.name} has items without an answer, and no answer of a task of kind {task.kind} can be called wrong",
            expected="an answer to every item",
            hint="run the model again",
        )
    return wrong
