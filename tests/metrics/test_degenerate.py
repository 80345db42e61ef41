"""Where every resample gives the same value the interval still has a width, or there is none."""

import numpy as np
import pytest

from benchwright.metrics.classification import balanced_accuracy, macro_f1, mcc
from benchwright.metrics.columns import Columns
from benchwright.metrics.degenerate import degenerate_interval
from benchwright.metrics.ranking import roc_auc
from benchwright.metrics.regression import pearson, rmse, spearman
from benchwright.stats.intervals import wilson
from benchwright.types import ClassificationTask, Label, RegressionTask

CARD = {"name": "t", "splits": {}, "default_split": "v", "inputs": {}, "target": ("l",), "metrics": ("accuracy",)}


def classify(gold, predicted, clusters=(), names="abc"):
    task = ClassificationTask(labels=tuple(Label(name=n, id=i) for i, n in enumerate(names)), **CARD)
    return Columns(task, list(gold), list(predicted), None, list(clusters))


@pytest.mark.parametrize("metric", [mcc, macro_f1, balanced_accuracy])
def test_perfect_answers_leave_room_below(metric):
    """No error in 300 items is compatible with errors in up to 3.8 of a label's items."""
    interval = degenerate_interval(classify("abc" * 100, "abc" * 100), metric)

    assert interval.high == 1.0
    assert 0.96 < interval.low < 0.995
    assert interval.method == "wilson-moved"
    assert interval.se > 0.001


def test_moved_items_are_wilsons():
    """Balanced accuracy of 100 items a label falls by a third of Wilson's upper bound for 0 of 100."""
    interval = degenerate_interval(classify("abc" * 100, "abc" * 100), balanced_accuracy)

    assert 1 - interval.low == pytest.approx(wilson(0, 100)[1] / 3)


def test_a_constant_answer_is_not_certain():
    """MCC of one-class predictions is 0 by definition; a few other answers would move it either way."""
    interval = degenerate_interval(classify("ab" * 200, "a" * 400, names="ab"), mcc)

    assert interval.low == pytest.approx(-interval.high)
    assert 0.05 < interval.high < 0.15


def test_clusters_leave_more_room():
    """Ten clusters of thirty perfect answers say less than three hundred items."""
    clusters = [str(number // 30) for number in range(300)]
    few = degenerate_interval(classify("abc" * 100, "abc" * 100, clusters), mcc)

    assert few.low < degenerate_interval(classify("abc" * 100, "abc" * 100), mcc).low - 0.05


def test_one_class_gold_has_no_interval_of_mcc():
    """With gold and predictions of one class nothing can move MCC: no interval instead of one of no width."""
    interval = degenerate_interval(classify("a" * 50, "a" * 50), mcc)

    assert (interval.low, interval.high, interval.se) == (None, None, None)
    assert interval.flags


@pytest.mark.parametrize("metric", [pearson, spearman])
def test_perfect_correlation_leaves_room_below(metric):
    """A perfect correlation of 200 pairs may hide a Wilson share of the worst pairs."""
    task = RegressionTask(**CARD)
    values = [float(number) for number in range(200)]
    interval = degenerate_interval(Columns(task, values, values), metric)

    assert (interval.low, interval.high) == (pytest.approx(1 - 2 * wilson(0, 200)[1]), pytest.approx(1.0))


def test_no_error_has_no_interval_without_a_largest_one():
    """An error of exactly zero has no interval: nothing bounds an unseen one."""
    task = RegressionTask(**CARD)

    assert degenerate_interval(Columns(task, [1.0, 2.0], [1.0, 2.0]), rmse).high is None


def test_a_perfect_ranking_of_two_positives_is_uncertain():
    """An area of 1.0 over two positives and sixty negatives rests on two items, not on sixty-two."""
    task = ClassificationTask(labels=tuple(Label(name=n, id=i) for i, n in enumerate("ab")), **CARD)
    gold, ranks = ["a"] * 60 + ["b"] * 2, np.arange(62.0)
    interval = degenerate_interval(Columns(task, gold, gold, np.stack([-ranks, ranks], axis=1)), roc_auc)

    assert (interval.low, interval.high) == (pytest.approx(1 - wilson(0, 2)[1]), 1.0)
