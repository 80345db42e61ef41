"""Areas under curves equal scikit-learn's, weighted and not, with ties."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchwright.metrics import ranking as k
from benchwright.metrics.columns import Columns
from benchwright.metrics.metric import unit_influence
from benchwright.metrics.resample import resample
from benchwright.score import score_columns
from benchwright.testing.fixtures import build_task
from benchwright.types import Label

NAMES = np.array(["no", "yes", "maybe"])


def columns(gold, scores, size, positive="yes"):
    labels = tuple(Label(name=str(name), id=number) for number, name in enumerate(NAMES[:size]))
    task = build_task(inputs={}, target=("l",), labels=labels, positive=positive)
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


@settings(deadline=None)
@given(st.sampled_from([2, 3]).flatmap(lambda size: st.tuples(st.just(size), scored(size))))
def test_weights_alone_count_as_among_many(drawn):
    """One row of weights, which is counted by level, has the value that it has among the many of a bootstrap."""
    size, (gold, scores, weights) = drawn
    table = columns(gold, scores, size)
    for metric in (k.roc_auc, k.average_precision):
        among = metric.compute_weighted(table, np.concatenate([weights, np.ones_like(weights)]))
        alone = [metric.compute_weighted(table, weights)[0], metric.value(table)]
        assert alone == pytest.approx(among.tolist(), rel=1e-14, nan_ok=True)


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


@pytest.mark.parametrize("metric", [k.roc_auc, k.average_precision])
@pytest.mark.parametrize(("size", "clusters"), [(2, 0), (3, 0), (2, 60)])
def test_the_fast_error_is_that_of_resampling(metric, size, clusters):
    """What each item adds to the value gives the standard error that 4,000 resamples of items or clusters give."""
    rng = np.random.default_rng(size + clusters)
    n = 600
    shared = rng.integers(0, clusters, n) if clusters else np.arange(n)
    gold = rng.integers(0, size, n)
    scores = np.round(rng.normal(size=(n, size)) + 1.2 * np.eye(size)[gold] + rng.normal(size=(n, size))[shared], 1)
    table = replace(columns(gold, scores, size), clusters=shared.astype(str).tolist() if clusters else [])
    pull = unit_influence(metric, table)

    assert pull.sum() == pytest.approx(0, abs=1e-9)
    draws = resample([table], [metric], resamples=4000)[0, 0]
    assert (pull @ pull * pull.size / (pull.size - 1)) ** 0.5 == pytest.approx(draws.std(), rel=0.06)


@settings(deadline=None, max_examples=40)
@given(scored(2))
def test_influence_is_the_derivative_by_an_items_weight(drawn):
    """One hundredth more of an item moves the value by a hundredth of its influence, ties and all."""
    gold, scores, _ = drawn
    table = columns(gold, scores, 2)
    for metric in (k.roc_auc, k.average_precision):
        found = metric.influence(table)
        for item in range(0, len(gold), 5):
            weights = np.full((1, len(gold)), 1000, dtype=np.uint16)
            weights[0, item] += 10
            moved = metric.compute_weighted(table, weights)[0] - metric.value(table)
            assert moved == pytest.approx(0.01 * found[item], abs=2e-4)


def test_delongs_variance():
    """Structural components by hand: S10 / m + S01 / n, up to the factors (m - 1) / m and n / (n - 1)."""
    rng = np.random.default_rng(4)
    gold = (rng.random(80) < 0.4).astype(int)
    scores = np.round(rng.normal(size=80) + gold, 1)
    up, down = scores[gold == 1], scores[gold == 0]
    wins = (up[:, None] > down) + 0.5 * (up[:, None] == down)
    m, n = wins.shape
    known = wins.mean(1).var() / m + wins.mean(0).var() / n

    pull = k.roc_auc.influence(columns(gold, np.stack([-scores, scores], axis=1), 2))

    assert pull @ pull == pytest.approx(known)


def test_large_tables_keep_their_interval():
    """30,000 rows of three labels: an interval, without a resample."""
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 3, 30_000)
    table = columns(gold, rng.normal(size=(30_000, 3)) + np.eye(3)[gold], 3)
    for score in score_columns(table, [k.roc_auc, k.average_precision])[:2]:
        assert score.method == "infinitesimal-jackknife"
        assert 0 < score.high - score.low < 0.02
