"""Metrics over labels: accuracy, precision, recall, F1 in its kinds, balanced accuracy, Matthews correlation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchwright.coded import Coded
from benchwright.errors import BenchwrightError, LabelError
from benchwright.metrics.coded_rows import coded_rows
from benchwright.metrics.columns import CodedRows, Columns, Floats
from benchwright.metrics.metric import Metric
from benchwright.types import Kind, Task

_SKLEARN = "scikit-learn metrics"


def hits(columns: Columns) -> CodedRows:
    """Basis (hit, 1): whether output and target are equal, or among several right texts; label sets as sets."""
    if columns.task.multilabel:
        right = (label_sets(columns, "targets") == label_sets(columns, "outputs")).all(axis=1)
    elif columns.task.labels and columns.task.single_label:
        right = columns.gold == columns.predicted
    elif columns.task.by_text:
        right = np.fromiter(
            (b in a for a, b in zip(columns.targets, columns.outputs, strict=True)), np.bool_, columns.n
        )
    else:
        right = np.fromiter(
            (a == b for a, b in zip(columns.targets, columns.outputs, strict=True)), np.bool_, columns.n
        )
    return CodedRows(np.array([[0.0, 1.0], [1.0, 1.0]]), right.astype(np.intp))


def confusion(columns: Columns) -> CodedRows:
    """Basis (true positives, predicted, gold) of every label: 3k columns, label by label within each third.

    Everything here is a function of these 3k sums; the full confusion table is not needed.
    """
    size = len(columns.task.labels)
    if columns.task.multilabel:
        gold, predicted = label_sets(columns, "targets"), label_sets(columns, "outputs")
        return coded_rows(np.concatenate([gold & predicted, predicted, gold], axis=1).astype(np.float64))
    one = np.eye(size)
    gold, predicted = np.repeat(one, size, axis=0), np.tile(one, (size, 1))
    return CodedRows(
        np.concatenate([gold * predicted, predicted, gold], axis=1), columns.gold * size + columns.predicted
    )


def label_sets(columns: Columns, which: str) -> NDArray[np.bool_]:
    """Targets or outputs of a multi-label task as a table (n, k). Raises LabelError for a name the task lacks."""
    sets = getattr(columns, which)
    if isinstance(sets, Coded) and (sets.codes >= 0).all():
        used, places = np.unique(sets.codes, return_inverse=True)
        return _label_table(columns, [sets.values[code] for code in used.tolist()], which)[places]
    return _label_table(columns, sets, which)


def _label_table(columns: Columns, sets: Sequence[Iterable[str]], which: str) -> NDArray[np.bool_]:
    """Which labels each set has (m, k)."""
    numbers = {name: number for number, name in enumerate(columns.task.label_names)}
    table = np.zeros((len(sets), len(numbers)), dtype=np.bool_)
    for row, names in enumerate(sets):
        for name in names:
            if name not in numbers:
                raise LabelError(
                    f"{name!r} among the {which} is not a label of {columns.task.name}",
                    expected=f"one of: {', '.join(columns.task.label_names)}",
                )
            table[row, numbers[name]] = True
    return table


# --- values from sums -------------------------------------------------------------------------------------------------


def _accuracy(sums: Floats, _task: Task) -> Floats:
    return _ratio(sums[..., 0], sums[..., 1], empty=np.nan)


def _hits_share(sums: Floats, _task: Task) -> tuple[Floats, Floats]:
    return sums[..., 0], sums[..., 1]


def _precision(sums: Floats, task: Task) -> Floats:
    return _ratio(*_precision_share(sums, task), empty=0.0)


def _precision_share(sums: Floats, task: Task) -> tuple[Floats, Floats]:
    right, predicted, _ = _of_positive(sums, task)
    return right, predicted


def _recall(sums: Floats, task: Task) -> Floats:
    return _ratio(*_recall_share(sums, task), empty=0.0)


def _recall_share(sums: Floats, task: Task) -> tuple[Floats, Floats]:
    right, _, gold = _of_positive(sums, task)
    return right, gold


def _f1(sums: Floats, task: Task) -> Floats:
    right, predicted, gold = _of_positive(sums, task)
    return _ratio(2 * right, predicted + gold, empty=0.0)


def _f1_share(sums: Floats, task: Task) -> tuple[Floats, Floats]:
    """True positives out of true positives, false positives and false negatives: F1 = 2 share / (1 + share)."""
    right, predicted, gold = _of_positive(sums, task)
    return right, predicted + gold - right


def f1_of_share(share: float) -> float:
    """F1 from the share of true positives among true positives, false positives and false negatives."""
    return 2 * share / (1 + share)


def _macro_f1(sums: Floats, _task: Task) -> Floats:
    right, predicted, gold = thirds(sums)
    mean: Floats = _ratio(2 * right, predicted + gold, empty=0.0).mean(axis=-1)
    return mean


def _micro_f1(sums: Floats, _task: Task) -> Floats:
    right, predicted, gold = (part.sum(axis=-1) for part in thirds(sums))
    return _ratio(2 * right, predicted + gold, empty=0.0)


def _micro_f1_share(sums: Floats, _task: Task) -> tuple[Floats, Floats]:
    right, predicted, gold = (part.sum(axis=-1) for part in thirds(sums))
    return right, predicted + gold - right


def _balanced_accuracy(sums: Floats, _task: Task) -> Floats:
    right, _, gold = thirds(sums)
    present = (gold > 0).sum(axis=-1)
    return _ratio(_ratio(right, gold, empty=0.0).sum(axis=-1), present, empty=np.nan)


def _mcc(sums: Floats, task: Task) -> Floats:
    """Gorodkin's R_K; 0 where gold or predictions have one class only, undefined for label sets."""
    if task.multilabel:
        return np.full(sums.shape[:-1], np.nan)
    right, predicted, gold = thirds(sums)
    size = gold.sum(axis=-1)
    covariance = right.sum(axis=-1) * size - (predicted * gold).sum(axis=-1)
    spread = (size**2 - (predicted**2).sum(axis=-1)) * (size**2 - (gold**2).sum(axis=-1))
    value = _ratio(covariance, np.sqrt(np.maximum(spread, 0.0)), empty=0.0)
    return np.clip(np.where(size > 0, value, np.nan), -1.0, 1.0)


def thirds(sums: Floats) -> tuple[Floats, Floats, Floats]:
    """True positives, predicted and gold of each label, from confusion sums (..., 3k)."""
    size = sums.shape[-1] // 3
    return sums[..., :size], sums[..., size : 2 * size], sums[..., 2 * size :]


def _of_positive(sums: Floats, task: Task) -> tuple[Floats, Floats, Floats]:
    if task.positive not in task.label_names:
        raise BenchwrightError(
            f"task {task.name} does not say which label is the positive one",
            expected=f"`positive` set to one of: {', '.join(task.label_names)}",
            hint="set `positive` in the task, or ask for macro_f1",
        )
    place = task.label_names.index(task.positive)
    right, predicted, gold = thirds(sums)
    return right[..., place], predicted[..., place], gold[..., place]


def label_ratio(top: Floats, bottom: Floats) -> Floats:
    """The quotient, 0 for 0/0."""
    return _ratio(top, bottom, empty=0.0)


def _ratio(top: Floats, bottom: Floats, *, empty: float) -> Floats:
    top, bottom = np.broadcast_arrays(top, bottom)
    ratio: Floats = np.divide(top, bottom, out=np.full(top.shape, empty), where=bottom > 0)
    return ratio


# --- what a reader must know ------------------------------------------------------------------------------------------


def _f1_flags(columns: Columns) -> tuple[str, ...]:
    _, predicted, gold = _of_positive(columns.sums(confusion), columns.task)
    label = columns.task.positive
    if predicted == 0 and gold == 0:
        return (f"{label!r} is in neither gold nor predictions: 0 by definition",)
    if gold == 0:
        return (f"no gold example of {label!r}",)
    return (f"{label!r} is never predicted",) if predicted == 0 else ()


def macro_flags(columns: Columns) -> tuple[str, ...]:
    """Labels that count as 0 in a mean over labels because neither gold nor predictions have them."""
    _, predicted, gold = thirds(columns.sums(confusion))
    absent = [name for name, some in zip(columns.task.label_names, predicted + gold > 0, strict=True) if not some]
    return (f"in neither gold nor predictions, counted as 0: {', '.join(absent)}",) if absent else ()


def _recall_mean_flags(columns: Columns) -> tuple[str, ...]:
    gold = thirds(columns.sums(confusion))[2]
    absent = [name for name, some in zip(columns.task.label_names, gold > 0, strict=True) if not some]
    return (f"no gold example, left out of the mean: {', '.join(absent)}",) if absent else ()


def _mcc_flags(columns: Columns) -> tuple[str, ...]:
    if columns.task.multilabel:
        return ("undefined for label sets",)
    _, predicted, gold = thirds(columns.sums(confusion))
    sides = [side for side, part in (("predictions", predicted), ("gold", gold)) if (part > 0).sum() <= 1]
    return (f"one-class {' and '.join(sides)}: MCC is 0 by definition",) if sides else ()


# --- the metrics ------------------------------------------------------------------------------------------------------

accuracy = Metric(
    name="accuracy",
    title="Accuracy",
    kinds=(Kind.CLASSIFY, Kind.CHOOSE),
    reference="share of outputs equal to the target, or to one of several right texts; label sets must be equal as sets",
    basis=hits,
    compute=_accuracy,
    share=_hits_share,
)
precision = Metric(
    name="precision",
    title="Precision",
    kinds=(Kind.CLASSIFY,),
    reference=f"{_SKLEARN}.precision_score of the task's positive label, 0 without predictions",
    basis=confusion,
    compute=_precision,
    share=_precision_share,
    flags=_f1_flags,
)
recall = Metric(
    name="recall",
    title="Recall",
    kinds=(Kind.CLASSIFY,),
    reference=f"{_SKLEARN}.recall_score of the task's positive label, 0 without gold",
    basis=confusion,
    compute=_recall,
    share=_recall_share,
    flags=_f1_flags,
)
f1 = Metric(
    name="f1",
    title="F1",
    kinds=(Kind.CLASSIFY,),
    reference=f"GLUE (arXiv 1804.07461): {_SKLEARN}.f1_score of the positive label only, 0 for 0/0",
    basis=confusion,
    compute=_f1,
    share=_f1_share,
    link=f1_of_share,
    flags=_f1_flags,
)
macro_f1 = Metric(
    name="macro_f1",
    title="Macro-F1",
    kinds=(Kind.CLASSIFY,),
    reference="SuperGLUE CB (jiant CommitmentBankEvaluationScheme): mean over the task's fixed labels, absent ones are 0",
    basis=confusion,
    compute=_macro_f1,
    flags=macro_flags,
)
micro_f1 = Metric(
    name="micro_f1",
    title="Micro-F1",
    kinds=(Kind.CLASSIFY,),
    reference=f"{_SKLEARN}.f1_score(average='micro'); equals accuracy when every item has one label",
    basis=confusion,
    compute=_micro_f1,
    share=_micro_f1_share,
    link=f1_of_share,
)
balanced_accuracy = Metric(
    name="balanced_accuracy",
    title="Balanced accuracy",
    kinds=(Kind.CLASSIFY,),
    reference=f"{_SKLEARN}.balanced_accuracy_score: mean recall over labels that occur in gold",
    basis=confusion,
    compute=_balanced_accuracy,
    flags=_recall_mean_flags,
)
mcc = Metric(
    name="mcc",
    title="Matthews correlation",
    kinds=(Kind.CLASSIFY,),
    reference="Gorodkin 2004 (R_K); GLUE CoLA: scikit-learn matthews_corrcoef, 0 for one-class predictions",
    low=-1.0,
    basis=confusion,
    compute=_mcc,
    flags=_mcc_flags,
)
