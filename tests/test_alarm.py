"""Alarms in order, with their marks; results of the earlier format."""

import json

import pytest

from benchwright import evaluate
from benchwright.alarm import (
    alarm,
    alarm_mark,
    as_note,
    in_order,
    lines,
    note,
    notes,
    place_alarms,
    score_alarms,
    sentences,
)
from benchwright.errors import StoreError
from benchwright.store import Store
from benchwright.types import CellResult, Score

FEW, LOUD = note("few-units", "only 3 independent examples"), alarm("permuted", "labels look permuted")


def test_alarms_come_first_and_once():
    """Alarms stand before notes, each once, otherwise as they came."""
    assert in_order([FEW, LOUD, FEW, LOUD]) == (LOUD, FEW)
    assert sentences(notes("data", ["a", "b"])) == ["a", "b"]


def test_marks():
    """One alarm makes a number loud, notes alone a footnote, nothing nothing."""
    assert (alarm_mark([FEW, LOUD]), alarm_mark([FEW]), alarm_mark([])) == ("!", "*", "")


def test_what_goes_with_one_number():
    """A number carries what is known of its cell and of itself."""
    cell = CellResult(model="m", suite="s", task="t", split="v", status="scored", alarms=(LOUD,))

    assert score_alarms(cell, Score(metric="accuracy@1", value=0.5, alarms=(FEW, LOUD))) == (LOUD, FEW)


def test_one_line_for_one_cause():
    """F66: constant baselines are one note; a model that learnt nothing is one alarm, after those about mistakes."""
    same = [alarm("constant", f"every prediction is '{word}'") for word in ("a", "b", "c", "d")]
    told = [
        line
        for at, path in enumerate(("s/1", "s/2", "s/3", "s/4"))
        for line in (
            *place_alarms("majority", path, as_note([same[at]])),
            *place_alarms("frozen", path, [same[at]] * (at < 2)),
        )
    ]
    told += place_alarms("swapped", "s/1", [LOUD])
    told += [one for model in "abcde" for one in place_alarms(model, "s/1", [FEW])]

    assert lines(told) == [
        "! swapped on s/1: labels look permuted",
        "! frozen on s/1, s/2: every answer is the same",
        "* majority on 4 tasks: constant baseline",
        "* 5 models on s/1: only 3 independent examples",
    ]
    assert lines(place_alarms("m", "s/1", [same[0]])) == ["! m on s/1: every prediction is 'a'"]


@pytest.fixture
def store(tmp_path):
    """A store with one scored cell."""
    evaluate("majority", "starter/topic", store=tmp_path, name="r")
    return Store(tmp_path)


def age(path):
    """Make a file of results look like one of the earlier format."""
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"schema": 1}).replace('"alarms"', '"flags"'))


def test_scores_of_the_earlier_format_are_made_anew(store):
    """Scores can be computed from records: those of the earlier format are, without a word."""
    before = store.read_run("r").cells[0]
    for path in store.root.glob("scores/*/*.json"):
        age(path)
    after = evaluate("majority", "starter/topic", store=store.root, name="r").cells[0]

    assert (after.score, after.scores, after.alarms, after.reused) == (before.score, before.scores, before.alarms, True)


def test_runs_of_the_earlier_format_are_refused(store):
    """A run of the earlier format has no alarms: it is refused with what to type, and then its cells are used again."""
    age(store.run_path("r"))

    with pytest.raises(StoreError, match="was written in format 1") as refused:
        store.read_run("r")
    assert "type the same `benchwright run` again" in refused.value.hint
    store.run_path("r").unlink()
    assert evaluate("majority", "starter/topic", store=store.root, name="r").cells[0].reused
