"""Sums over a slice, counted by kinds of items, are those of its items one by one."""

import numpy as np
import pytest

from benchwright import registry
from benchwright.comparison.slice_gaps import _item_rows, _share_gap, _sums_over
from benchwright.metrics.gathering import gather
from benchwright.types import ClassificationTask, Label, Record

LABELS = tuple("abc")
TASK = ClassificationTask(
    name="t",
    splits={},
    default_split="v",
    inputs={"text": ("text",)},
    target=("l",),
    metrics=("macro_f1", "accuracy"),
    labels=tuple(Label(name=name, id=at) for at, name in enumerate(LABELS)),
)
METRICS = tuple(registry.get("metrics", name) for name in TASK.metrics)
GOLD = ["a", "b", "c", "a"] * 50
SAID = ["a", "b", "a", "a", "b"] * 40


@pytest.fixture
def columns():
    pairs = enumerate(zip(GOLD, SAID, strict=True))
    return gather(TASK, [Record(id=str(at), target=gold, output=said) for at, (gold, said) in pairs]).columns


@pytest.mark.parametrize("inside", [np.arange(200) % 3 == 0, np.zeros(200, dtype=bool), np.ones(200, dtype=bool)])
def test_sums_over_a_slice_are_those_of_its_items(columns, inside):
    found = _sums_over(columns, METRICS, inside)
    assert np.array_equal(found, _item_rows(columns, METRICS)[inside].sum(axis=0))
    assert len(found) == 3 * 3 + 2


def test_hits_and_trials_of_a_slice_and_of_the_rest_are_counted(columns):
    gap = _share_gap(columns, METRICS[1:], np.arange(200) < 5)
    right = [gold == said for gold, said in zip(GOLD, SAID, strict=True)]
    assert (gap.hits, gap.trials) == (3, 5)  # aa bb ca aa ab
    assert (gap.other_hits, gap.other_trials) == (sum(right) - 3, 195)
