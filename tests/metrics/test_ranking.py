"""Areas under curves equal scikit-learn's, weighted and not, with ties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchwright.metrics import ranking as k
from benchwright.metrics.columns import Columns
from benchwright.types import Kind, Label, Task

NAMES = np.array(["no", "yes", "maybe"])


def columns(gold, scores, size, positive="yes"):
    labels = tuple(Label(name=str(name), id=number) for number, name in enumerate(NAMES[:size]))
    task = Task(
        name="t",
        kind=Kind.CLASSIFY,
        splits={},
        default_split="v",
        inputs={},
        target=("l",),
        metrics=("accuracy",),
        labels=labels,
        positive=positive,
    )
    names = NAMES[np.asarray(gold, dtype=int)].tolist()
    return Columns(task, names, names, None if scores is None else np.asarray(scores))


@st.composite
def scored(draw, size):
    n = draw(st.integers(size + 1, 40))
    gold = draw(arrays(np.int64, n, elements=st.integers(0, size - 1)))
    gold[:size] = range(size)
    scores = draw(arrays(np.float64, (n, size), elements=st.integers(0, 6).map(lambda x: x / 6)))
    return gold, scores, draw(arrays(np.uint8, (1, n), elements=st.integers(0, 3)))


@settings(deadline=None)
@given(st.sampled_from([2, 3]).flatmap(lambda size: st.tuples(st.just(size), scored(size))))
def test_values_equal_scikit_learn(drawn):
    """ROC AUC and average precision equal scikit-learn's: positive label of two, macro one-versus-rest of three."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    size, (gold, scores, _) = drawn
    table, labels = columns(gold, scores, size), [1] if size == 2 else range(size)
    areas = [roc_auc_score(gold == label, scores[:, label]) for label in labels]
    precisions = [average_precision_score(gold == label, scores[:, label]) for label in labels]

    assert k.roc_auc.value(table) == pytest.approx(np.mean(areas), abs=1e-6)
    assert k.average_precision.value(table) == pytest.approx(np.mean(precisions), abs=1e-6)


@settings(deadline=None)
@given(st.sampled_from([2, 3]).flatmap(lambda size: st.tuples(st.just(size), scored(size))))
def test_weights_equal_repeated_rows(drawn):
    """Weights act like repeated rows; a resample without a label is undefined."""
    size, (gold, scores, weights) = drawn
    table = columns(gold, scores, size)
    repeated = columns(np.repeat(gold, weights[0]), np.repeat(scores, weights[0], axis=0), size)
    left = {int(label) for label in np.repeat(gold, weights[0])}
    for metric in (k.roc_auc, k.average_precision):
        value = metric.compute_weighted(table, weights)[0]
        if len(left) == size:
            assert value == pytest.approx(metric.value(repeated), abs=1e-6)
        elif metric is k.roc_auc:
            assert np.isnan(value)


def test_the_positive_label_is_the_tasks():
    """With two labels the scores of the task's positive label are ranked, whichever column it is."""
    gold, scores = [0, 1, 1, 0], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]]

    assert k.roc_auc.value(columns(gold, scores, 2)) == 1.0
    assert k.average_precision.value(columns(gold, scores, 2, positive="no")) == 1.0


@pytest.mark.parametrize(
    ("gold", "scores", "said"),
    [
        ([0, 1], None, "no scores"),
        ([0, 0], [[0.1, 0.2], [0.3, 0.4]], "gold has none or nothing but no, yes"),
        ([0, 1], [[0.1], [0.3]], "1 scores for 2 labels"),
        ([0, 1], [[0.1, float("nan")], [0.3, 0.4]], "not finite"),
    ],
)
def test_undefined_areas_say_why(gold, scores, said):
    """Missing, misshapen or non-finite scores and one-class gold give no value and a reason."""
    table = columns(gold, scores, 2)

    assert np.isnan(k.roc_auc.value(table))
    assert said in k.roc_auc.flags(table)[0]
