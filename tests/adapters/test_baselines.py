"""The two baselines answer what they should, and say what they could not know."""

import math

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.errors import DataMissing, ModelError
from benchwright.testing.fixtures import build_task
from benchwright.types import Context, Dataset, Example, Kind, Label, ModelRef
from benchwright_adapters.constant import adapter as stated
from benchwright_adapters.majority import adapter as majority
from benchwright_adapters.tfidf import adapter as tfidf

LABELS = tuple(Label(name=name, id=i) for i, name in enumerate(["bad", "good", "odd"]))


def make_task(kind=Kind.CLASSIFY, inputs=("text",), multilabel=False):
    return build_task(
        kind=kind,
        inputs={name: (name,) for name in inputs},
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
        return Dataset(examples=examples, digest=repr(rows), origin="test")

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


@pytest.mark.parametrize("adapter", [majority, tfidf])
@pytest.mark.parametrize("kind", [Kind.CLASSIFY, Kind.REGRESS, Kind.TAG])
def test_baselines_without_a_train_split_are_refused_alike(adapter, kind):
    """The evaluated split is never looked at, and without another nobody knows what is most frequent."""
    task = card(kind, ("words",) if kind is Kind.TAG else ("text",), **({"labels": TAGS} if kind is Kind.TAG else {}))
    with pytest.raises(DataMissing):
        answers(adapter, task, [], [])


def test_the_majority_names_the_reference_that_needs_no_train_split():
    """A label of the task, O of tags, and a number elsewhere."""
    for task, what in (
        (make_task(), "constant:bad"),
        (card(Kind.TAG, ("words",), labels=TAGS), "constant:O"),
        (make_task(Kind.REGRESS), "constant:0"),
    ):
        with pytest.raises(DataMissing) as refused:
            answers(majority, task, [], [])
        assert what in refused.value.hint


def constant(task, answer, asked=(("q",),)):
    """Outputs, scores and facts of `constant:answer`."""
    model = ModelRef(name="m", adapter="constant", path=answer)
    facts = stated.inspect(model, task, UNUSED)
    names = list(task.inputs)
    given = [Example(id=f"a/{i}", index=i, inputs=dict(zip(names, row, strict=True))) for i, row in enumerate(asked)]
    found = stated.open(model, task, UNUSED).predict(given)
    return [one.output for one in found], found[0].scores, facts


UNUSED = Context(suite="s", train=lambda _: None, items=tuple)


@pytest.mark.parametrize(
    ("task", "answer", "output"),
    [
        (make_task(), "good", "good"),
        (make_task(), "Good", "good"),
        (make_task(), "1", "good"),
        (make_task(multilabel=True), "odd|bad", ("bad", "odd")),
        (make_task(multilabel=True), "[]", ()),
        (make_task(Kind.REGRESS), "2.5", 2.5),
        (make_task(Kind.REGRESS), "0", 0.0),
    ],
)
def test_a_constant_is_what_was_stated(task, answer, output):
    """By name, id or value; the answer stands in the digest, and no train split is asked for."""
    outputs, scores, facts = constant(task, answer)
    assert outputs == [output]
    assert scores is None or sum(scores) == (len(output) if task.multilabel else 1)
    assert facts.notes == ()
    assert facts.digest == constant(task, answer)[2].digest


def test_constants_of_tags_and_options():
    """A tag for every word; the position of an option, or the first where an example has fewer."""
    tags, _, _ = constant(card(Kind.TAG, ("words",), labels=TAGS), "O", [(["a", "b"],), ([],)])
    options, _, _ = constant(card(Kind.CHOOSE, ("text", "options")), "2", [("c", ["x", "y", "z"]), ("c", ["x", "y"])])
    assert tags == [("O", "O"), ()]
    assert options == [2, 0]


@pytest.mark.parametrize(
    ("task", "answer", "hint"),
    [
        (make_task(), "", "constant:bad"),
        (make_task(), "fine", "constant:bad"),
        (make_task(), "7", "constant:bad"),
        (make_task(multilabel=True), "bad|fine", "constant:bad"),
        (make_task(Kind.REGRESS), "6", "constant:2.5"),
        (make_task(Kind.REGRESS), "nan", "constant:2.5"),
        (make_task(Kind.REGRESS), "1_0", "constant:2.5"),
        (make_task(Kind.REGRESS), "many", "constant:2.5"),
        (msgspec.structs.replace(make_task(Kind.CHOOSE), inputs={"text": (), "options": ()}), "A", "constant:0"),
    ],
)
def test_a_constant_that_is_no_answer_is_refused(task, answer, hint):
    """What is expected, and a constant to type."""
    with pytest.raises(ModelError) as refused:
        constant(task, answer)
    assert refused.value.hint == hint


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


TAGS = tuple(Label(name=name, id=i) for i, name in enumerate(["O", "B-PER", "I-PER"]))
PEOPLE = [
    (["Ada", "Lovelace", "wrote"], ("B-PER", "I-PER", "O")),
    (["they", "met", "Ada"], ("O", "O", "B-PER")),
    (["Ada", "Lovelace", "left"], ("B-PER", "I-PER", "O")),
    (["nobody", "wrote"], ("O", "O")),
] * 5


def card(kind, inputs, **changes):
    """A card of a kind, over the one that tests of texts use."""
    return msgspec.structs.replace(make_task(kind, inputs), **changes)


def test_majority_tags_every_word_outside():
    """The most frequent tag of the train split; where that is O, with a word on what it finds."""
    found, facts = answers(majority, card(Kind.TAG, ("words",), labels=TAGS), PEOPLE[1:2], [(["a", "b"],), ([],)])
    parts = tuple(Label(name=name, id=i) for i, name in enumerate(["NOUN", "VERB"]))
    spoken, _ = answers(
        majority, card(Kind.TAG, ("words",), labels=parts), [(["a", "b"], ("VERB", "VERB"))], [(["x"],)]
    )

    assert [p.output for p in found] == [("O", "O"), ()]
    assert facts.notes == ("tags every word O: finds no entity",)
    assert spoken[0].output == ("VERB",)


def test_majority_answers_with_the_first_sentence_or_not_at_all():
    """Where every question has an answer the first sentence, with its place; else silence."""
    asked = [("Who?", " Dr. Ada wrote it. Nobody read it."), ("Who?", "no end"), ("Who?", "")]
    found, facts = answers(majority, card(Kind.SPAN, ("question", "context")), [], asked)
    silent, _ = answers(majority, card(Kind.SPAN, ("question", "context"), unanswerable=True), [], asked[:1])

    assert [(p.output, p.extra["start"]) for p in found] == [("Dr.", 1), ("no end", 0), ("", 0)]
    assert all(text[1][p.extra["start"] :].startswith(p.output) for p, text in zip(found, asked, strict=True))
    assert "first sentence" in facts.notes[0]
    assert silent[0].output == ""


def test_majority_chooses_a_position_that_is_there():
    """The most frequent right position, or the next most frequent where an example has fewer options."""
    rows = [("c", ["a", "b", "c"], 2)] * 3 + [("c", ["a", "b", "c"], 1)] * 2 + [("c", ["a", "b", "c"], 0)]
    found, facts = answers(
        majority, card(Kind.CHOOSE, ("text", "options")), rows, [("c", ["x", "y", "z"]), ("c", ["x", "y"])]
    )

    assert [p.output for p in found] == [2, 1]
    assert facts.notes == ()


def test_majority_chooses_texts_by_position():
    """Where options are texts, the position of the first right one counts."""
    rows = [("c", ["a", "b", "c"], ("c", "b"))] * 2 + [("c", ["a", "b"], ("a",))]
    found, _ = answers(majority, card(Kind.CHOOSE, ("text", "options"), by_text=True), rows, [("c", ["x", "y"])])

    assert found[0].output == "y"


def test_tfidf_tags_words():
    """Words and their neighbours decide, sequences are legal, and an empty sentence has no tags."""
    asked = [(["Ada", "Lovelace", "wrote"],), (["they", "left"],), ([],)]
    found, _ = answers(tfidf, card(Kind.TAG, ("words",), labels=TAGS), PEOPLE, asked)

    assert [p.output for p in found] == [("B-PER", "I-PER", "O"), ("O", "O"), ()]


def test_tfidf_never_continues_what_did_not_begin():
    """Whatever the words, I- stands behind B- or I- of its type, and a tag that training never showed is not given."""
    tags = (*TAGS, Label(name="B-LOC", id=3), Label(name="I-LOC", id=4))
    words = ["Lovelace", "Ada", "wrote", "Lovelace", "Lovelace"]
    found, _ = answers(tfidf, card(Kind.TAG, ("words",), labels=tags), PEOPLE, [(words[at:],) for at in range(5)])

    for prediction in found:
        before = "O"
        for tag in prediction.output:
            assert not tag.startswith("I-") or before in (f"B-{tag[2:]}", tag)
            assert not tag.endswith("LOC")
            before = tag


def test_tfidf_of_tags_needs_two_of_them():
    """A train split of O alone teaches nothing."""
    with pytest.raises(ModelError, match="'O'"):
        answers(tfidf, card(Kind.TAG, ("words",), labels=TAGS), [(["a"], ("O",))], [])


def test_tfidf_chooses_what_is_most_alike():
    """Shared words decide, by number or by text; of equals the first; without a train split all words weigh the same."""
    asked = [("The cat sat on a mat", ["dogs run", "a cat on mats", "the sky"]), ("nothing", ["x", "y"])]
    found, facts = answers(tfidf, card(Kind.CHOOSE, ("text", "options")), [], asked)
    texts, _ = answers(tfidf, card(Kind.CHOOSE, ("text", "options"), by_text=True), [], asked)

    assert [p.output for p in found] == [1, 0]
    assert [p.output for p in texts] == ["a cat on mats", "x"]
    assert "all words weigh the same" in facts.notes[0]


def test_tfidf_weighs_words_by_rarity_in_training():
    """A frequent shared word says less than a rare one."""
    rows = [(f"the {word}", ["the", "other"], 0) for word in ("sun", "sea", "sky", "hill", "road")]
    asked = [("the zebra", ["the the the", "zebra"])]
    found, facts = answers(
        tfidf, card(Kind.CHOOSE, ("text", "options")), rows, [("the zebra", ["the", "zebra"])], ngrams="1"
    )

    assert found[0].output == 1
    assert facts.notes == ()
    assert answers(tfidf, card(Kind.CHOOSE, ("text", "options")), [], asked, ngrams="1")[0][0].output == 0


def test_tfidf_fills_the_placeholder():
    """The query is read with each option in its place."""
    task = card(Kind.CHOOSE, ("passage", "query", "options"), by_text=True, placeholder="@placeholder")
    asked = [("Ada met Karl. Karl sold a house.", "@placeholder sold a house", ["Ada", "Karl"])]

    assert answers(tfidf, task, [], asked)[0][0].output == "Karl"


CONTEXT = "The soup was hot. Ada Lovelace wrote the first program in 1843. (Nobody ran it.) It rained."


def test_tfidf_answers_with_the_sentence_most_like_the_question():
    """With its place in the context; a question that shares nothing gets the first sentence."""
    asked = [("Who wrote the first program?", CONTEXT), ("Why?", CONTEXT), ("Why?", ""), ("Who ran it?", CONTEXT)]
    found, facts = answers(tfidf, card(Kind.SPAN, ("question", "context")), [], asked)

    assert [p.output for p in found[:3]] == ["Ada Lovelace wrote the first program in 1843.", "The soup was hot.", ""]
    assert found[3].output == "(Nobody ran it.)"
    assert all(text[p.extra["start"] :].startswith(p.output) for p, (_, text) in zip(found, asked, strict=True))
    assert facts.notes == ()


def test_tfidf_learns_when_to_be_silent():
    """The likeness under which silence pays comes from the train split alone; without one it always answers."""
    gold = {"text": ["Ada Lovelace wrote the first program in 1843"], "answer_start": [18]}
    none = {"text": [], "answer_start": []}
    rows = [("Who wrote the first program?", CONTEXT, gold), ("Where do penguins live now?", CONTEXT, none)] * 3
    asked = [("Who wrote the first program?", CONTEXT), ("Where do penguins live now?", CONTEXT)]
    task = card(Kind.SPAN, ("question", "context"), unanswerable=True)
    found, facts = answers(tfidf, task, rows, asked)
    bare, without = answers(tfidf, task, [], asked)

    assert [bool(p.output) for p in found] == [True, False]
    assert found[0].extra["null_score"] < found[1].extra["null_score"] <= 1
    assert [bool(p.output) for p in bare] == [True, True]
    assert (facts.notes, without.notes) == ((), ('no train split here: never answers ""',))


@pytest.mark.parametrize("rows", [[], [("q", "c", {"text": [], "answer_start": []})]])
def test_tfidf_survives_training_on_nothing(rows):
    """An empty train split, and one of unanswerable questions alone."""
    found, _ = answers(
        tfidf, card(Kind.SPAN, ("question", "context"), unanswerable=True), rows, [("Who?", "A word. Two.")]
    )

    assert found[0].output == ("" if rows else "A word.")


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.booleans()), min_size=1, max_size=12))
def test_the_likeness_learned_is_the_best_there_is(seen):
    """No other likeness gives more overlap and silence on the rows it was learned on."""
    from benchwright_adapters._tfidf.spans import _least

    def worth(least):
        return math.fsum(overlap if likeness >= least else silent for likeness, overlap, silent in seen)

    seen = [(likeness, 0.0 if silent else overlap, silent) for likeness, overlap, silent in seen]
    best = max(worth(least) for least in [math.inf, *(likeness for likeness, _, _ in seen)])

    assert worth(_least(seen)) == pytest.approx(best)


def test_a_constant_that_is_nearly_a_label_is_told_which():
    model = ModelRef(name="m", adapter="constant", path="goood")
    with pytest.raises(ModelError) as error:
        stated.inspect(model, make_task(), Context(suite="s", train=lambda _: None, items=lambda: ()))
    assert error.value.hint == "constant:good"
