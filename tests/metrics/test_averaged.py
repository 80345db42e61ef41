"""Means over labels, scores of each label, and label sets equal scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchwright import registry
from benchwright.alarm import note
from benchwright.errors import BenchwrightError
from benchwright.metrics import averaged as a
from benchwright.metrics import classification as c
from benchwright.metrics import ranking as k
from benchwright.metrics.columns import Columns
from benchwright.score import score_columns, score_labels
from benchwright.testing.fixtures import build_task
from benchwright.types import Kind, Label

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning", "ignore:.*y_pred contains")

NAMES = ("no", "yes", "maybe")
OF_ONE = [registry.get("metrics", name) for name in ("precision", "recall", "f1")]


def task(**more):
    labels = tuple(Label(name=name, id=number) for number, name in enumerate(NAMES))
    given = {"name": "t", "kind": Kind.CLASSIFY, "splits": {}, "default_split": "v", "inputs": {}, "target": ("l",)}
    return build_task(**{**given, "metrics": ("accuracy",), "labels": labels, **more})


def named(codes):
    return [NAMES[code] for code in codes]


def sets(table):
    return [tuple(name for name, is_in in zip(NAMES, row, strict=True) if is_in) for row in table]


pairs = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=50)
hot = st.integers(1, 30).flatmap(lambda n: st.tuples(arrays(np.bool_, (n, 3)), arrays(np.bool_, (n, 3))))
AVERAGES = {
    ("precision", "macro"): a.macro_precision,
    ("recall", "macro"): a.macro_recall,
    ("f1", "macro"): c.macro_f1,
    ("precision", "micro"): a.micro_precision,
    ("recall", "micro"): a.micro_recall,
    ("f1", "micro"): c.micro_f1,
}


def oracle(name, average, gold, said):
    from sklearn import metrics as sk

    return getattr(sk, f"{name}_score")(gold, said, labels=range(3), average=average, zero_division=0.0)


@settings(deadline=None)
@given(pairs)
def test_means_over_labels_equal_scikit_learn(drawn):
    """Macro and micro precision, recall and F1 over the fixed labels, one label an item."""
    gold, said = zip(*drawn, strict=True)
    table = Columns(task(), named(gold), named(said))

    for (name, average), metric in AVERAGES.items():
        assert metric.value(table) == pytest.approx(oracle(name, average, gold, said))


@settings(deadline=None)
@given(hot)
def test_label_sets_equal_scikit_learn(drawn):
    """The same over label sets; accuracy is equality of sets, scikit-learn's subset accuracy."""
    from sklearn.metrics import accuracy_score

    gold, said = drawn
    table = Columns(task(multilabel=True), sets(gold), sets(said))

    for (name, average), metric in AVERAGES.items():
        assert metric.value(table) == pytest.approx(oracle(name, average, gold, said))
    assert c.accuracy.value(table) == pytest.approx(accuracy_score(gold, said))


@settings(deadline=None)
@given(pairs, st.booleans())
def test_scores_of_each_label_equal_scikit_learn(drawn, multilabel):
    """Precision, recall and F1 of every label against the rest, each with an interval around it."""
    from sklearn.metrics import precision_recall_fscore_support as oracle_of

    gold, said = (np.array(side) for side in zip(*drawn, strict=True))
    if multilabel:
        gold, said = np.eye(3, dtype=bool)[gold], np.eye(3, dtype=bool)[said] | np.eye(3, dtype=bool)[gold]
        table = Columns(task(multilabel=True), sets(gold), sets(said))
    else:
        table = Columns(task(), named(gold), named(said))
    expected = oracle_of(gold, said, labels=range(3), zero_division=0.0)[:3]

    scores = score_labels(table, OF_ONE, resamples=50)

    assert [score.slice for score in scores] == [f"label={name}" for name in NAMES for _ in range(3)]
    assert [score.metric for score in scores[:3]] == ["precision@1", "recall@1", "f1@1"]
    assert np.allclose([score.value for score in scores], np.transpose(expected).reshape(-1))
    for score in scores:
        assert score.low is None or score.low - 1e-9 <= score.value <= score.high + 1e-9


def test_scores_of_a_label_are_those_of_a_task_in_which_it_is_positive():
    """Value and interval are the same as when the task calls the label positive."""
    dice = np.random.default_rng(1)
    gold, said = dice.integers(0, 3, 200), dice.integers(0, 3, 200)
    clusters = [f"c{number // 4}" for number in range(200)]
    card = task(positive="maybe")
    table = Columns(card, named(gold), named(said), None, clusters)

    alone = score_labels(table, OF_ONE)[-3:]
    whole = score_columns(table, OF_ONE)[:3]

    for one, other in zip(alone, whole, strict=True):
        assert (one.value, one.low, one.high, one.clusters) == (other.value, other.low, other.high, 50)
        assert one.se == pytest.approx(other.se, rel=0.05)


def test_labels_that_are_nowhere_say_so():
    """A label without gold or predictions has a flag, in its own scores and in the means."""
    table = Columns(task(), ["no", "no", "yes"], ["no", "maybe", "no"])

    flags = {score.slice: score.alarms[0].sentence for score in score_labels(table, OF_ONE[2:]) if score.alarms}
    assert flags["label=yes"] == "never predicted"
    assert flags["label=maybe"] == "no gold example"
    assert "never predicted, counted as 0: yes" in a.macro_precision.flags(table)
    assert "no gold example, counted as 0: maybe" in a.macro_recall.flags(table)
    assert score_labels(table.select([]), OF_ONE)[0].alarms == (note("undefined", "no scored examples"),)
    assert score_labels(table, []) == ()


def test_only_metrics_of_one_label_can_be_given_for_each():
    """Accuracy of one label against the rest would look like accuracy; it is refused."""
    with pytest.raises(BenchwrightError, match="accuracy cannot be given for each label"):
        score_labels(Columns(task(), ["no"], ["no"]), [c.accuracy])


@settings(deadline=None)
@given(
    st.integers(6, 30).flatmap(
        lambda n: st.tuples(arrays(np.bool_, (n, 3)), arrays(np.int64, (n, 3), elements=st.integers(0, 5)))
    )
)
def test_areas_over_label_sets_equal_scikit_learn(drawn):
    """ROC area and average precision of label sets are the means over labels; a label that all or none has undefines them."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    gold, scores = drawn
    table = Columns(task(multilabel=True), sets(gold), sets(gold), scores / 5)
    if gold.all(axis=0).any() or not gold.any(axis=0).all():
        assert np.isnan(k.roc_auc.value(table))
        assert "gold has none or nothing but" in k.roc_auc.flags(table)[0]
        return

    assert k.roc_auc.value(table) == pytest.approx(roc_auc_score(gold, scores, average="macro"), abs=1e-6)
    assert k.average_precision.value(table) == pytest.approx(
        average_precision_score(gold, scores, average="macro"), abs=1e-6
    )


def test_every_metric_of_label_sets_has_an_interval_or_says_why():
    """All metrics of a multi-label task are scored; only MCC is undefined, and says so."""
    dice = np.random.default_rng(0)
    gold, scores = dice.random((80, 3)) < 0.4, dice.random((80, 3))
    table = Columns(task(multilabel=True), sets(gold), sets(scores > 0.6), scores)
    names = [
        "accuracy",
        "micro_f1",
        "macro_f1",
        "macro_precision",
        "micro_recall",
        "roc_auc",
        "average_precision",
        "mcc",
    ]

    *scored, mcc, _ = score_columns(table, [registry.get("metrics", name) for name in names], resamples=200)

    assert all(score.low <= score.value <= score.high for score in scored)
    assert (mcc.value, mcc.alarms) == (None, (note("undefined", "undefined for label sets"),))


def test_a_perfect_mean_over_labels_has_an_interval_though_a_label_is_rare():
    """Draws that miss a rare label are the only spread of a perfect macro-F1; its interval still has a width."""
    gold = ["no"] * 250 + ["yes"] * 241 + ["maybe"] * 9

    score, _ = score_columns(Columns(task(), gold, list(gold)), [c.macro_f1])

    assert score.value == score.high == 1.0
    assert score.low < 1.0
