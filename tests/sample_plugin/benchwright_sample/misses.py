"""The share of positive examples that a model does not find."""

from __future__ import annotations

import numpy as np

from benchwright.metrics.classification import confusion
from benchwright.metrics.columns import Columns, Floats
from benchwright.metrics.metric import Metric
from benchwright.types import Kind, Task


def _missed(sums: Floats, task: Task) -> tuple[Floats, Floats]:
    """Missed and all gold positives, from the sums of true positives, predicted and gold of every label."""
    size, place = len(task.labels), task.label_names.index(task.positive or "")
    found, gold = sums[..., place], sums[..., 2 * size + place]
    return gold - found, gold


def _miss_rate(sums: Floats, task: Task) -> Floats:
    missed, gold = _missed(sums, task)
    rate: Floats = np.divide(missed, gold, out=np.full(np.shape(gold), np.nan), where=gold > 0)
    return rate


def _flags(columns: Columns) -> tuple[str, ...]:
    some = columns.task.positive in columns.targets
    return () if some else (f"undefined: no gold example of {columns.task.positive!r}",)


miss_rate = Metric(
    name="miss_rate",
    title="Miss rate",
    kinds=(Kind.CLASSIFY,),
    direction="lower",
    reference="1 - recall of the task's positive label; undefined without gold positives",
    basis=confusion,
    compute=_miss_rate,
    share=_missed,
    flags=_flags,
)
