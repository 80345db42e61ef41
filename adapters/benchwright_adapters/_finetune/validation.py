"""Validation: metric and loss on the validation rows, and the null threshold chosen on them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from benchwright import registry
from benchwright.answer_text import answer_scores
from benchwright.metrics.gathering import gather
from benchwright.metrics.metric import Metric
from benchwright.types import Example, Prediction, Record, Task

from .features import Features
from .forward import ForwardPass, run_rows
from .heads import TargetScaler
from .model import BuiltModel

_NEVER = 1e30
"""Stands for the null score of a context without any answer to give; a threshold must be a finite number."""


class ValidationResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Metric (None if undefined), mean loss and best null threshold on the validation rows."""

    metric: float | None
    loss: float
    threshold: float | None = None


class EpochValidation(ValidationResult, frozen=True, kw_only=True):
    """The validation result after an epoch, counted from 1."""

    epoch: int
    step: int


def validate(forward: ForwardPass, features: Features, built: BuiltModel, scaler: TargetScaler) -> ValidationResult:
    """The task's first metric and the mean loss on the validation rows; the metric is None if undefined.

    Answers are those that the adapter `transformers` would give. Where "" is an answer, the null threshold that is best on
    these rows is chosen, and the metric is taken with it.
    """
    task, raw = built.task, run_rows(forward, features, built)
    predictions: Sequence[Prediction] = built.codec.decode(features.lines, raw.outputs, features.examples)
    threshold = None
    if scaler != TargetScaler():
        numbers = scaler.inverse_transform(
            np.array([prediction.output for prediction in predictions], dtype=np.float64)
        )
        predictions = [Prediction(output=number) for number in numbers.tolist()]
    if task.unanswerable:
        threshold, predictions = _answer_or_not(predictions, features.examples)
    metric: Metric = registry.get("metrics", task.metrics[0])
    records = [_record(*pair) for pair in zip(features.examples, predictions, strict=True)]
    value = metric.value(gather(task, records).columns)
    return ValidationResult(metric=value if math.isfinite(value) else None, loss=raw.loss, threshold=threshold)


def is_better(task: Task, new: ValidationResult, old: ValidationResult | None) -> bool:
    """Whether an epoch is better than the best one so far: by metric, ties by loss."""
    if old is None:
        return True
    metric: Metric = registry.get("metrics", task.metrics[0])
    sign = 1 if metric.direction == "higher" else -1
    first, second = (-math.inf if result.metric is None else sign * result.metric for result in (new, old))
    return (first, -new.loss) > (second, -old.loss)


def _record(example: Example, prediction: Prediction) -> Record:
    return Record(
        id=example.id,
        target=example.target,
        output=prediction.output,
        scores=prediction.scores,
        slices=example.slices,
        cluster=example.cluster,
        official_id=example.official_id,
        group=example.group,
    )


def _answer_or_not(predictions: Sequence[Prediction], examples: Sequence[Example]) -> tuple[float, list[Prediction]]:
    """The best null threshold, and the predictions with "" above it."""
    texts = [str(prediction.output) for prediction in predictions]
    nulls = [float(prediction.extra.get("null_score", math.inf)) for prediction in predictions]
    threshold = choose_threshold(texts, nulls, [(example.target or {}).get("text", ()) for example in examples])
    answers = ("" if null > threshold else text for text, null in zip(texts, nulls, strict=True))
    return threshold, [Prediction(output=answer) for answer in answers]


def choose_threshold(answers: Sequence[str], nulls: Sequence[float], gold: Sequence[Sequence[str]]) -> float:
    """The threshold with the best mean F1 when "" is said exactly where the null score is above it.

    The rule of evaluate-v2.0.py (``find_best_thresh``); of all thresholds that give the same answers the middle one is
    taken, below the lowest score the lowest minus 1, from the highest on the highest.

    Args:
        answers: The best answer of each example that is not "".
        nulls: Its null score: higher means that no answer is more likely.
        gold: Gold answers of each example; none: it has no answer.
    """
    gains = np.array(
        [
            answer_scores(answer, texts, unanswerable=True)[1] - answer_scores("", texts, unanswerable=True)[1]
            for answer, texts in zip(answers, gold, strict=True)
        ]
    )
    scores = np.nan_to_num(np.asarray(nulls, dtype=np.float64), posinf=_NEVER)
    order = np.argsort(scores, kind="stable")
    levels, last = np.unique(scores[order][::-1], return_index=True)
    upto = np.cumsum(gains[order])[len(scores) - 1 - last]  # examples of one score are answered together
    best = int(np.argmax(np.concatenate([[0.0], upto])))
    if best == 0:
        return float(levels[0]) - 1.0
    if best == len(levels):
        return float(levels[-1])
    return float((levels[best - 1] + levels[best]) / 2)
