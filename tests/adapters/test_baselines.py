"""The two baselines answer what they should, and say what they could not know."""

import pytest

from benchwright.errors import DataMissing, ModelError
from benchwright.types import Context, Dataset, Example, Kind, Label, ModelRef, Task
from benchwright_adapters.majority import adapter as majority
from benchwright_adapters.tfidf import adapter as tfidf

LABELS = tuple(Label(name=name, id=i) for i, name in enumerate(["bad", "good", "odd"]))


def make_task(kind=Kind.CLASSIFY, inputs=("text",), multilabel=False):
    return Task(
        name="t",
        kind=kind,
        splits={},
        default_split="test",
        inputs={name: (name,) for name in inputs},
        target=("label",),
        metrics=("accuracy",),
        labels=LABELS if kind is Kind.CLASSIFY else (),
        multilabel=multilabel,
        value_range=(0, 5) if kind is Kind.REGRESS else None,
    )


def answers(adapter, task, rows, asked, **options):
    """(predictions, facts) of a baseline trained on rows of (inputs..., target)."""
    names = list(task.inputs)
    examples = tuple(
        Example(id=f"t/{i}", index=i, inputs=dict(zip(names, row, strict=False)), target=row[-1])
        for i, row in enumerate(rows)
    )

    def train(_):
        if not rows:
            raise DataMissing("no train split")
        return Dataset(examples=examples, digest=str(hash(tuple(rows))), origin="test")

    context = Context(suite="s", train=train, items=lambda: ())
    model = ModelRef(name="m", adapter=adapter.name, options=options)
    facts = adapter.inspect(model, task, context)
    session = adapter.open(model, task, context)
    given = [Example(id=f"a/{i}", index=i, inputs=dict(zip(names, row, strict=True))) for i, row in enumerate(asked)]
    found = session.predict(given)
    session.close()
    session.close()
    return found, facts


REVIEWS = [("a dull film", "bad"), ("dull and slow", "bad"), ("a bright film", "good"), ("bright and fast", "good")] * 3


def test_majority_answers_with_the_most_frequent_label():
    """Label and frequencies come from the train split; a tie goes to the lower id."""
    found, facts = answers(majority, make_task(), [("x", "good"), ("y", "good"), ("z", "odd")], [("q",)] * 2)

    assert [p.output for p in found] == ["good", "good"]
    assert found[0].scores == pytest.approx((0, 2 / 3, 1 / 3))
    assert facts.notes == ()


def test_majority_answers_with_the_mean():
    """A regression task gets the mean of its train split."""
    found, _ = answers(majority, make_task(Kind.REGRESS), [("x", 1.0), ("y", 4.0)], [("q",)])

    assert found[0].output == 2.5


def test_majority_without_a_train_split_says_so():
    """The evaluated split is never looked at: the first label, or the middle of the range, with a note."""
    found, facts = answers(majority, make_task(), [], [("q",)])
    number, _ = answers(majority, make_task(Kind.REGRESS), [], [("q",)])

    assert (found[0].output, number[0].output) == ("bad", 2.5)
    assert "no train split" in facts.notes[0]


def test_majority_of_label_sets_takes_those_of_more_than_half():
    """Each label on its own."""
    found, _ = answers(majority, make_task(multilabel=True), [("x", ("good", "odd")), ("y", ("good",))], [("q",)])

    assert found[0].output == ("good",)


def test_tfidf_learns_words():
    """A word seen with a label decides, and probabilities are in the order of the task's labels."""
    found, facts = answers(tfidf, make_task(), REVIEWS, [("dull",), ("bright",)])

    assert [p.output for p in found] == ["bad", "good"]
    assert all(sum(p.scores) == pytest.approx(1) and p.scores[2] == 0 for p in found)
    assert facts.scores == "probabilities"


def test_tfidf_compares_two_texts():
    """Overlap decides a pair task."""
    pairs = [(f"w{i} x{i}", f"w{i} x{i}", 5.0) for i in range(20)] + [(f"w{i}", f"z{i}", 0.0) for i in range(20)]
    found, _ = answers(tfidf, make_task(Kind.REGRESS, ("a", "b")), pairs, [("w1 x1", "w1 x1"), ("w1", "z9")])

    assert found[0].output > 3 > 2 > found[1].output
    assert all(0 <= p.output <= 5 for p in found)


def test_tfidf_answers_sets_of_labels():
    """Each label is decided on its own."""
    rows = [
        ("dull odd", ("bad", "odd")),
        ("dull", ("bad",)),
        ("bright", ("good",)),
        ("bright odd", ("good", "odd")),
    ] * 6
    found, _ = answers(tfidf, make_task(multilabel=True), rows, [("dull odd",), ("bright",)], c="50")

    assert [p.output for p in found] == [("bad", "odd"), ("good",)]


def test_tfidf_is_keyed_by_everything_that_decides_it():
    """Other settings or other training rows are another model; the same are the same."""
    digests = [
        answers(tfidf, make_task(), rows, [], **options)[1].digest
        for rows, options in ((REVIEWS, {}), (REVIEWS, {"c": "2"}), (REVIEWS[:8], {}), (REVIEWS, {"train_limit": "8"}))
    ]

    assert len(set(digests)) == 4
    assert answers(tfidf, make_task(), REVIEWS, [])[1].digest == digests[0]


@pytest.mark.parametrize("options", [{"c": "0"}, {"c": "x"}, {"ngrams": "9"}, {"train_limit": "0"}])
def test_tfidf_refuses_options_out_of_range(options):
    """A value that makes no sense is told with the ranges."""
    with pytest.raises(ModelError, match="tfidf"):
        answers(tfidf, make_task(), REVIEWS, [], **options)


def test_tfidf_needs_two_labels():
    """A train split with one label teaches nothing."""
    with pytest.raises(ModelError, match="good"):
        answers(tfidf, make_task(), [("x", "good"), ("y", "good")], [])


def test_tfidf_without_a_train_split_is_missing():
    """No train split: the task is missing for this model, not failed."""
    with pytest.raises(DataMissing):
        answers(tfidf, make_task(), [], [])
