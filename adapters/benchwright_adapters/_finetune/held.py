"""How good a model is on the rows held back."""

from __future__ import annotations

import math

import numpy as np
import torch

from benchwright import registry
from benchwright.metrics.columns import Columns, Floats, Metric
from benchwright.types import Kind, Task

from .course import Held
from .forward import Forward, read_all, row_losses
from .material import Material
from .scale import Scale


def judge(forward: Forward, material: Material, task: Task, scale: Scale, *, device: str) -> Held:
    """The task's first metric and the mean loss on the rows held back; the metric is None where it is undefined."""
    logits = read_all(forward, material.encoded.lengths, device)
    loss = float(row_losses(task, logits, material.targets).mean())
    metric: Metric = registry.get("metrics", task.metrics[0])
    found = metric.value(_columns(task, logits.double().cpu().numpy(), material, scale))
    return Held(metric=found if math.isfinite(found) else None, loss=loss)


def is_better(task: Task, new: Held, old: Held | None) -> bool:
    """Whether an epoch is better than the best one before: by the metric, and by the loss where that is equal."""
    if old is None:
        return True
    metric: Metric = registry.get("metrics", task.metrics[0])
    sign = 1 if metric.direction == "higher" else -1
    first, second = (-math.inf if held.metric is None else sign * held.metric for held in (new, old))
    return (first, -new.loss) > (second, -old.loss)


def _columns(task: Task, logits: Floats, material: Material, scale: Scale) -> Columns:
    targets = [example.target for example in material.examples]
    if task.kind is Kind.REGRESS:
        return Columns(task, targets, scale.stretch(logits[:, 0]).tolist())
    names = task.label_names
    if task.multilabel:
        chosen = [tuple(name for name, on in zip(names, row, strict=True) if on) for row in logits >= 0]
        return Columns(task, targets, chosen, 1 / (1 + np.exp(-logits)))
    scores = torch.from_numpy(logits).softmax(1).numpy()
    return Columns(task, targets, [names[number] for number in logits.argmax(1)], scores)
