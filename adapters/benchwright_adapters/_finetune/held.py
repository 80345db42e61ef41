"""How good a model is on the rows held back."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchwright import registry
from benchwright.metrics.columns import Metric, gather
from benchwright.types import Example, Kind, Record, Task

from .choices import read_choices
from .contexts import read_answers
from .course import Held
from .forward import Forward, read_all
from .material import Material
from .scale import Scale
from .threshold import choose_threshold
from .words import read_tags

Said = tuple[Any, tuple[float, ...] | None]
"""An answer and its scores."""


def judge(forward: Forward, material: Material, task: Task, scale: Scale, *, device: str) -> Held:
    """The task's first metric and the mean loss on the rows held back; the metric is None where it is undefined.

    Where "" is an answer, the null threshold that is best on these rows is chosen, and the metric is taken with it.
    """
    reading = read_all(forward, material, task, device)
    said, threshold = _say(task, material, reading.outputs, scale)
    metric: Metric = registry.get("metrics", task.metrics[0])
    records = [_record(example, *one) for example, one in zip(material.examples, said, strict=True)]
    found = metric.value(gather(task, records).columns)
    return Held(metric=found if math.isfinite(found) else None, loss=reading.loss, threshold=threshold)


def is_better(task: Task, new: Held, old: Held | None) -> bool:
    """Whether an epoch is better than the best one before: by the metric, and by the loss where that is equal."""
    if old is None:
        return True
    metric: Metric = registry.get("metrics", task.metrics[0])
    sign = 1 if metric.direction == "higher" else -1
    first, second = (-math.inf if held.metric is None else sign * held.metric for held in (new, old))
    return (first, -new.loss) > (second, -old.loss)


def _record(example: Example, output: Any, scores: tuple[float, ...] | None) -> Record:
    return Record(
        id=example.id,
        target=example.target,
        output=output,
        scores=scores,
        groups=example.groups,
        cluster=example.cluster,
        key=example.key,
        unit=example.unit,
    )


def _say(
    task: Task, material: Material, outputs: Sequence[NDArray[Any]], scale: Scale
) -> tuple[Iterable[Said], float | None]:
    """Answers in the task's own terms, and the null threshold where there is one."""
    if task.kind is Kind.TAG:
        return [(tags, None) for tags in read_tags(task, material, outputs)], None
    if task.kind is Kind.CHOOSE:
        return read_choices(task, material, outputs), None
    if task.kind is Kind.SPAN:
        return _say_answers(task, material, outputs)
    return _say_labels(task, np.stack(outputs).astype(np.float64), scale), None


def _say_answers(task: Task, material: Material, outputs: Sequence[NDArray[Any]]) -> tuple[list[Said], float | None]:
    texts, nulls = read_answers(material, outputs)
    if not task.unanswerable:
        return [(text, None) for text in texts], None
    gold = [(example.target or {}).get("text", ()) for example in material.examples]
    threshold = choose_threshold(texts, nulls, gold)
    return [("" if null > threshold else text, None) for text, null in zip(texts, nulls, strict=True)], threshold


def _say_labels(task: Task, logits: NDArray[np.float64], scale: Scale) -> list[Said]:
    if task.kind is Kind.REGRESS:
        return [(number, None) for number in scale.stretch(logits[:, 0]).tolist()]
    names = task.label_names
    if task.multilabel:
        each = (1 / (1 + np.exp(-logits))).tolist()
        chosen = (tuple(name for name, on in zip(names, row, strict=True) if on) for row in logits >= 0)
        return [(labels, tuple(scores)) for labels, scores in zip(chosen, each, strict=True)]
    scores = torch.from_numpy(logits).softmax(1).tolist()
    best = logits.argmax(1).tolist()
    return [(names[number], tuple(row)) for number, row in zip(best, scores, strict=True)]
