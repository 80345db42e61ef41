"""Permuted labels, worse than chance, constant answers: said loudly, and only then."""

import numpy as np
import pytest

from benchwright.alarm import sentences
from benchwright.metrics.alarms import alarms
from benchwright.metrics.classification import accuracy
from benchwright.metrics.columns import Columns, gather
from benchwright.types import Kind, Label, Record, Task

CARD = {"name": "t", "splits": {}, "default_split": "v", "inputs": {}, "target": ("l",), "metrics": ("accuracy",)}


def told_of(columns, task):
    return tuple(sentences(alarms(columns, task)))


def classify(gold, predicted, names=("negative", "positive"), clusters=()):
    task = Task(kind=Kind.CLASSIFY, labels=tuple(Label(name=n, id=i) for i, n in enumerate(names)), **CARD)
    return told_of(Columns(task, [names[g] for g in gold], [names[p] for p in predicted], None, list(clusters)), task)


def test_swapped_labels_are_told_with_both_numbers():
    """A sentiment model with its head the wrong way round: 7 % as given, 93 % with the labels swapped."""
    gold = [0, 1] * 50
    told = classify(gold, [1 - g if i >= 7 else g for i, g in enumerate(gold)])

    assert told[0] == "labels look permuted: as given accuracy 7.0 %, with negative<->positive 93.0 %"
    assert told[1] == "below chance: accuracy 7.0 %, guessing gives 50.0 %"


def test_a_rotation_is_spelled_out():
    """Three labels in the order of another source: the renaming is written label by label."""
    gold = np.arange(90) % 3
    told = classify(gold, (gold + 1) % 3, ("entailment", "neutral", "contradiction"))

    renaming = "entailment->contradiction, neutral->entailment, contradiction->neutral"
    assert f"as given accuracy 0.0 %, with {renaming} 100.0 %" in told[0]


@pytest.mark.parametrize("right", [0.5, 0.55, 0.6, 0.95])
def test_weak_models_are_not_called_permuted(right):
    """Near chance and above it nothing is said."""
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 2, 300)

    assert classify(gold, np.where(rng.random(300) < right, gold, 1 - gold)) == ()


def test_few_items_are_no_evidence():
    """Nine items all wrong are not yet a permutation: three standard errors are needed, so is a tenth of accuracy."""
    assert not any("permuted" in text for text in classify([0] * 5 + [1] * 4, [1] * 5 + [0] * 4))
    assert any("permuted" in text for text in classify([0] * 5 + [1] * 5, [1] * 5 + [0] * 5))


def test_clusters_count_once():
    """A hundred copies of four wrong answers are evidence of four."""
    gold = [0, 1, 0, 1] * 100
    names = ["a", "b", "c", "d"] * 100

    assert any("permuted" in text for text in classify(gold, [1 - g for g in gold]))
    assert not any("permuted" in text for text in classify(gold, [1 - g for g in gold], clusters=names))


def test_constant_answers_are_told():
    """Every answer the same is told; it is not called a permutation, and not told where gold is one class too."""
    assert classify([0] * 80 + [1] * 20, [1] * 100) == (
        "below chance: accuracy 20.0 %, guessing gives 50.0 %",
        "every prediction is 'positive'",
    )
    assert classify([1, 1, 1], [1, 1, 1]) == ()


def test_constant_numbers_are_told():
    """A regression model that always answers the same is told."""
    task = Task(kind=Kind.REGRESS, **CARD)

    assert told_of(Columns(task, [1.0, 2.0], [2.5, 2.5]), task) == ("every prediction is 2.5",)
    assert told_of(Columns(task, [1.0, 2.0], [2.5, 2.0]), task) == ()


def test_choices_below_chance_are_told():
    """A choice task is held against one in the number of options."""
    task = Task(kind=Kind.CHOOSE, **CARD)
    table = Columns(task, [0, 1] * 30, [1, 0] * 30, np.zeros((60, 2)))

    assert told_of(table, task) == ("below chance: accuracy 0.0 %, guessing gives 50.0 %",)


def test_options_of_different_numbers_have_no_chance_level():
    """Three and four options side by side are scored without their scores, and held against no level of chance."""
    task = Task(kind=Kind.CHOOSE, **CARD)
    records = [Record(id=str(n), target=0, output=1 + n % 2, scores=(0.0,) * (3 + n % 2)) for n in range(60)]
    columns = gather(task, records).columns

    assert columns.scores is None
    assert accuracy.value(columns) == 0.0
    assert told_of(columns, task) == ()


def test_nothing_scored_is_no_alarm():
    """No answers, no alarms."""
    assert classify([], []) == ()


TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG")


def tagged(gold, said, clusters=()):
    labels = tuple(Label(name=name, id=number) for number, name in enumerate(TAGS))
    task = Task(kind=Kind.TAG, labels=labels, **CARD)
    return told_of(Columns(task, gold, said, None, list(clusters)), task)


def renamed(sentences, **names):
    return [[tag[:2] + names.get(tag[2:], tag[2:]) for tag in tags] for tags in sentences]


SENTENCES = [["B-PER", "I-PER", "O", "B-LOC"], ["O", "B-ORG", "B-PER"], ["B-LOC", "I-LOC", "O"]] * 10


def test_types_that_look_permuted_are_told():
    """Entities found where they are but with each other's types: said with both numbers and the renaming."""
    told = tagged(SENTENCES, renamed(SENTENCES, PER="LOC", LOC="PER"))

    assert told == (
        "labels look permuted: of 50 entities with the right boundaries 20.0 % have the right type, with PER<->LOC 100.0 %",
    )


def test_rotated_types_are_spelled_out():
    """Three types in another order are renamed one by one."""
    (told,) = tagged(SENTENCES, renamed(SENTENCES, PER="LOC", LOC="ORG", ORG="PER"))

    assert "0.0 % have the right type, with PER->ORG, LOC->PER, ORG->LOC 100.0 %" in told


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
    task = Task(kind=Kind.SPAN, unanswerable=True, **CARD)
    gold = [{"text": ["x"], "answer_start": [0]}, {"text": [], "answer_start": []}]

    assert told_of(Columns(task, gold, answers), task) == told


def test_several_right_texts_have_no_chance_level():
    """Where several options may be right, one in the number of options is not what guessing gives."""
    task = Task(kind=Kind.CHOOSE, by_text=True, **CARD)
    table = Columns(task, [("a", "b")] * 59 + [("c",)], ["c"] * 59 + ["a"], np.zeros((60, 2)))

    assert told_of(table, task) == ()
