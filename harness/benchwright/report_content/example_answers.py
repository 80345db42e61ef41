"""The answers of one model to the items of a task as arrays: right or not, how sure, how far off."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benchwright import kinds
from benchwright.kinds import KindSpec
from benchwright.metrics.behaviour import case_verdicts
from benchwright.metrics.columns import gather
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
    spec = kinds.of(task)
    verdicts = _verdicts(task, spec, records)
    sizes = bool(spec.error_title) or spec.scored == ""
    return CellAnswers(
        ids=[record.id for record in records],
        verdicts=verdicts,
        confidence=_confidence(task, spec, records),
        size=_sizes(task, spec, records, verdicts) if sizes else np.full(len(records), np.nan),
        is_constant=_is_constant(task, records),
    )


def _verdicts(task: Task, spec: KindSpec, records: Sequence[Record]) -> npt.NDArray[np.int8]:
    if task.behaviour:
        return _of_cases(task, records)
    judge = spec.is_correct
    found = np.full(len(records), UNJUDGED, dtype=np.int8)
    known: dict[tuple[str, str], int] = {}
    simple = spec.scored == "labels" and not task.multilabel
    for at, record in enumerate(records):
        if record.error is not None:
            found[at] = ERRORED
        elif judge is None or record.target is None or record.output is None:
            continue
        elif simple:  # few pairs of labels, and very many records
            pair = (str(record.target), str(record.output))
            if pair not in known:
                known[pair] = _judge(judge, record, task)
            found[at] = known[pair]
        else:
            found[at] = _judge(judge, record, task)
    return found


def _is_constant(task: Task, records: Sequence[Record]) -> bool:
    answers = [record.output for record in records if record.error is None and record.output is not None]
    if task.kind is Kind.TAG:  # sentences differ in length: the same are answers of one tag alone
        tags = {str(tag) for answer in answers if isinstance(answer, list | tuple) for tag in answer}
        return len(answers) > 1 and len(tags) == 1
    return len(answers) > 1 and all(answer == answers[0] for answer in answers)


def _judge(judge: Callable[[Any, Any, Task], bool | None], record: Record, task: Task) -> int:
    try:
        return _code(judge(record.target, record.output, task))
    except (TypeError, AttributeError, ValueError):  # a gold answer or an answer of another form than the kind's
        return UNJUDGED


def _code(correct: bool | None) -> int:  # noqa: FBT001 - a verdict of three values
    return UNJUDGED if correct is None else RIGHT if correct else NOT_RIGHT


def _of_cases(task: Task, records: Sequence[Record]) -> npt.NDArray[np.int8]:
    found = np.full(len(records), UNJUDGED, dtype=np.int8)
    found[[at for at, record in enumerate(records) if record.error is not None]] = ERRORED
    columns = gather(task, records).columns
    judged = case_verdicts(columns)
    places = columns.places.tolist()
    for rows, verdict in zip(judged.rows, judged.verdicts, strict=True):
        for row, result in zip(rows, verdict.results, strict=True):
            found[places[row]] = _code(result.passed)
    return found


def _sizes(task: Task, spec: KindSpec, records: Sequence[Record], verdicts: npt.NDArray[np.int8]) -> Numbers:
    found = np.full(len(records), np.nan)
    for at, record in enumerate(records):
        if verdicts[at] == RIGHT:
            found[at] = 0.0
        elif verdicts[at] in (NOT_RIGHT, UNJUDGED) and record.target is not None and record.output is not None:
            try:
                size = spec.error_size(record.target, record.output, task)
            except (TypeError, AttributeError, ValueError):
                continue  # as above
            found[at] = np.nan if size is None else size
    return found


def _confidence(task: Task, spec: KindSpec, records: Sequence[Record]) -> Numbers:
    found = np.full(len(records), np.nan)
    if not spec.scored:
        return found
    places = [_place(task, spec, record) for record in records]
    rows = [
        at
        for at, record in enumerate(records)
        if places[at] >= 0 and record.scores and places[at] < len(record.scores) and record.error is None
    ]
    widths = {len(records[at].scores or ()) for at in rows}
    for width in widths:
        mine = [at for at in rows if len(records[at].scores or ()) == width]
        scores = np.array([records[at].scores for at in mine], dtype=np.float64)
        sound = np.isfinite(scores).all(axis=1)
        at = np.array(mine)[sound]
        found[at] = scores[sound][np.arange(len(at)), np.array([places[one] for one in mine])[sound]]
    if rows and not _are_probabilities(records):
        return _shares(records, rows, places)
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
