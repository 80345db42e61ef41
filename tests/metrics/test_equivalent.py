"""One number has one interval, whatever it is called."""

import msgspec
import numpy as np
import pytest

from benchwright import registry
from benchwright.metrics.columns import Columns
from benchwright.metrics.equivalent import equivalent_metrics, equivalent_of
from benchwright.score import score_columns
from benchwright.testing.fixtures import build_task

NAMES = (
    "micro_f1", "accuracy", "balanced_accuracy", "macro_f1", "macro_precision", "macro_recall", "micro_precision",
    "micro_recall", "mcc",
)  # fmt: skip


def columns(labels=3, rows=90, clusters=0, seed=0):
    """Answers by chance, mostly right."""
    rng = np.random.default_rng(seed)
    names = [f"l{at}" for at in range(labels)]
    task = build_task(inputs={}, target=("l",), labels=names, positive=names[1])
    gold = rng.integers(0, labels, rows)
    said = np.where(rng.random(rows) < 0.7, gold, rng.integers(0, labels, rows))
    shared = rng.integers(0, clusters, rows).astype(str).tolist() if clusters else []
    return Columns(task, [names[at] for at in gold], [names[at] for at in said], None, shared)


def metrics():
    return [registry.get("metrics", name) for name in NAMES]


@pytest.mark.parametrize("labels", [2, 3, 7])
def test_who_is_whose_twin(labels):
    """Micro-averages of one label per row are accuracy, macro recall is balanced accuracy; nothing else is equal."""
    assert equivalent_metrics(columns(labels).task, metrics()) == {
        "micro_f1": "accuracy",
        "micro_precision": "accuracy",
        "micro_recall": "accuracy",
        "macro_recall": "balanced_accuracy",
    }


def test_label_sets_have_other_micro_averages():
    """With several labels a row accuracy is that of whole sets: no twin."""
    assert "micro_f1" not in equivalent_metrics(
        msgspec.structs.replace(columns().task, multilabel=True, positive=None), metrics()
    )


@pytest.mark.parametrize("clusters", [0, 15])
def test_equal_numbers_have_equal_intervals(clusters):
    """Value, ends, error and method of a twin are those of the metric that it is."""
    found = {s.metric.partition("@")[0]: s for s in score_columns(columns(clusters=clusters), metrics(), resamples=300)}
    for name, twin in equivalent_metrics(columns().task, metrics()).items():
        for part in ("value", "low", "high", "se", "method"):
            assert getattr(found[name], part) == pytest.approx(getattr(found[twin], part)), name


def test_equal_values_by_chance_are_no_twins():
    """All right: macro-F1 is 1 as accuracy is, and stays another number."""
    right = columns()
    right = Columns(right.task, right.targets, right.targets)
    named = {metric.name: metric for metric in metrics()}
    assert equivalent_of(right, metrics(), named["macro_f1"]) is None
    assert equivalent_of(right, metrics(), named["micro_f1"]) is named["accuracy"]
