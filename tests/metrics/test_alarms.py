"""Permuted labels, worse than chance, constant answers: said loudly, and only then."""

import numpy as np
import pytest

from benchwright.metrics.alarms import alarms
from benchwright.metrics.columns import Columns
from benchwright.types import Kind, Label, Task

CARD = {"name": "t", "splits": {}, "default_split": "v", "inputs": {}, "target": ("l",), "metrics": ("accuracy",)}


def classify(gold, predicted, names=("negative", "positive"), clusters=()):
    task = Task(kind=Kind.CLASSIFY, labels=tuple(Label(name=n, id=i) for i, n in enumerate(names)), **CARD)
    return alarms(Columns(task, [names[g] for g in gold], [names[p] for p in predicted], None, list(clusters)), task)


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

    assert alarms(Columns(task, [1.0, 2.0], [2.5, 2.5]), task) == ("every prediction is 2.5",)
    assert alarms(Columns(task, [1.0, 2.0], [2.5, 2.0]), task) == ()


def test_choices_below_chance_are_told():
    """A choice task is held against one in the number of options."""
    task = Task(kind=Kind.CHOOSE, **CARD)
    table = Columns(task, [0, 1] * 30, [1, 0] * 30, np.zeros((60, 2)))

    assert alarms(table, task) == ("below chance: accuracy 0.0 %, guessing gives 50.0 %",)


def test_nothing_scored_is_no_alarm():
    """No answers, no alarms."""
    assert classify([], []) == ()
