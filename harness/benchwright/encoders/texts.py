"""Turn raw outputs of a head into predictions in the task's own terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.types import Prediction, Task

Floats = NDArray[np.float64]


def to_probabilities(logits: Floats, to_task: Sequence[int], labels: int, *, multilabel: bool) -> Floats:
    """Probabilities in the task's label order, rows x labels.

    One label: softmax; outputs that share a label are added. Several labels: a sigmoid for each output; of outputs that
    share a label the highest counts, so that the label is given exactly when one of them is.

    Args:
        logits: Rows x outputs.
        to_task: Label of each output.
        labels: Number of labels of the task.
        multilabel: Whether several labels may be given.
    """
    found = np.zeros((len(logits), labels))
    if multilabel:
        each = 1 / (1 + np.exp(-np.clip(logits, -700, 700)))
        for output, label in enumerate(to_task):
            found[:, label] = np.maximum(found[:, label], each[:, output])
        return found
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    each = powers / powers.sum(axis=1, keepdims=True)
    for output, label in enumerate(to_task):
        found[:, label] += each[:, output]
    return np.minimum(found, 1.0)


def decide(task: Task, scores: Sequence[float], *, facts: dict[str, Any], truncated: bool) -> Prediction:
    """The prediction for one row of probabilities; a label of a multi-label task is given from 0.5 on."""
    if task.multilabel:
        chosen = tuple(name for name, score in zip(task.label_names, scores, strict=True) if score >= 0.5)
        return Prediction(output=chosen, scores=tuple(scores), truncated=truncated, extra=facts)
    best = task.label_names[int(np.argmax(scores))]
    return Prediction(output=best, scores=tuple(scores), truncated=truncated, extra=facts)
