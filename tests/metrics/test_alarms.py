"""Permuted labels, shifted rows, gold handed in, worse than guessing: said loudly, once, and only then."""

import numpy as np
import pytest

from benchwright.alarm import sentences
from benchwright.metrics.alarms import alarms
from benchwright.metrics.classification import accuracy
from benchwright.metrics.columns import Columns
from benchwright.metrics.gathering import gather
from benchwright.types import (
    ChoiceTask,
    ClassificationTask,
    Label,
    Record,
    RegressionTask,
    SpanTask,
    TaggingTask,
)

SWAPPED = (
    "labels look permuted: as given accuracy 7.00 %, with negative<->positive 93.00 %; "
    "or worse than chance: the data cannot tell"
)
CARD = {"name": "t", "splits": {}, "default_split": "v", "inputs": {}, "target": ("l",), "metrics": ("accuracy",)}


def told_of(columns, task):
    return tuple(sentences(alarms(columns, task)))


def named(names, **card):
    labels = tuple(Label(name=n, id=i) for i, n in enumerate(names))
    return ClassificationTask(labels=labels, **{**CARD, "score": ("accuracy",), **card})


def classify(gold, predicted, names=("negative", "positive"), clusters=()):
    task = named(names)
    return told_of(Columns(task, [names[g] for g in gold], [names[p] for p in predicted], None, list(clusters)), task)


def right(share, gold, rng, labels):
    """Answers of which this share is right, the others at random among the other labels."""
    gold = np.asarray(gold)
    return np.where(rng.random(len(gold)) < share, gold, (gold + rng.integers(1, labels, len(gold))) % labels)


def test_swapped_labels_are_told_with_both_numbers():
    """A sentiment model with its head the wrong way round: 7 % as given, 93 % swapped; one sentence for one cause."""
    gold = [0, 1] * 50
    rng = np.random.default_rng(0)
    rng.shuffle(gold)
    wrong = set(rng.choice(100, 7, replace=False).tolist())

    assert classify(gold, [g if i in wrong else 1 - g for i, g in enumerate(gold)]) == (SWAPPED,)


def test_a_rotation_is_spelled_out():
    """Three labels in the order of another source: the renaming is written label by label."""
    gold = np.random.default_rng(0).integers(0, 3, 90)
    (told,) = classify(gold, (gold + 1) % 3, ("entailment", "neutral", "contradiction"))

    renaming = "entailment->contradiction, neutral->entailment, contradiction->neutral"
    assert told == f"labels look permuted: as given accuracy 0.00 %, with {renaming} 100.00 %"


def test_only_what_moves_is_renamed():
    """Two of twenty labels swapped: those two are named and no other."""
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 20, 2000)
    said = right(0.8, gold, rng, 20)
    swapped = np.select([said == 3, said == 4], [4, 3], said)
    (told,) = told_of(
        Columns(task := named([f"l{n}" for n in range(20)]), [f"l{g}" for g in gold], [f"l{s}" for s in swapped]), task
    ) or ("",)
    many = np.select([said == 3, said == 4, said == 5, said == 6], [4, 3, 6, 5], said)

    assert told == "", "a tenth of agreement is not lost by two of twenty labels"
    assert "with l3<->l4, l5<->l6 " in classify(gold, many, [f"l{n}" for n in range(20)])[0]


@pytest.mark.parametrize("share", [0.5, 0.55, 0.6, 0.95])
def test_weak_models_are_not_called_permuted(share):
    """Near chance and above it no permutation is told, nor a shift."""
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 2, 300)

    assert not any("look" in text for text in classify(gold, right(share, gold, rng, 2)))


def test_a_weak_model_of_a_rare_class():
    """F3: 100 negatives right, 600 of 900 positives called negative: weak, below the no-information rate, not permuted."""
    gold = [0] * 100 + [1] * 900
    said = [0] * 100 + [0] * 600 + [1] * 300

    told = classify(gold, said)
    numbers = "accuracy 40.00 %, guessing gives 50.00 %, always 'positive' would score 90.00 %"
    assert told == (f"below chance and the no-information rate: {numbers}",)


def test_two_labels_below_chance_say_what_the_other_way_gives():
    """A weak model with its two labels mixed up: below chance, and what the other way round would give, no more."""
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 2, 357)
    (told,) = classify(gold, 1 - right(0.62, gold, rng, 2))

    assert told.startswith("below chance and the no-information rate: accuracy 3")
    assert "; negative<->positive would score 6" in told


def test_an_adversarial_set():
    """F3: questions chosen because this model fails them: wrong on purpose, yet no name of its answers fits."""
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 3, 1000)
    said = (gold + rng.integers(1, 3, 1000)) % 3
    told = classify(gold, np.where(rng.random(1000) < 0.3, gold, said), ("e", "n", "c"))

    assert not any("permuted" in text for text in told)


def test_few_items_are_no_evidence():
    """Ten items all wrong are not yet a permutation; twenty are."""
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 2, 20)

    assert not any("permuted" in text for text in classify(gold[:10], 1 - gold[:10]))
    assert any("permuted" in text for text in classify(gold, 1 - gold))


def test_clusters_count_once():
    """A hundred copies of four wrong answers are evidence of four."""
    gold = [0, 1, 1, 0] * 100
    names = ["a", "b", "c", "d"] * 100

    assert any("permuted" in text for text in classify(gold, [1 - g for g in gold]))
    assert not any("permuted" in text for text in classify(gold, [1 - g for g in gold], clusters=names))


def test_constant_answers_are_told():
    """Every answer the same is told, and nothing else; not where gold is one class too."""
    assert classify([0] * 80 + [1] * 20, [1] * 100) == ("every prediction is 'positive'",)
    assert classify([1, 1, 1], [1, 1, 1]) == ()


@pytest.mark.parametrize(("score", "severity"), [(("accuracy",), "alarm"), (("macro_f1",), "note")])
def test_below_the_no_information_rate(score, severity):
    """F6: 78.90 % where always answering the commonest label scores 90: an alarm; a note where the score is another."""
    rng = np.random.default_rng(0)
    gold = np.array([0] * 35 + [1] * 315)
    said = right(0.79, gold, rng, 2)
    task = named(("negative", "positive"), score=score, metrics=("accuracy", "macro_f1"))
    names = np.array(("negative", "positive"))
    (one,) = alarms(Columns(task, names[gold].tolist(), names[said].tolist()), task)

    assert (one.code, one.severity) == ("below-no-information", severity)
    assert "no-information rate" in one.sentence
    assert one.sentence.endswith("always 'positive' would score 90.00 %")


def test_constant_numbers_are_told():
    """A regression model that always answers the same is told."""
    task = RegressionTask(**CARD)

    assert told_of(Columns(task, [1.0, 2.0], [2.5, 2.5]), task) == ("every prediction is 2.5",)
    assert told_of(Columns(task, [1.0, 2.0], [2.5, 2.0]), task) == ()


def test_numbers_on_a_reversed_scale():
    """Numbers that fall where gold rises are told; weak ones are not."""
    task = RegressionTask(**CARD)
    rng = np.random.default_rng(0)
    gold = rng.normal(size=200)
    (told,) = told_of(Columns(task, gold.tolist(), (5 - gold + rng.normal(size=200) / 3).tolist()), task)

    assert told.startswith("the scale looks reversed: Pearson's correlation with gold is −9")
    assert told_of(Columns(task, gold.tolist(), (rng.normal(size=200) - gold / 5).tolist()), task) == ()


def test_choices_below_chance_are_told():
    """A choice task is held against one in the number of options."""
    task = ChoiceTask(**CARD)
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 4, 400)
    said = np.where(rng.random(400) < 0.1, gold, (gold + rng.integers(1, 4, 400)) % 4)
    (told,) = told_of(Columns(task, gold.tolist(), said.tolist(), np.zeros((400, 4))), task)

    assert told.startswith("below chance and the no-information rate: accuracy ")
    assert ", guessing gives 25.00 %, always 'option " in told


def test_options_numbered_from_one():
    """Options counted from 1 where the task counts from 0: told with the shift."""
    task = ChoiceTask(**CARD)
    gold = np.random.default_rng(0).integers(0, 3, 200)
    (told,) = told_of(Columns(task, gold.tolist(), (gold + 1).tolist()), task)

    assert told == "option numbers look permuted: as given accuracy 0.00 %, with 0->3, 1->0, 2->1, 3->2 100.00 %"


def test_options_of_different_numbers_have_no_chance_level():
    """Three and four options side by side are scored without their scores, and held against no level of chance."""
    task = ChoiceTask(**CARD)
    records = [Record(id=str(n), target=0, output=1 + n % 2, scores=(0.0,) * (3 + n % 2)) for n in range(60)]
    columns = gather(task, records).columns

    assert columns.scores is None
    assert accuracy.value(columns) == 0.0
    assert not any("chance" in text for text in told_of(columns, task))


def test_label_sets_with_permuted_names():
    """Two labels of a multi-label task that are called by each other's name."""
    names = ("joy", "anger", "fear", "love")
    task = named(names, multilabel=True)
    rng = np.random.default_rng(0)
    gold = rng.random((300, 4)) < [0.4, 0.3, 0.1, 0.2]
    said = gold ^ (rng.random((300, 4)) < 0.08)
    sets = [tuple(np.array(names)[row]) for row in gold]
    given = [tuple(np.array(names)[row]) for row in said]
    swapped = [tuple(np.array(names)[row]) for row in said[:, [1, 0, 2, 3]]]

    assert told_of(Columns(task, sets, given), task) == ()
    (told,) = told_of(Columns(task, sets, swapped), task)
    assert told.startswith("labels look permuted: as given correlation ")
    assert "with joy<->anger " in told


def test_nothing_scored_is_no_alarm():
    """No answers, no alarms."""
    assert classify([], []) == ()


# --- shifted rows -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "rows"), [(1, "the row before"), (-1, "the next row"), (2, "the row two before")])
def test_shifted_labels(by, rows):
    """F4: answers moved by a row or two are told, with both accuracies."""
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 3, 200)
    (told,) = classify(gold, np.roll(right(0.85, gold, rng, 3), by), ("a", "b", "c"))

    assert told.startswith("answers look shifted by ")
    assert f"with the gold of {rows} their accuracy is 8" in told


def test_gaps_are_kept():
    """Rows without an answer leave gaps: answers are held against the next row of the file, not the next answered one."""
    rng = np.random.default_rng(0)
    names = ("a", "b", "c")
    gold = rng.integers(0, 3, 300)
    said = np.roll(gold, 1)
    records = [
        Record(id=str(n), target=names[gold[n]], output=names[said[n]])
        if n % 5
        else Record(id=str(n), target=names[gold[n]], error="none")
        for n in range(300)
    ]
    (told,) = told_of(gather(named(names), records).columns, named(names))

    assert "shifted by one row: with the gold of the row before their accuracy is 100.00 %" in told


def test_sorted_gold_is_no_shift():
    """Rows sorted by label fit their neighbours' gold as well as their own: nothing is said."""
    gold = np.repeat([0, 1, 2], 100)

    assert classify(gold, right(0.8, gold, np.random.default_rng(0), 3), ("a", "b", "c")) == ()


def test_shifted_numbers_options_texts_and_sets():
    """The same for scores, options, answer texts and label sets."""
    rng = np.random.default_rng(0)
    numbers, options = rng.normal(size=200), rng.integers(0, 4, 200)
    regress, choose = RegressionTask(**CARD), ChoiceTask(**CARD)
    span, texts = SpanTask(**CARD), [f"answer {n % 61}" for n in range(200)]
    spans = [{"text": [text, "x y"], "answer_start": [0, 0]} for text in texts]
    several = named(("p", "q", "r"), multilabel=True)
    sets = [tuple(np.array(("p", "q", "r"))[row]) for row in rng.random((200, 3)) < 0.4]

    for columns in (
        Columns(regress, numbers.tolist(), np.roll(numbers + rng.normal(size=200) / 4, 1).tolist()),
        Columns(choose, options.tolist(), np.roll(options, 1).tolist()),
        Columns(span, spans, [texts[-1], *texts[:-1]]),
        Columns(several, sets, [sets[-1], *sets[:-1]]),
    ):
        (told,) = told_of(columns, columns.task)
        assert told.startswith("answers look shifted by one row: with the gold of the row before their "), told


def test_shifted_sentences():
    """Tags of the sentence before, cut or filled up to this one's length."""
    rng = np.random.default_rng(0)
    gold = [[str(rng.choice(("O", "B-PER", "B-LOC"))) for _ in range(6)] for _ in range(200)]
    (told,) = tagged(gold, [gold[-1], *gold[:-1]])

    assert told.startswith(
        "answers look shifted by one row: with the gold of the row before their entity F1 is 100.00 %"
    )


# --- gold handed in ---------------------------------------------------------------------------------------------------


def test_gold_handed_in():
    """F4: a hundred answers and more that equal gold to the letter, without scores, are asked about; a model's are not."""
    rng = np.random.default_rng(0)
    names = np.array(("a", "b"))
    gold = names[rng.integers(0, 2, 150)].tolist()
    task = named(("a", "b"))
    told = ("every one of 150 answers equals the gold answer to the letter: was the gold file handed in?",)
    sure = np.array([[0.9, 0.1] if label == "a" else [0.2, 0.8] for label in gold])

    assert told_of(Columns(task, gold, list(gold)), task) == told
    assert told_of(Columns(task, gold, list(gold), np.round(sure)), task) == told
    assert told_of(Columns(task, gold, list(gold), sure), task) == ()
    assert told_of(Columns(task, gold[:99], gold[:99]), task) == ()
    assert told_of(Columns(task, gold, ["a" if gold[0] == "b" else "b", *gold[1:]]), task) == ()


TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG")


def tagged(gold, said, clusters=()):
    labels = tuple(Label(name=name, id=number) for number, name in enumerate(TAGS))
    task = TaggingTask(labels=labels, **CARD)
    return told_of(Columns(task, gold, said, None, list(clusters)), task)


def renamed(sentences, **names):
    return [[tag[:2] + names.get(tag[2:], tag[2:]) for tag in tags] for tags in sentences]


SENTENCES = [["B-PER", "I-PER", "O", "B-LOC"], ["O", "B-ORG", "B-PER"], ["B-LOC", "I-LOC", "O"]] * 10


def test_types_that_look_permuted_are_told():
    """Entities found where they are but with each other's types: said with both numbers and the renaming."""
    told = tagged(SENTENCES, renamed(SENTENCES, PER="LOC", LOC="PER"))

    assert told == (
        "labels look permuted: of 50 entities with the right boundaries 20.00 % have the right type, with PER<->LOC 100.00 %",
    )


def test_rotated_types_are_spelled_out():
    """Three types in another order are renamed one by one."""
    (told,) = tagged(SENTENCES, renamed(SENTENCES, PER="LOC", LOC="ORG", ORG="PER"))

    assert "0.00 % have the right type, with PER->ORG, LOC->PER, ORG->LOC 100.00 %" in told


def test_wrong_types_are_no_permutation():
    """A type always taken for another one, types at random, few entities, or one document: nothing is said."""
    rng = np.random.default_rng(0)
    at_random = [
        [tag if tag == "O" else tag[:2] + str(rng.choice(["PER", "LOC", "ORG"])) for tag in s] for s in SENTENCES
    ]
    swapped = renamed(SENTENCES, PER="LOC", LOC="PER")

    assert tagged(SENTENCES, renamed(SENTENCES, PER="LOC")) == ()
    assert tagged(SENTENCES, at_random) == ()
    assert tagged(SENTENCES[:2], swapped[:2]) == ()
    assert tagged(SENTENCES, swapped, ["one"] * 30) == ()
    assert tagged(SENTENCES, SENTENCES) == ()


def test_no_entity_is_told():
    """A tagger that says O everywhere is told, unless there is nothing to find."""
    nothing = [["O"] * len(tags) for tags in SENTENCES]

    assert tagged(SENTENCES, nothing) == ("no entity is predicted: every word is O",)
    assert tagged(nothing, nothing) == ()


@pytest.mark.parametrize(
    ("answers", "told"),
    [(["", ""], ("every answer is empty",)), (["x", "x"], ("every prediction is 'x'",)), (["", "x"], ())],
)
def test_answers_that_are_all_the_same_are_told(answers, told):
    """A model that finds no answer to any question is told."""
    task = SpanTask(unanswerable=True, **CARD)
    gold = [{"text": ["x"], "answer_start": [0]}, {"text": [], "answer_start": []}]

    assert told_of(Columns(task, gold, answers), task) == told


def test_several_right_texts_have_no_chance_level():
    """Where several options may be right, one in the number of options is not what guessing gives."""
    task = ChoiceTask(by_text=True, **CARD)
    table = Columns(task, [("a", "b")] * 59 + [("c",)], ["c"] * 59 + ["a"], np.zeros((60, 2)))

    assert told_of(table, task) == ()
