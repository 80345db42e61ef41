"""Confusion matrices, counted from records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchwright.types import Record, Task

MOST_LABELS = 12
"""More labels than this make no readable matrix; the commonest confusions are listed instead."""

OTHER = "(other)"
ERRORED = "(errored)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Confusion:
    """How often each gold label got each answer.

    Attributes:
        rows: Gold labels in the task's order.
        columns: Answers in the task's order; then ``(other)`` for answers that are no label of the task and
            ``(errored)`` for examples without an answer, where there are any.
        counts: One row of counts per gold label.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def scored(self) -> int:
        """Examples with a gold label and an answer."""
        return sum(sum(self._answers(row)) for row in self.counts)

    def share(self, row: int, column: int) -> float:
        """Part of the row's examples that got the column's answer; 0 for a label that never occurs."""
        total = sum(self.counts[row])
        return self.counts[row][column] / total if total else 0.0

    def commonest(self, limit: int) -> list[tuple[str, str, int]]:
        """Gold label, other answer, count: the most frequent confusions first."""
        wrong = [
            (gold, answer, count)
            for gold, counts in zip(self.rows, self.counts, strict=True)
            for answer, count in zip(self.columns, counts, strict=True)
            if gold != answer and count
        ]
        return sorted(wrong, key=lambda item: (-item[2], item[0], item[1]))[:limit]

    def _answers(self, row: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(count for name, count in zip(self.columns, row, strict=True) if name != ERRORED)


def count_confusion(task: Task, records: Sequence[Record]) -> Confusion | None:
    """The matrix of a single-label classification task; None for other tasks and when nothing has a gold label."""
    if not task.single_label or not task.labels:
        return None
    labels = task.label_names
    pairs = Counter((record.target, _answer(record, labels)) for record in records if record.target in labels)
    if not pairs:
        return None
    answers = {answer for _, answer in pairs}
    columns = (*labels, *(name for name in (OTHER, ERRORED) if name in answers))
    counts = tuple(tuple(pairs[gold, answer] for answer in columns) for gold in labels)
    return Confusion(rows=labels, columns=columns, counts=counts)


def _answer(record: Record, labels: tuple[str, ...]) -> str:
    if record.error is not None:
        return ERRORED
    return record.output if record.output in labels else OTHER
