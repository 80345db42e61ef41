"""Equivalent metrics: one number under two names, as micro-F1 and accuracy for one label per item. They share interval and test."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from benchwright import registry
from benchwright.metrics.columns import Columns
from benchwright.metrics.metric import Metric
from benchwright.types import ClassificationTask, Label, Task

_TABLES = 4
_ROWS = 40
_EQUAL = 1e-12


def equivalent_metrics(task: Task, metrics: Sequence[Metric]) -> dict[str, str]:
    """Metric -> its representative: equal for any answers, as tested on random confusion tables.

    The representative is a share of items, else the metric named first. Only metrics over labels have one; a metric without
    an equivalent is left out. The equivalence assumes that every label occurs, so compare the values too.
    """
    if not isinstance(task, ClassificationTask) or len(task.label_names) < 2 or task.behaviour:
        return {}
    names = tuple(metric.name for metric in metrics if metric.basis is not None)
    return _equivalent_names(len(task.label_names), task.multilabel, names)


def equivalent_of(columns: Columns, metrics: Sequence[Metric], metric: Metric) -> Metric | None:
    """The representative of a metric on these columns; None if it is the metric itself, or has another value here."""
    name = equivalent_metrics(columns.task, metrics).get(metric.name)
    found = next((one for one in metrics if one.name == name), None)
    if found is None or not abs(found.value(columns) - metric.value(columns)) <= _EQUAL:
        return None
    return found


@cache
def _equivalent_names(labels: int, multilabel: bool, names: tuple[str, ...]) -> dict[str, str]:  # noqa: FBT001 - a key of the cache
    metrics = [registry.get("metrics", name) for name in names]
    tables = [_by_chance(labels, seed, multilabel=multilabel) for seed in range(_TABLES)]
    values = {metric.name: np.array([metric.value(table) for table in tables]) for metric in metrics}
    ordered = sorted(metrics, key=lambda metric: not metric.proportion)
    found: dict[str, str] = {}
    for at, metric in enumerate(ordered):
        for other in ordered[:at]:
            if other.name not in found and np.allclose(values[metric.name], values[other.name], rtol=0, atol=_EQUAL):
                found[metric.name] = other.name
                break
    return found


def _by_chance(labels: int, seed: int, *, multilabel: bool) -> Columns:
    rng = np.random.default_rng(seed)
    names = [f"label {number}" for number in range(labels)]
    task = ClassificationTask(
        name="by chance",
        splits={},
        default_split="",
        inputs={},
        target=("label",),
        metrics=(),
        labels=tuple(Label(name=name, id=number) for number, name in enumerate(names)),
        positive=names[-1],
        multilabel=multilabel,
    )
    rows = max(_ROWS, 4 * labels)
    if multilabel:
        drawn = rng.random((2, rows, labels)) < 0.4
        sides = [
            [tuple(name for name, is_in in zip(names, row, strict=True) if is_in) for row in side] for side in drawn
        ]
        return Columns(task, sides[0], sides[1])
    gold = np.concatenate([np.arange(labels), rng.integers(0, labels, rows - labels)])
    return Columns(task, [names[at] for at in gold], [names[at] for at in rng.integers(0, labels, rows)])
