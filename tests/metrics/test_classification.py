"""Label metrics equal scikit-learn's, and the official conventions where they differ from it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright import registry
from benchwright.errors import BenchwrightError, LabelError
from benchwright.metrics import INDEX
from benchwright.metrics import classification as c
from benchwright.metrics.columns import Columns
from benchwright.testing.fixtures import build_task
from benchwright.types import Kind, Label

pytestmark = pytest.mark.filterwarnings("ignore:A single label was found", "ignore:y_pred contains classes")

NAMES = ("no", "yes", "maybe", "never")


def task(size=2, **more):
    labels = tuple(Label(name=name, id=number) for number, name in enumerate(NAMES[:size]))
    given = {"name": "t", "kind": Kind.CLASSIFY, "splits": {}, "default_split": "v", "inputs": {}, "target": ("l",)}
    return build_task(**{**given, "metrics": ("accuracy",), "labels": labels, "positive": "yes", **more})


def columns(gold, predicted, size=2, **more):
    return Columns(task(size, **more), [NAMES[x] for x in gold], [NAMES[x] for x in predicted])


@st.composite
def answers(draw, size):
    pairs = draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), min_size=1, max_size=60))
    return [gold for gold, _ in pairs], [predicted for _, predicted in pairs]


@settings(deadline=None)
@given(st.sampled_from([2, 3, 4]).flatmap(lambda size: st.tuples(st.just(size), answers(size))))
def test_values_equal_scikit_learn(drawn):
    """Accuracy, F1 in its kinds, precision, recall, balanced accuracy and MCC equal scikit-learn's."""
    from sklearn import metrics as sk

    size, (gold, predicted) = drawn
    table, labels = columns(gold, predicted, size), list(range(size))
    of_yes = {"labels": [1], "average": "macro", "zero_division": 0.0}

    assert c.accuracy.value(table) == pytest.approx(sk.accuracy_score(gold, predicted))
    assert c.precision.value(table) == pytest.approx(sk.precision_score(gold, predicted, **of_yes))
    assert c.recall.value(table) == pytest.approx(sk.recall_score(gold, predicted, **of_yes))
    assert c.f1.value(table) == pytest.approx(sk.f1_score(gold, predicted, **of_yes))
    fixed = sk.f1_score(gold, predicted, labels=labels, average="macro", zero_division=0.0)
    assert c.macro_f1.value(table) == pytest.approx(fixed)
    assert c.micro_f1.value(table) == pytest.approx(sk.f1_score(gold, predicted, average="micro"))
    assert c.balanced_accuracy.value(table) == pytest.approx(sk.balanced_accuracy_score(gold, predicted))
    if len(set(gold + predicted)) > 1:
        assert c.mcc.value(table) == pytest.approx(sk.matthews_corrcoef(gold, predicted), abs=1e-9)


@settings(deadline=None)
@given(answers(3), st.lists(st.integers(0, 3), min_size=60, max_size=60))
def test_weighted_sums_equal_repeated_rows(drawn, times):
    """A metric of weighted sums is the metric of rows repeated as often as their weight."""
    gold, predicted = drawn
    repeated = [(g, p) for g, p, t in zip(gold, predicted, times, strict=False) for _ in range(t)]
    if not repeated:
        return
    table, weights = columns(gold, predicted, 3), np.array(times[: len(gold)])
    for metric in (c.accuracy, c.f1, c.macro_f1, c.micro_f1, c.mcc, c.balanced_accuracy, c.precision, c.recall):
        rows = table.rows(metric.basis)
        value = metric.compute((weights @ rows.values[rows.codes])[None], table.task)[0]

        assert value == pytest.approx(metric.value(columns(*zip(*repeated, strict=True), size=3)))


def test_f1_is_that_of_the_positive_label():
    """Pitfall 1: gold 1,0,0,0 against 0,0,0,0 has F1 0, not 0.857, and says why."""
    table = columns([1, 0, 0, 0], [0, 0, 0, 0])

    assert c.f1.value(table) == 0.0
    assert c.f1.flags(table) == ("'yes' is never predicted",)


def test_macro_f1_averages_the_fixed_labels():
    """Pitfall 2: perfect predictions without the third class have macro-F1 2/3, and the absent label is named."""
    table = columns([0, 1, 0, 1], [0, 1, 0, 1], size=3)

    assert c.macro_f1.value(table) == pytest.approx(2 / 3)
    assert c.macro_f1.flags(table) == ("in neither gold nor predictions, counted as 0: maybe",)


def test_cb_majority_baseline():
    """Pitfall 2: always "contradiction" on CB validation (23 / 28 / 5) has accuracy 0.500 and F1 0.222."""
    table = columns([0] * 23 + [1] * 28 + [2] * 5, [1] * 56, size=3)

    assert c.accuracy.value(table) == 0.5
    assert round(c.macro_f1.value(table), 3) == 0.222


@pytest.mark.parametrize("predicted", [[1, 1, 1, 1], [0, 0, 0, 0]])
def test_mcc_of_one_class_predictions_is_zero_and_flagged(predicted):
    """Pitfall 6: MCC is 0 by definition for one-class predictions, and says so."""
    table = columns([0, 1, 1, 0], predicted)

    assert c.mcc.value(table) == 0.0
    assert c.mcc.flags(table) == ("one-class predictions: MCC is 0 by definition",)


def test_f1_needs_a_positive_label():
    """A task without a positive label cannot be asked for F1, and is told what to write."""
    with pytest.raises(BenchwrightError, match="which label is the positive one"):
        c.f1.value(columns([0], [1], positive=None))


def test_unknown_labels_are_refused():
    """An output that is no label of the task is an error that lists the labels, never a wrong answer."""
    with pytest.raises(LabelError, match="'LABEL_1' is not a label") as error:
        c.accuracy.value(Columns(task(), ["no"], ["LABEL_1"]))
    assert "no, yes" in str(error.value)


def test_label_sets():
    """Multi-label: accuracy is equality of sets, micro- and macro-F1 are scikit-learn's, MCC is undefined."""
    from sklearn.metrics import f1_score

    gold, predicted = [("no", "yes"), ("maybe",), ()], [("yes", "no"), ("no", "maybe"), ("yes",)]
    table = Columns(task(3, multilabel=True), gold, predicted)
    hot = [[[name in names for name in NAMES[:3]] for names in side] for side in (gold, predicted)]

    assert c.accuracy.value(table) == pytest.approx(1 / 3)
    assert c.micro_f1.value(table) == pytest.approx(f1_score(*hot, average="micro"))
    assert c.macro_f1.value(table) == pytest.approx(f1_score(*hot, average="macro"))
    assert np.isnan(c.mcc.value(table))
    with pytest.raises(LabelError, match="'perhaps'"):
        c.accuracy.value(Columns(table.task, [("perhaps",)], [()]))


def test_choices_are_compared_by_number():
    """A choice task is right where the option numbers are equal."""
    table = Columns(task(0, kind=Kind.CHOOSE), [0, 1, 3], [0, 2, 3])

    assert c.accuracy.value(table) == pytest.approx(2 / 3)


@pytest.mark.parametrize("name", sorted(INDEX))
def test_registry_finds_every_metric(name):
    """Each name of the index leads to a metric of that name with a reference and a range."""
    metric = registry.get("metrics", name)

    assert metric.name == name
    assert metric.id == f"{name}@{metric.version}"
    assert metric.reference
    assert metric.low < metric.high
