"""What changed between two measurements, and what makes them incomparable."""

import msgspec
import pytest

import benchwright
from benchwright.score_history.marks import Circumstances, find_marks
from benchwright.types import CellKey, Kind, LabelMap

KEY = CellKey(
    schema=1,
    engine=2,
    model="digest",
    adapter="transformers",
    adapter_version=1,
    options={},
    versions={"torch": "2.6"},
    task="mine/mood",
    kind=Kind.CLASSIFY,
    inputs=("text",),
    split="dev",
    limit=None,
    seed=0,
    data="aaaaaaaaaaaa",
    labels=LabelMap(to_task=(0, 1), origin="task"),
    precision="exact",
    device="cpu",
)
CARD = {"labels": ["good", "bad"], "inputs": {"text": ["text"]}, "description": "one", "cluster": None}
BEFORE = Circumstances(key=KEY, card=CARD, metric="accuracy@1", suite=1, benchwright="0.1.0", model="nightly")


def after(*, key=None, **changes):
    from dataclasses import replace

    return replace(BEFORE, key=msgspec.structs.replace(KEY, **(key or {})), **changes)


@pytest.mark.parametrize(
    ("later", "kind", "said"),
    [
        (after(key={"data": "bbbbbbbbbbbb"}), "data", "data (content hash aaaaaaaa → bbbbbbbb)"),
        (after(key={"split": "test"}), "split", "split dev → test"),
        (after(key={"limit": 100}), "limit", "--limit none → 100"),
        (after(key={"card": "x"}), "rules", "rules of the task (slices, clusters or groups of the items)"),
        (after(key={"inputs": ("text", "other")}), "rules", "rules of the task (inputs)"),
        (after(card={**CARD, "labels": ["good"]}), "rules", "rules of the task (labels)"),
        (after(card={**CARD, "rule": "official-2020"}), "rules", "rules of the task (rule)"),
        (after(card={**CARD, "something_new": 1}), "rules", "rules of the task (something_new)"),
        (after(metric="accuracy@2"), "metric", "metric accuracy@1 → accuracy@2"),
        (after(suite=2), "suite", "suite version 1 → 2"),
    ],
)
def test_other_data_metric_or_rules_break_a_line(later, kind, said):
    (mark,) = find_marks(BEFORE, later)

    assert (mark.kind, mark.sentence, mark.breaks) == (kind, said, True)


@pytest.mark.parametrize(
    ("later", "kind", "said"),
    [
        (after(key={"engine": 3}), "engine", "semantics of the engine 2 → 3"),
        (after(key={"precision": "fast"}), "precision", "precision exact → fast"),
        (after(key={"device": "cuda"}), "device", "device cpu → cuda"),
        (after(key={"seed": 1}), "seed", "seed 0 → 1"),
        (after(key={"versions": {"torch": "2.7"}}), "libraries", "torch 2.6 → 2.7"),
        (after(key={"adapter": "other"}), "adapter", "adapter transformers 1 → other 1"),
        (after(key={"options": {"c": "2"}}), "options", "options of the model (c none → 2)"),
        (after(benchwright="0.2.0"), "benchwright", "benchwright 0.1.0 → 0.2.0"),
        (after(model="weekly"), "model", "name of the model nightly → weekly"),
    ],
)
def test_how_answers_were_made_is_told_and_breaks_nothing(later, kind, said):
    (mark,) = find_marks(BEFORE, later)

    assert (mark.kind, mark.sentence, mark.breaks) == (kind, said, False)


def test_what_decides_no_value_is_no_mark():
    told = {**CARD, "description": "two", "notes": ["x"], "metrics": ["accuracy", "f1"], "cluster": []}

    assert find_marks(BEFORE, after(key={"model": "another"}, card=told)) == ()
    assert find_marks(BEFORE, after(card={**CARD, "inputs": {"text": ["text", "sentence"]}})) == ()


def test_a_score_by_an_older_version_of_its_metric_says_so_and_is_not_compared_with_a_newer_one(nights):
    """The first night's file is as an earlier version of the metric wrote it."""
    nights.add(150)
    nights.add(160)
    path = nights.store.run_path("night-1")
    path.write_text(path.read_text().replace("accuracy@1", "accuracy@0"))

    (line,) = benchwright.history("mood", "accuracy", store=nights.store).lines

    assert [point.metric for point in line.points] == ["accuracy@0", "accuracy@1"]
    assert [point.older for point in line.points] == ["accuracy@1", ""]
    assert [mark.kind for mark in line.points[1].marks] == ["metric"]
    assert line.points[1].change is None


def test_two_scores_by_an_older_version_are_not_paired_by_the_newer_one(nights):
    for right in (150, 160):
        run = nights.add(right)
        path = nights.store.run_path(run.name)
        path.write_text(path.read_text().replace("accuracy@1", "accuracy@0"))

    (line,) = benchwright.history("mood", "accuracy", store=nights.store).lines

    assert line.points[1].change.verdict == "not paired"
    assert "accuracy@1 is what is installed" in line.points[1].change.why
    assert line.points[1].change.value == pytest.approx(0.05)


def test_stored_values_that_are_not_those_of_the_records_are_not_called_a_paired_difference(nights):
    nights.add(150)
    run = nights.add(160)
    path = nights.store.run_path(run.name)
    path.write_text(path.read_text().replace('"value": 0.8,', '"value": 0.9,'))

    (line,) = benchwright.history("mood", "accuracy", store=nights.store).lines

    assert line.points[1].change.verdict == "not paired"
    assert "the records of night-2 give 0.8, and its stored value is 0.9" in line.points[1].change.why
