"""How good a model is on the validation rows, and the null threshold chosen on them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from benchwright import registry
from benchwright.answer_text import answer_scores
from benchwright.encoders.contexts import ContextRows
from benchwright.encoders.spans import find_spans
from benchwright.metrics.columns import Metric, gather
from benchwright.tags import OUTSIDE
from benchwright.types import Example, Kind, Record, Task

from .features import Features
from .forward import ForwardPass, run_rows
from .heads import TargetScaler


class ValidationResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """On the validation rows: the metric (None where it is undefined), the mean loss, and the best null threshold."""

    metric: float | None
    loss: float
    threshold: float | None = None


class ValidationPoint(ValidationResult, frozen=True, kw_only=True):
    """The result after an epoch, counted from 1."""

    epoch: int
    step: int


Said = tuple[Any, tuple[float, ...] | None]
"""An answer and its scores."""


def validate(
    forward: ForwardPass, features: Features, task: Task, scaler: TargetScaler, *, device: str
) -> ValidationResult:
    """The task's first metric and the mean loss on the validation rows; the metric is None where it is undefined.

    Where "" is an answer, the null threshold that is best on these rows is chosen, and the metric is taken with it.
    """
    raw = run_rows(forward, features, task, device)
    said, threshold = _say(task, features, raw.outputs, scaler)
    metric: Metric = registry.get("metrics", task.metrics[0])
    records = [_record(example, *one) for example, one in zip(features.examples, said, strict=True)]
    value = metric.value(gather(task, records).columns)
    return ValidationResult(metric=value if math.isfinite(value) else None, loss=raw.loss, threshold=threshold)


def is_better(task: Task, new: ValidationResult, old: ValidationResult | None) -> bool:
    """Whether an epoch is better than the best one before: by the metric, and by the loss where that is equal."""
    if old is None:
        return True
    metric: Metric = registry.get("metrics", task.metrics[0])
    sign = 1 if metric.direction == "higher" else -1
    first, second = (-math.inf if result.metric is None else sign * result.metric for result in (new, old))
    return (first, -new.loss) > (second, -old.loss)


def _record(example: Example, output: Any, scores: tuple[float, ...] | None) -> Record:
    return Record(
        id=example.id,
        target=example.target,
        output=output,
        scores=scores,
        slices=example.slices,
        cluster=example.cluster,
        official_id=example.official_id,
        group=example.group,
    )


def _say(
    task: Task, features: Features, outputs: Sequence[NDArray[Any]], scaler: TargetScaler
) -> tuple[Iterable[Said], float | None]:
    """Answers in the task's own terms, and the null threshold where there is one."""
    if task.kind is Kind.TAG:
        return [(tags, None) for tags in read_tags(task, features, outputs)], None
    if task.kind is Kind.CHOOSE:
        return read_choices(task, features, outputs), None
    if task.kind is Kind.SPAN:
        return _say_answers(task, features, outputs)
    return _say_labels(task, np.stack(outputs).astype(np.float64), scaler), None


def _say_answers(task: Task, features: Features, outputs: Sequence[NDArray[Any]]) -> tuple[list[Said], float | None]:
    texts, nulls = read_answers(features, outputs)
    if not task.unanswerable:
        return [(text, None) for text in texts], None
    gold = [(example.target or {}).get("text", ()) for example in features.examples]
    threshold = choose_threshold(texts, nulls, gold)
    return [("" if null > threshold else text, None) for text, null in zip(texts, nulls, strict=True)], threshold


def _say_labels(task: Task, logits: NDArray[np.float64], scaler: TargetScaler) -> list[Said]:
    if task.kind is Kind.REGRESS:
        return [(number, None) for number in scaler.inverse_transform(logits[:, 0]).tolist()]
    names = task.label_names
    if task.multilabel:
        each = (1 / (1 + np.exp(-logits))).tolist()
        chosen = (tuple(name for name, on in zip(names, row, strict=True) if on) for row in logits >= 0)
        return [(labels, tuple(scores)) for labels, scores in zip(chosen, each, strict=True)]
    scores = torch.from_numpy(logits).softmax(1).tolist()
    best = logits.argmax(1).tolist()
    return [(names[number], tuple(row)) for number, row in zip(best, scores, strict=True)]


_NEVER = 1e30
"""Stands for the null score of a context without any answer to give; a threshold must be a finite number."""


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


def read_tags(task: Task, features: Features, outputs: Sequence[np.ndarray]) -> list[tuple[str, ...]]:
    """Tags of each example from the tag number at each token of each row; a word without a sub-token is outside."""
    assert features.words is not None
    places, names = features.words, task.label_names
    sizes = [len(example.target) for example in features.examples]
    numbers = np.full(sum(sizes), names.index(OUTSIDE) if OUTSIDE in names else 0)
    found = (outputs[line][at] for line, at in zip(places.lines.tolist(), places.positions.tolist(), strict=True))
    numbers[places.words] = np.fromiter(found, dtype=np.int64, count=len(places.words))
    ends = np.cumsum(sizes).tolist()
    tags = [names[number] for number in numbers.tolist()]
    return [tuple(tags[end - size : end]) for end, size in zip(ends, sizes, strict=True)]


def read_answers(features: Features, outputs: Sequence[NDArray[np.float32]]) -> tuple[list[str], list[float]]:
    """The best answer of each example ("" only where its context has none to give), and its null score.

    As the adapter `transformers` reads them, with its usual ``n_best`` and ``max_answer_length``.
    """
    inputs: ContextRows = features.windows
    lengths = inputs.encoded.lengths.tolist()
    rows = [row[:length].T for row, length in zip(outputs, lengths, strict=True)]
    spans = find_spans(inputs, rows, len(features.examples))
    contexts = [str(example.inputs["context"]) for example in features.examples]
    bounds = zip(contexts, spans.start.tolist(), spans.end.tolist(), strict=True)
    texts = [text[start:end] if start >= 0 else "" for text, start, end in bounds]
    nulls = np.where(spans.start >= 0, spans.null - spans.score, np.inf)
    return texts, nulls.tolist()


def read_choices(
    task: Task, features: Features, outputs: Sequence[NDArray[np.float32]]
) -> list[tuple[int | str, tuple[float, ...]]]:
    """The best option of each question, the first of equals, and the probability of each."""
    assert features.options is not None
    found: list[tuple[int | str, tuple[float, ...]]] = []
    for example, members, row in zip(features.examples, features.options, outputs, strict=True):
        scores = row[: int((members >= 0).sum())].astype(np.float64)
        powers = np.exp(scores - scores.max())
        best = int(scores.argmax())
        answer = example.inputs[list(task.inputs)[-1]][best] if task.by_text else best
        found.append((answer, tuple((powers / powers.sum()).tolist())))
    return found
