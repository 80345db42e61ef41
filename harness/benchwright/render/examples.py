"""Examples as text: inputs, gold answer, model answer; and the worst errors of a model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchwright import kinds
from benchwright.answers import answers_of, pick
from benchwright.formatting import UNDEFINED, clip, fixed, plain
from benchwright.formatting import value as written
from benchwright.inert import visible
from benchwright.items import call
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


@dataclass(frozen=True, kw_only=True, slots=True)
class WrongExamples:
    """The first bad examples and how many there are in all."""

    shown: tuple[WrongExample, ...]
    errored: int
    wrong: int


def find_worst(task: Task, records: Sequence[Record], *, limit: int) -> WrongExamples:
    """Up to ``limit`` bad examples, worst first, ties in dataset order. Examples without gold label are never wrong."""
    found = answers_of(task, records)
    errored = np.flatnonzero(found.errored).tolist()
    far, sure = np.nan_to_num(found.error_size), np.nan_to_num(found.confidence)
    wrong = np.flatnonzero(far != 0)
    ordered = wrong[np.lexsort((-sure[wrong], -far[wrong]))].tolist()
    rows = [*errored, *ordered][:limit]
    shown = [
        WrongExample(record=record, deviation=_known(found.error_size[row]), confidence=_known(found.confidence[row]))
        for row, record in zip(rows, pick(records, rows), strict=True)
    ]
    return WrongExamples(shown=tuple(shown), errored=len(errored), wrong=len(wrong))


def _known(number: float) -> float | None:
    return None if math.isnan(number) else float(number)


def deviate(task: Task, record: Record) -> float | None:
    """How far the answer is from the target, 0 when right; None if undefined (errored, no gold, no rule)."""
    if record.error is not None or record.target is None:
        return None
    return kinds.of(task).error_size(record.target, record.output, task)


LONGEST_ANSWER = 160
LONGEST_INPUT = 260
MOST_SCORES = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleRow:
    """A line of the table of examples.

    Attributes:
        measure: Confidence or deviation, ready to print.
        inputs: Input name and text, where records carry them under ``extra["inputs"]``.
        error: Why there is no answer; empty when there is one.
    """

    system: str
    id: str
    target: str
    output: str
    scores: str
    measure: str
    inputs: tuple[tuple[str, str], ...]
    error: str
    truncated: bool


def measure_of(task: Task) -> str:
    """Head of the column ``measure``."""
    return kinds.of(task).error_title or "Confidence"


def example_row(system: str, task: Task, bad: WrongExample) -> ExampleRow:
    """One bad example of a system."""
    record = bad.record
    return ExampleRow(
        system=system,
        id=clip(visible(call(record)), 60),
        target=clip(gold(task, record), LONGEST_ANSWER),
        output=clip(given(task, record), LONGEST_ANSWER),
        scores=_scores(task, record.scores),
        measure=_measure(task, bad),
        inputs=_inputs(texts_of(record)),
        error=clip(visible(record.error), LONGEST_ANSWER) if record.error is not None else "",
        truncated=record.truncated,
    )


def _scores(task: Task, scores: Sequence[float] | None) -> str:
    if not scores:
        return UNDEFINED
    names = task.label_names if len(task.labels) == len(scores) else ()
    parts = []
    for at, score in enumerate(scores):
        value = fixed(score, 3)
        parts.append(f"{names[at]} {value}" if names else value)
    if len(parts) > MOST_SCORES:
        parts = [*parts[:MOST_SCORES], "…"]
    return ", ".join(parts)


def _measure(task: Task, bad: WrongExample) -> str:
    if bad.deviation is None:
        return UNDEFINED
    if kinds.of(task).error_title:
        return written(bad.deviation, "number")
    return fixed(bad.confidence, 3)


def _inputs(inputs: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), clip(plain(value), LONGEST_INPUT)) for name, value in inputs.items())
