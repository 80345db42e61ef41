"""Records of examples and predictions: an answer that is not valid for the task is an error, not a wrong answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from benchwright import kinds, missing_labels
from benchwright.coded import Coded
from benchwright.example_table import ExampleTable
from benchwright.kinds import CheckOutput
from benchwright.prediction_table import PredictionTable
from benchwright.types import Example, LabelMap, Prediction, Record, Task

if TYPE_CHECKING:
    from benchwright.store.stored_records import StoredRecords


def to_records(
    examples: Sequence[Example], predictions: Sequence[Prediction], task: Task, labels: LabelMap | None = None
) -> Sequence[Record]:
    """The records of examples; an answer that is not valid for the task is an error, not a wrong answer.

    Of examples and predictions in columns the records are columns too, and none is made.

    ``labels`` says what the model lacks: a neutral label is read from its probabilities where the user said how, and an item
    whose expectation needs a label that is lacking is marked ``lacks``.
    """
    kind = kinds.of(task)
    is_whole = labels is None or (labels.neutral is None and not labels.lacks)
    if (
        isinstance(examples, ExampleTable)
        and isinstance(predictions, PredictionTable)
        and kind.answers_stand_alone
        and kind.facts is None
        and not examples.metadata
        and is_whole
    ):
        return _in_columns(examples, predictions, task)
    check = kind.check_output(task)
    if labels is not None and labels.neutral is not None:
        predictions = [missing_labels.with_neutral(p, labels.neutral, task.label_names) for p in predictions]
    records = [_to_record(e, p, check, kind.facts) for e, p in zip(examples, predictions, strict=True)]
    return _marked(records, labels.lacks) if labels is not None and labels.lacks else records


def _in_columns(examples: ExampleTable, predictions: PredictionTable, task: Task) -> StoredRecords:
    """`to_records` of columns: each answer that occurs is checked once."""
    from benchwright.store.record_columns import encode_columns
    from benchwright.store.stored_records import StoredRecords

    kind = kinds.of(task)
    errors = _problems(predictions, kind.check_output(task))
    return StoredRecords(encode_columns(examples, predictions, errors, kind.column(task)))


def _problems(predictions: PredictionTable, check: CheckOutput) -> Coded | None:
    """Why predictions are no answers, in the order of `_to_record`; None where all are."""
    outputs, scores = predictions.outputs, predictions.scores
    told = [None] * len(predictions) if predictions.errors is None else predictions.errors.to_list()
    if scores is not None:
        for row in np.flatnonzero(~np.isfinite(scores).all(axis=1)).tolist():
            told[row] = told[row] or f"scores are not finite: {tuple(scores[row].tolist())}"
    some = None if scores is None else (0.0,) * scores.shape[1]
    nobody = Example(id="", index=0, inputs={})
    found = [check(Prediction(output=value, scores=some), nobody) for value in (*outputs.values, None)]
    wrong = np.array([problem is not None for problem in found])[outputs.codes]
    for row in np.flatnonzero(wrong).tolist():
        told[row] = told[row] or found[outputs.codes[row]]
    return Coded.of(one or None for one in told) if any(told) else None


def _marked(records: list[Record], lacks: tuple[str, ...]) -> list[Record]:
    return [
        msgspec.structs.replace(record, extra={**record.extra, "lacks": True})
        if missing_labels.needs_lacking(record.target, lacks)
        else record
        for record in records
    ]


def _to_record(
    example: Example,
    prediction: Prediction,
    check: CheckOutput,
    facts: Callable[[Prediction, Example], dict[str, Any]] | None,
) -> Record:
    problem, scores = prediction.error, prediction.scores
    if not problem and scores is not None and not all(map(math.isfinite, scores)):
        problem = f"scores are not finite: {scores}"
    problem = problem or check(prediction, example)
    extra = prediction.extra if facts is None else facts(prediction, example)
    if example.metadata:
        extra = {**extra, "metadata": example.metadata}
    return Record(
        id=example.id,
        target=example.target,
        output=None if problem else prediction.output,
        scores=None if problem else scores,
        slices=example.slices,
        cluster=example.cluster,
        error=problem,
        truncated=prediction.truncated,
        extra=extra if example.edits is None else {**extra, "edits": example.edits},
        official_id=example.official_id,
        group=example.group,
    )
