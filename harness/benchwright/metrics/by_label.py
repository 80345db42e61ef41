"""Metrics per label (one against the rest) and per entity type, from the metrics of the positive label."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.metrics.classification import confusion
from benchwright.metrics.columns import Basis, CodedRows, Columns
from benchwright.metrics.entity_counts import entities_of, entity_matches
from benchwright.metrics.metric import Metric
from benchwright.metrics.tagging import counts_of, flags_of
from benchwright.slicing import label_word
from benchwright.tags import types_of
from benchwright.types import Task

METRICS = ("precision", "recall", "f1")
"""Metrics that are functions of one label's confusion counts."""

OF_TYPES = ("entity_f1", "entity_precision", "entity_recall", "strict_entity_f1", "type_accuracy")
"""Metrics that are functions of one entity type's counts."""


def by_label(columns: Columns, metrics: Sequence[Metric]) -> dict[str, tuple[Metric, ...]]:
    """Slice -> the metrics about it, in the task's order: ``label=NAME``, of a ``tag`` task ``type=NAME``.

    Types that the task lacks and the predictions have stand behind its own.

    Raises:
        BenchwrightError: A metric is not one of a single label, or of a single entity type.
    """
    if not metrics:
        return {}
    task = columns.task
    if label_word(task) == "type":
        found = (name for name in entity_matches(columns).kinds if name)
        types = dict.fromkeys((*types_of(task.label_names), *sorted(found)))
        return {f"type={name}": of_type(metrics, name) for name in types}
    return {f"label={name}": of_label(metrics, name) for name in task.label_names}


def of_label(metrics: Sequence[Metric], label: str) -> tuple[Metric, ...]:
    """The metrics about that label instead of the task's positive one.

    They share a basis of three counts of the label, so that the cost of their bootstrap does not depend on the number of
    labels.

    Raises:
        BenchwrightError: A metric is not one of a single label.
    """
    _check(metrics, METRICS, "label")
    basis = _basis(label)
    return tuple(_about(metric, label, basis) for metric in metrics)


def of_type(metrics: Sequence[Metric], name: str) -> tuple[Metric, ...]:
    """The metrics over entities of that type only. All types are counted in the one comparison of entities.

    Raises:
        BenchwrightError: A metric is not one of a single entity type.
    """
    _check(metrics, OF_TYPES, "entity type")
    basis = entities_of(name)
    return tuple(
        replace(metric, basis=basis, flags=flags_of(metric, basis), counts=counts_of(metric, basis))
        for metric in metrics
    )


def _check(metrics: Sequence[Metric], known: Sequence[str], what: str) -> None:
    for metric in metrics:
        if metric.name not in known or metric.compute is None or metric.share is None:
            raise BenchwrightError(
                f"{metric.name} cannot be given for each {what}", expected=f"one of: {', '.join(known)}"
            )


def _about(metric: Metric, label: str, basis: Basis) -> Metric:
    compute, share = metric.compute, metric.share
    assert compute is not None
    assert share is not None
    return replace(
        metric,
        basis=basis,
        compute=lambda sums, task: compute(sums, _alone(task, label)),
        share=lambda sums, task: share(sums, _alone(task, label)),
        flags=_flags(basis),
        counts=_counts(basis),
    )


def _alone(task: Task, label: str) -> Task:
    """The task as the three counts of one label see it."""
    mine = tuple(known for known in task.labels if known.name == label)
    return msgspec.structs.replace(task, labels=mine, positive=label)


def _basis(label: str) -> Basis:
    """Basis (true positives, predicted, gold) of one label."""

    def one_label(columns: Columns) -> CodedRows:
        rows, size = columns.rows(confusion), len(columns.task.labels)
        place = columns.task.label_names.index(label)
        return CodedRows(rows.values[:, [place, size + place, 2 * size + place]], rows.codes)

    return one_label


def _counts(basis: Basis) -> Callable[[Columns], dict[str, int]]:
    def counts(columns: Columns) -> dict[str, int]:
        right, predicted, gold = columns.sums(basis)
        return {"gold": int(gold), "found": int(predicted), "correct": int(right)}

    return counts


def _flags(basis: Basis) -> Callable[[Columns], tuple[str, ...]]:
    def flags(columns: Columns) -> tuple[str, ...]:
        _, predicted, gold = columns.sums(basis)
        if not gold and not predicted:
            return ("in neither gold nor predictions: 0 by definition",)
        if not gold:
            return ("no gold example",)
        return () if predicted else ("never predicted",)

    return flags
