"""Slices: their names and items. A slice is a value of a column, or a label (entity type) against the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright import kinds
from benchwright.answers import AnswerArrays, HasColumns
from benchwright.types import Record, Task


def slices_in(slices: dict[str, str], task: Task) -> tuple[str, ...]:
    """``name=value`` of each slice column of an item, once; a value that lists several (``slice_separator``) is several slices."""
    separator = task.slice_separator
    return tuple(
        dict.fromkeys(
            f"{name}={part.strip()}"
            for name, value in slices.items()
            for part in (value.split(separator) if separator else [value])
        )
    )


def rows_by_slice(records: Sequence[Record], task: Task) -> dict[str, Sequence[int]]:
    """``name=value`` -> positions of the records in that slice, in order; slices by name."""
    if isinstance(records, HasColumns):
        return _rows_of_columns(records.answers(task), task)
    members: dict[str, list[int]] = {}
    for row, record in enumerate(records):
        for slice in slices_in(record.slices, task):
            members.setdefault(slice, []).append(row)
    return {slice: members[slice] for slice in sorted(members)}


def _rows_of_columns(answers: AnswerArrays, task: Task) -> dict[str, Sequence[int]]:
    """`rows_by_slice` of columns: each value that occurs is taken apart once."""
    members: dict[str, list[NDArray[np.intp]]] = {}
    for name, coded in answers.slices.items():
        order = np.argsort(coded.codes, kind="stable")
        ends = np.searchsorted(coded.codes[order], np.arange(len(coded.values) + 1))
        for code, value in enumerate(coded.values):
            rows = order[ends[code] : ends[code + 1]]
            for slice in slices_in({name: value}, task) if rows.size else ():
                members.setdefault(slice, []).append(rows)
    return {slice: _joined(members[slice]).tolist() for slice in sorted(members)}


def _joined(parts: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    """Rows of one part, or of several, ascending and each once."""
    return parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))


def label_of(slice: str, task: Task) -> str | None:
    """The label or entity type in ``label=NAME`` or ``type=NAME``; None if the task has no such slices.

    Such a slice has every item, one label against the rest, and metrics of one label.
    """
    name, _, value = slice.partition("=")
    if not task.by_label or name != label_word(task):
        return None
    return value if name == "type" or value in task.label_names else None


def label_word(task: Task) -> str:
    """``type`` of a task that tags, else ``label``."""
    return kinds.of(task).slice_name


def is_in(record: Record, task: Task, slice: str) -> bool:
    """Whether an item belongs to a slice; to one of a label where gold or answer is that label."""
    if slice in slices_in(record.slices, task):
        return True
    label = label_of(slice, task)
    return label is not None and any(is_about(answer, task, label) for answer in (record.target, record.output))


def is_about(value: Any, task: Task, label: str) -> bool:
    """Whether a gold answer, or a model's, holds a label, or an entity of a type."""
    return label in kinds.of(task).labels_in(value)
