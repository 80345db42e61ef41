"""Precision and recall over all labels at once (micro) and as the mean over labels (macro)."""

from __future__ import annotations

from benchwright.metrics.classification import confusion, label_ratio, macro_flags, thirds
from benchwright.metrics.columns import Columns, Floats
from benchwright.metrics.metric import Metric
from benchwright.types import Kind, Task

_SKLEARN = "scikit-learn metrics"


def _macro_precision(sums: Floats, _task: Task) -> Floats:
    right, predicted, _ = thirds(sums)
    mean: Floats = label_ratio(right, predicted).mean(axis=-1)
    return mean


def _macro_recall(sums: Floats, _task: Task) -> Floats:
    right, _, gold = thirds(sums)
    mean: Floats = label_ratio(right, gold).mean(axis=-1)
    return mean


def _micro_precision_share(sums: Floats, _task: Task) -> tuple[Floats, Floats]:
    right, predicted, _ = thirds(sums)
    return right.sum(axis=-1), predicted.sum(axis=-1)


def _micro_precision(sums: Floats, task: Task) -> Floats:
    return label_ratio(*_micro_precision_share(sums, task))


def _micro_recall_share(sums: Floats, _task: Task) -> tuple[Floats, Floats]:
    right, _, gold = thirds(sums)
    return right.sum(axis=-1), gold.sum(axis=-1)


def _micro_recall(sums: Floats, task: Task) -> Floats:
    return label_ratio(*_micro_recall_share(sums, task))


def _never_flags(columns: Columns) -> tuple[str, ...]:
    """Labels whose precision is 0 because they are never predicted."""
    _, predicted, gold = thirds(columns.sums(confusion))
    absent = [
        name for name, said, there in zip(columns.task.label_names, predicted, gold, strict=True) if not said and there
    ]
    return (*macro_flags(columns), *((f"never predicted, counted as 0: {', '.join(absent)}",) if absent else ()))


def _no_gold_flags(columns: Columns) -> tuple[str, ...]:
    """Labels whose recall is 0 because no example has them."""
    _, predicted, gold = thirds(columns.sums(confusion))
    absent = [
        name for name, said, there in zip(columns.task.label_names, predicted, gold, strict=True) if said and not there
    ]
    return (*macro_flags(columns), *((f"no gold example, counted as 0: {', '.join(absent)}",) if absent else ()))


macro_precision = Metric(
    name="macro_precision",
    title="Macro-precision",
    kinds=(Kind.CLASSIFY,),
    reference=f"{_SKLEARN}.precision_score(average='macro', zero_division=0) over the task's fixed labels",
    basis=confusion,
    compute=_macro_precision,
    flags=_never_flags,
)
macro_recall = Metric(
    name="macro_recall",
    title="Macro-recall",
    kinds=(Kind.CLASSIFY,),
    reference=f"{_SKLEARN}.recall_score(average='macro', zero_division=0) over the task's fixed labels",
    basis=confusion,
    compute=_macro_recall,
    flags=_no_gold_flags,
)
micro_precision = Metric(
    name="micro_precision",
    title="Micro-precision",
    kinds=(Kind.CLASSIFY,),
    reference=f"{_SKLEARN}.precision_score(average='micro'); equals accuracy when every item has one label",
    basis=confusion,
    compute=_micro_precision,
    share=_micro_precision_share,
)
micro_recall = Metric(
    name="micro_recall",
    title="Micro-recall",
    kinds=(Kind.CLASSIFY,),
    reference=f"{_SKLEARN}.recall_score(average='micro'); equals accuracy when every item has one label",
    basis=confusion,
    compute=_micro_recall,
    share=_micro_recall_share,
)
