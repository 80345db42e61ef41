"""What is counted from records: confusions, bad examples, distributions."""

from __future__ import annotations

import math

import pytest

from benchwright.answers import answers_of
from benchwright.render import examples
from benchwright.render.confusion import ERRORED, OTHER, count_confusion
from benchwright.render.distribution import distribute
from benchwright.render.examples import find_worst, given, gold
from benchwright.testing.fixtures import build_task
from benchwright.types import Kind, Record, Source


def task(kind=Kind.CLASSIFY, labels=("no", "yes"), **more):
    return build_task(kind=kind, splits={"test": Source()}, default_split="test", labels=labels, **more)


def record(target, output=None, at=0, **more):
    return Record(id=f"t/{at}", target=target, output=output, **more)


def deviate(card, answered):
    """How far an answer is from the target, as the worst examples are sorted; None where nobody can tell."""
    size = answers_of(card, [answered]).error_size[0]
    return None if math.isnan(size) else size


def test_confusion_counts_every_example_with_gold():
    """Answers that are no label and errored examples have columns of their own; examples without gold are left out."""
    rows = [
        record("yes", "yes"),
        record("yes", "no"),
        record("no", "maybe"),
        record("no", error="x"),
        record(None, "yes"),
    ]
    found = count_confusion(task(), rows)

    assert found.columns == ("no", "yes", OTHER, ERRORED)
    assert found.counts == ((0, 0, 1, 1), (1, 1, 0, 0))
    assert found.scored == 3
    assert found.share(1, 1) == 0.5
    assert found.commonest(2) == [("no", ERRORED, 1), ("no", OTHER, 1)]


def test_confusion_equals_scikit_learn():
    """The matrix is scikit-learn's."""
    metrics = pytest.importorskip("sklearn.metrics")
    labels = ("a", "b", "c")
    rows = [record(labels[(at * 7) % 3], labels[(at * at) % 3], at) for at in range(50)]
    oracle = metrics.confusion_matrix([r.target for r in rows], [r.output for r in rows], labels=labels)

    assert [list(row) for row in count_confusion(task(labels=labels), rows).counts] == oracle.tolist()


def test_no_confusion_where_it_has_no_meaning():
    """Numbers, several labels at once and splits without gold have no matrix."""
    assert count_confusion(task(Kind.REGRESS), [record(1.0, 1.0)]) is None
    assert count_confusion(task(multilabel=True), [record(("yes",), ("yes",))]) is None
    assert count_confusion(task(), [record(None, "yes")]) is None


def test_errored_come_first_then_the_surest():
    """Errored examples lead, then wrong ones by the probability of their answer, ties in dataset order."""
    rows = [
        record("yes", "no", 0, scores=(0.6, 0.4)),
        record("yes", "yes", 1, scores=(0.1, 0.9)),
        record("no", "yes", 2, scores=(0.05, 0.95)),
        record("no", None, 3, error="lost"),
        record("yes", "no", 4, scores=(0.6, 0.4)),
    ]
    found = find_worst(task(), rows, limit=10)

    assert [bad.record.id for bad in found] == ["t/3", "t/2", "t/0", "t/4"]
    assert found[1].confidence == 0.95
    assert len(find_worst(task(), rows, limit=2)) == 2


def test_logits_become_probabilities():
    """Scores that are no probabilities go through softmax, for all records of a cell alike."""
    rows = [record("yes", "no", 0, scores=(2.0, 0.0)), record("yes", "no", 1, scores=(0.5, 0.5))]
    found = find_worst(task(), rows, limit=2)

    assert found[0].confidence == pytest.approx(1 / (1 + math.exp(-2)))
    assert found[1].confidence == 0.5


def test_one_broken_score_changes_no_other():
    """A NaN among the scores of one record does not turn probabilities into logits."""
    rows = [record("yes", "no", 0, scores=(0.9, 0.1)), record("yes", "no", 1, scores=(math.nan, 1.0))]

    assert [bad.confidence for bad in find_worst(task(), rows, limit=2)] == [0.9, None]


@pytest.mark.parametrize(
    ("kind", "target", "output", "expected"),
    [
        (Kind.CLASSIFY, "yes", "yes", 0.0),
        (Kind.CLASSIFY, "yes", "no", 1.0),
        (Kind.CHOOSE, 1, 1, 0.0),
        (Kind.CHOOSE, [0, 1], 1, 0.0),
        (Kind.CHOOSE, 1, 0, 1.0),
        (Kind.REGRESS, 3.0, 4.5, 1.5),
        (Kind.REGRESS, 3.0, None, None),
        (Kind.TAG, ["O", "B"], ["O", "O"], 1.0),
        (Kind.TAG, ["O", "B"], ["O"], 1.0),
        (Kind.SPAN, ["Paris", "in Paris"], " paris ", 0.0),
        (Kind.SPAN, {"text": ["Paris"], "answer_start": [0]}, "Rome", 1.0),
        (Kind.SPAN, [], "", 0.0),
        (Kind.SPAN, [], "Rome", 1.0),
        (Kind.EMBED, [1.0], [2.0], None),
        (Kind.CLASSIFY, None, "yes", None),
    ],
)
def test_deviation(kind, target, output, expected):
    """Right is 0, wrong is positive, and None where nobody can tell."""
    assert deviate(task(kind), record(target, output)) == expected


def test_label_sets_have_no_order():
    """Several labels are right as a set."""
    assert deviate(task(multilabel=True), record(["a", "b"], ["b", "a"])) == 0.0


def test_tags_are_told_as_entities():
    """A tagging example shows its entities with their words, or the numbers of the words where texts were not kept."""
    words = task(Kind.TAG, labels=("O", "B-PER", "I-PER"))
    tags = ["O", "B-PER", "I-PER"]
    kept = record(tags, ["O", "O", "B-PER"], extra={"inputs": {"words": ["Ada", "met", "Bob"]}})
    assert (gold(words, kept), given(words, kept)) == ("PER: met Bob", "PER: Bob")
    assert find_worst(words, [kept], limit=1)[0].deviation == 2
    bare = record(tags, ["O"])
    assert (gold(words, bare), given(words, bare)) == ("PER: 1-2", "1 tags for 3 words; (no entity)")


def test_spans_and_options_are_told_in_words():
    """Several gold answers stand once each, no answer is said, and an option number comes with its text."""
    span = task(Kind.SPAN, labels=())
    target = {"text": ["Denver", "Denver", "the Broncos"], "answer_start": [0, 0, 8]}
    silent = record(target, "")
    assert (gold(span, silent), given(span, silent)) == ("Denver / the Broncos", "(no answer)")
    choice = task(Kind.CHOOSE, labels=())
    asked = record(1, 0, extra={"inputs": {"premise": "p", "options": ["one", "two"]}})
    assert (gold(choice, asked), given(choice, asked)) == ("1: two", "0: one")
    assert examples.inputs(asked, 100) == "p | 0: one; 1: two"


def test_spans_are_wrong_as_the_official_script_counts_them():
    """Case, articles and punctuation make no error, and what shares words with the gold is less wrong than what shares none."""
    span = task(Kind.SPAN, labels=())
    target = {"text": ["10th and 11th centuries"], "answer_start": [0]}
    assert deviate(span, record(target, "The 10TH AND 11TH CENTURIES.")) == 0.0
    assert 0 < deviate(span, record(target, "11th centuries")) < deviate(span, record(target, "Denver")) == 1.0


def test_distribution_bins_every_pair():
    """Bins cover the range, its ends included, and values beyond it are counted and put into the outer bins."""
    pairs = [(0.0, -0.2), (5.0, 5.0), (2.5, 2.4), (4.99, 5.3)]
    rows = [*(record(gold, given) for gold, given in pairs), record(1.0, None), record(1.0, 1.0, error="x")]
    found = distribute(task(Kind.REGRESS, labels=(), value_range=(0.0, 5.0)), rows)

    assert found.n == 4
    assert found.beyond == 2
    assert sum(item.gold for item in found.bins) == sum(item.predicted for item in found.bins) == 4
    assert found.bias == pytest.approx(sum(given - gold for gold, given in pairs) / 4)
    assert found.absolute == pytest.approx(sum(abs(given - gold) for gold, given in pairs) / 4)
    assert found.bins[-1].gold == 2


def test_distribution_of_one_value():
    """A constant answer on a constant target has a range to draw."""
    found = distribute(task(Kind.REGRESS, labels=()), [record(2, 2), record(2, 2)])

    assert (found.bins[0].low, found.bins[-1].high) == (1.5, 2.5)
