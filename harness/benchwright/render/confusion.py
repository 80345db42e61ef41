"""Confusion matrices, counted from records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.answers import answers_of
from benchwright.coded import Coded
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
    labels, found = task.label_names, answers_of(task, records)
    known = {label: at for at, label in enumerate(labels)}
    other, errored = len(labels), len(labels) + 1
    gold = _places(found.targets, known, absent=-1)
    said = np.where(found.errored, errored, _places(found.outputs, known, absent=other))
    counted = gold >= 0
    if not counted.any():
        return None
    table = np.bincount(gold[counted] * (errored + 1) + said[counted], minlength=len(labels) * (errored + 1))
    table = table.reshape(len(labels), errored + 1)
    shown = [*range(len(labels)), *(at for at in (other, errored) if table[:, at].any())]
    columns = tuple((*labels, OTHER, ERRORED)[at] for at in shown)
    counts = tuple(tuple(row) for row in table[:, shown].tolist())
    return Confusion(rows=labels, columns=columns, counts=counts)


def _places(coded: Coded, known: Mapping[str, int], *, absent: int) -> NDArray[np.intp]:
    """Place of each value among the labels; ``absent`` for what is none."""
    places = [known.get(value, absent) if isinstance(value, str) else absent for value in coded.values]
    found: NDArray[np.intp] = np.array([*places, absent], dtype=np.intp)[coded.codes]
    return found
