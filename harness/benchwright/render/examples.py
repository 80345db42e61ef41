"""Bad examples as printed lines: texts clipped, tags told as entities, scores by label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchwright import kinds
from benchwright.formatting import UNDEFINED, clip, fixed, plain
from benchwright.formatting import value as written
from benchwright.inert import visible
from benchwright.items import call
from benchwright.render import answers
from benchwright.render.worst import Bad
from benchwright.types import Task

LONGEST_ANSWER = 160
LONGEST_INPUT = 260
MOST_SCORES = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class BadRow:
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


def example_row(system: str, task: Task, bad: Bad) -> BadRow:
    """One bad example of a system."""
    record = bad.record
    return BadRow(
        system=system,
        id=clip(visible(call(record)), 60),
        target=clip(answers.gold(task, record), LONGEST_ANSWER),
        output=clip(answers.given(task, record), LONGEST_ANSWER),
        scores=_scores(task, record.scores),
        measure=_measure(task, bad),
        inputs=_inputs(answers.texts_of(record)),
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


def _measure(task: Task, bad: Bad) -> str:
    if bad.deviation is None:
        return UNDEFINED
    if kinds.of(task).error_title:
        return written(bad.deviation, "number")
    return UNDEFINED if bad.confidence is None else f"{bad.confidence:.3f}"


def _inputs(inputs: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), clip(plain(value), LONGEST_INPUT)) for name, value in inputs.items())
