"""Examples as text: inputs, gold answer, model answer; and the worst errors of a model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchwright import kinds
from benchwright.answers import answers_of, pick
from benchwright.formatting import clip, plain
from benchwright.types import Record, Task

EMPTY, UNANSWERED = "(empty)", "(unanswered)"


def gold(task: Task, record: Record) -> str:
    """The gold answer in one line."""
    return kinds.of(task).show_target(record.target, texts_of(record), plain)


def given(task: Task, record: Record) -> str:
    """What the model answered, in one line; silence that counts as wrong is told as such."""
    if record.output == kinds.NO_TEXT:
        return UNANSWERED
    shown = kinds.of(task).show_output(record.output, record.target, texts_of(record), plain)
    return EMPTY if record.output == "" == shown else shown


def inputs(record: Record, width: int) -> str:
    """The texts of an example in one line of about ``width`` characters: short ones whole, so that none hides another.

    Options are numbered. Empty where the texts were not kept.
    """
    found = texts_of(record)
    if not found:
        return ""
    texts = [_numbered(value) if name == "options" else plain(value) for name, value in found.items()]
    room = width - 3 * (len(texts) - 1)
    limits: dict[int, int] = {}
    for left, at in zip(
        range(len(texts), 0, -1), sorted(range(len(texts)), key=lambda at: len(texts[at])), strict=True
    ):
        limits[at] = max(min(len(texts[at]), room // left), 12)
        room -= limits[at]
    return " | ".join(clip(text, limits[at]) for at, text in enumerate(texts))


def texts_of(record: Record) -> Mapping[str, Any]:
    """The inputs that a record carries, in the order in which a model reads them; none where they were not kept."""
    found = record.extra.get("inputs")
    return found if isinstance(found, Mapping) else {}


def _numbered(options: Any) -> str:
    several = isinstance(options, list | tuple)
    return "; ".join(f"{at}: {plain(option)}" for at, option in enumerate(options)) if several else plain(options)


@dataclass(frozen=True, kw_only=True, slots=True)
class WrongExample:
    """A wrong or errored example.

    Attributes:
        deviation: How wrong: 1 for a wrong label, 1 - F1 for an answer that is no exact match, the absolute difference for
            numbers, the number of wrong positions for tags; None when errored.
        confidence: Probability the model gave its own answer, when its scores tell.
    """

    record: Record
    deviation: float | None
    confidence: float | None


def find_worst(task: Task, records: Sequence[Record], *, limit: int) -> tuple[WrongExample, ...]:
    """Up to ``limit`` bad examples, worst first, ties in dataset order. Examples without gold label are never wrong."""
    found = answers_of(task, records)
    errored = np.flatnonzero(found.errored).tolist()
    far, sure = np.nan_to_num(found.error_size), np.nan_to_num(found.confidence)
    wrong = np.flatnonzero(far != 0)
    ordered = wrong[np.lexsort((-sure[wrong], -far[wrong]))].tolist()
    rows = [*errored, *ordered][:limit]
    return tuple(
        WrongExample(record=record, deviation=_known(found.error_size[row]), confidence=_known(found.confidence[row]))
        for row, record in zip(rows, pick(records, rows), strict=True)
    )


def _known(number: float) -> float | None:
    return None if math.isnan(number) else float(number)
