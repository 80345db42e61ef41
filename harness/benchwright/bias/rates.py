"""Rates of a group as hits out of trials: how often a label is given, and how often where it is right or wrong to give it.

=====================  ============================  =========================  ==============================================
metric                 trials                        hits                       the gap between groups is called
=====================  ============================  =========================  ==============================================
selection_rate         items                         the label is given         demographic parity (Dwork et al. 2012)
true_positive_rate     items whose gold is it        the label is given         equal opportunity (Hardt et al. 2016)
false_positive_rate    items whose gold is not it    the label is given         predictive equality
=====================  ============================  =========================  ==============================================

Equalised odds (Hardt et al. 2016) is the larger of the gaps of the last two. The label stands against the rest; of label sets it is
given where the set holds it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchwright.errors import BenchwrightError
from benchwright.metrics.classification import label_sets
from benchwright.metrics.columns import Columns, Floats
from benchwright.metrics.metric import Metric
from benchwright.types import Kind, Task

RATES = ("selection_rate", "true_positive_rate", "false_positive_rate")
EQUALIZED_ODDS = "equalized_odds"

TRIALS = {
    "selection_rate": "item",
    "true_positive_rate": "item whose gold label is {label}",
    "false_positive_rate": "item whose gold label is another than {label}",
}
"""What a rate counts, for a reader; ``{label}`` stands for the label."""


class Terms(NamedTuple):
    """Hits and trials of each item (n)."""

    hits: Floats
    trials: Floats


def terms_of_rate(columns: Columns, rate: str, label: str) -> Terms:
    """Hits and trials of `RATES` for one label against the rest."""
    given, gold = is_given(columns, label), is_gold(columns, label)
    trials = {
        "selection_rate": np.ones(columns.n, dtype=np.bool_),
        "true_positive_rate": gold,
        "false_positive_rate": ~gold,
    }[rate]
    return Terms((given & trials).astype(np.float64), trials.astype(np.float64))


def terms_of_metric(columns: Columns, metric: Metric) -> Terms:
    """Hits and trials of a metric that is a share (accuracy, precision)."""
    assert metric.share is not None
    assert metric.basis is not None
    rows = columns.rows(metric.basis)
    hits, trials = metric.share(rows.values, columns.task)
    return Terms(np.asarray(hits, dtype=np.float64)[rows.codes], np.asarray(trials, dtype=np.float64)[rows.codes])


def is_gold(columns: Columns, label: str) -> NDArray[np.bool_]:
    """Whether the gold answer of each item is, or holds, a label (n)."""
    place = _place(columns.task, label)
    if columns.task.multilabel:
        return label_sets(columns, "targets")[:, place]
    return np.asarray(columns.gold == place)


def is_given(columns: Columns, label: str) -> NDArray[np.bool_]:
    """Whether the answer to each item is, or holds, a label (n)."""
    place = _place(columns.task, label)
    if columns.task.multilabel:
        return label_sets(columns, "outputs")[:, place]
    return np.asarray(columns.predicted == place)


def scores_of_label(columns: Columns, label: str) -> Floats | None:
    """The score of a label (n); None where the model gives none, or not one per label."""
    if columns.scores is None or columns.scores.shape[1] != len(columns.task.labels):
        return None
    found: Floats = columns.scores[:, _place(columns.task, label)]
    return found if np.isfinite(found).all() else None


def labels_of(task: Task) -> tuple[str, ...]:
    """The labels that rates are given for: the positive one, else every label against the rest; none where answers are no labels."""
    if task.kind is not Kind.CLASSIFY:
        return ()
    return (task.positive,) if task.positive in task.label_names and task.positive else task.label_names


def _place(task: Task, label: str) -> int:
    if label not in task.label_names:
        raise BenchwrightError(
            f"{label!r} is no label of {task.name}" if label else f"which label of {task.name} is meant is not said",
            expected=f"one of: {', '.join(task.label_names) or '(the task has no labels)'}",
            hint="name it: label=" + (task.label_names[0] if task.label_names else "LABEL"),
        )
    return task.label_names.index(label)
