"""The answers of one model to the items of a task as arrays: right or not, how sure, how far off."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchwright import kinds
from benchwright.answers import AnswerArrays, answers_of
from benchwright.kinds import KindSpec
from benchwright.metrics.behaviour import case_verdicts
from benchwright.metrics.gathering import gather
from benchwright.report_content.example_choice import ERRORED, NOT_RIGHT, RIGHT, UNJUDGED, Numbers
from benchwright.types import Kind, Record, Task

_SLACK = 1e-3
"""How far scores may sum from 1 and still be probabilities."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CellAnswers:
    """What a model said to each of its items, in the order of its records.

    Attributes:
        ids: Ids of the records (n).
        verdicts: `RIGHT`, `NOT_RIGHT`, `ERRORED` or `UNJUDGED` (n).
        confidence: Probability that the model gave its own answer, in [0, 1]; NaN where its scores do not tell (n).
        size: Distance of the answer from the target, 0 when right; NaN where undefined, or where the kind's answers are ordered by
            confidence (n).
        is_constant: Whether all answers, of several, are the same.
    """

    ids: Sequence[str]
    verdicts: npt.NDArray[np.int8]
    confidence: Numbers
    size: Numbers
    is_constant: bool = False


def read_answers(task: Task, records: Sequence[Record]) -> CellAnswers:
    """The answers of a cell.

    A right answer is what the task's kind calls correct; of behavioural tests an example is right where its case's expectation
    holds for it. Errored is an item without an answer; unjudged one without gold answer, or of a kind that is never right or wrong.
    """
    spec, found = kinds.of(task), answers_of(task, records)
    verdicts = _of_cases(task, records) if task.behaviour else _verdicts(found)
    sizes = bool(spec.error_title) or spec.scored == ""
    return CellAnswers(
        ids=found.ids,
        verdicts=verdicts,
        confidence=_confidence(task, spec, records),
        size=_sizes(found, verdicts) if sizes else np.full(found.n, np.nan),
        is_constant=_is_constant(found),
    )


def _verdicts(found: AnswerArrays) -> npt.NDArray[np.int8]:
    meant = np.array([NOT_RIGHT, RIGHT, UNJUDGED], dtype=np.int8)  # the last one is that of -1
    return np.where(found.errored, np.int8(ERRORED), meant[found.correct])


def _is_constant(found: AnswerArrays) -> bool:
    said = found.outputs.codes[~found.unanswered]
    answers = [found.outputs.values[code] for code in np.unique(said).tolist()]
    if found.task.kind is Kind.TAG:  # sentences differ in length: the same are answers of one tag alone
        tags = {str(tag) for answer in answers if isinstance(answer, list | tuple) for tag in answer}
        return len(said) > 1 and len(tags) == 1
    return len(said) > 1 and all(answer == answers[0] for answer in answers)


def _code(correct: bool | None) -> int:  # noqa: FBT001 - a verdict of three values
    return UNJUDGED if correct is None else RIGHT if correct else NOT_RIGHT


def _of_cases(task: Task, some: Sequence[Record]) -> npt.NDArray[np.int8]:
    records = list(some)
    found = np.full(len(records), UNJUDGED, dtype=np.int8)
    found[[at for at, record in enumerate(records) if record.error is not None]] = ERRORED
    columns = gather(task, records).columns
    judged = case_verdicts(columns)
    places = columns.places.tolist()
    for rows, verdict in zip(judged.rows, judged.verdicts, strict=True):
        for row, result in zip(rows, verdict.results, strict=True):
            found[places[row]] = _code(result.passed)
    return found


def _sizes(found: AnswerArrays, verdicts: npt.NDArray[np.int8]) -> Numbers:
    known = np.where(found.has_gold & ~found.unanswered, found.error_size, np.nan)
    return np.where(verdicts == RIGHT, 0.0, known)


def _confidence(task: Task, spec: KindSpec, records: Sequence[Record]) -> Numbers:
    if not spec.scored:
        return np.full(len(records), np.nan)
    if task.by_text:  # the place of an answer is that of the item's own option
        return _of_options(task, spec, list(records))
    found = answers_of(task, records)
    return np.where(found.errored, np.nan, found.confidence)


def _of_options(task: Task, spec: KindSpec, records: Sequence[Record]) -> Numbers:
    found = np.full(len(records), np.nan)
    places = [_place(task, spec, record) for record in records]
    rows = [
        at
        for at, record in enumerate(records)
        if places[at] >= 0 and record.scores and places[at] < len(record.scores) and record.error is None
    ]
    if rows and not _are_probabilities(records):
        return _shares(records, rows, places)
    for at in rows:
        scores = records[at].scores or ()
        if all(map(math.isfinite, scores)):
            found[at] = scores[places[at]]
    return found


def _shares(records: Sequence[Record], rows: Sequence[int], places: Sequence[int]) -> Numbers:
    """Softmax of scores that are no probabilities: logits, or log-probabilities."""
    found = np.full(len(records), np.nan)
    for at in rows:
        scores = records[at].scores or ()
        if all(map(math.isfinite, scores)):
            highest = max(scores)
            weights = [math.exp(score - highest) for score in scores]
            found[at] = weights[places[at]] / sum(weights)
    return found


def _place(task: Task, spec: KindSpec, record: Record) -> int:
    options = record.extra.get("inputs", {}).get("options") if task.by_text else None
    place = spec.position(record.output, task, options)
    return -1 if place is None else place


def _are_probabilities(records: Sequence[Record]) -> bool:
    rows = [record.scores for record in records if record.scores and all(map(math.isfinite, record.scores))]
    return all(min(row) >= 0 and abs(math.fsum(row) - 1) < _SLACK for row in rows)
