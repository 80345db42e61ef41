"""What a model was asked, apart from how it computes the answer: answers to one question may be held side by side."""

from __future__ import annotations

from benchwright.checkpoints.settings import READING
from benchwright.types import CellKey

ASKED = tuple(sorted(set(READING) - {"token_budget"}))
"""Options that decide which tokens a model reads or how its answer is read; all others say how it computes."""


def question_of(key: CellKey) -> tuple[object, ...]:
    """What two cells have to share so that a difference of their answers comes from the computation alone: items, the part of each that is
    read, labels.
    """
    labels = key.labels
    return (
        *(key.task, key.kind, key.inputs, key.split, key.limit, key.data, key.card),
        *(labels.to_task, labels.extra, labels.lacks, labels.neutral),
        *(key.options.get(name) for name in ASKED),
    )
