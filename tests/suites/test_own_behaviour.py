"""Options of behavioural suites: a user's own file, the first cases, which task serves them; and what is refused, with a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchwright.errors import ConfigError
from benchwright.task_refs import resolve_tasks

LINES = """
{"schema": 1, "name": "mine", "version": 3, "kind": "classify", "labels": ["negative", "positive"], "licence": "CC0"}
{"test": "not good", "type": "MFT", "capability": "Negation"}
{"test": "not good", "case": "0", "examples": [{"text": "It is not good."}], "target": "negative", "groups": {"about": "food"}}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "behaviour" / "mine.jsonl"
    path.parent.mkdir()
    path.write_text(LINES, encoding="utf-8")
    return path


def test_the_card_is_made_of_the_file(own: Path) -> None:
    (found,) = resolve_tasks([f"behaviour/mine?path={own}&trained_on=starter/sentiment&cases=5"])
    task = found.task
    assert found.path == "behaviour/mine"
    assert found.folders == {"test": own.parent}
    assert (task.behaviour, task.metrics, task.score_metrics) == (
        True,
        ("failure_rate", "flip_rate"),
        ("failure_rate",),
    )
    assert [(label.name, label.aliases) for label in task.labels] == [("negative", ("neg",)), ("positive", ("pos",))]
    assert (task.trained_on, task.licence, task.splits["test"].cases) == ("starter/sentiment", "CC0", 5)
    assert list(task.slices) == ["test", "capability", "type", "about"]


def test_a_data_folder_may_hold_the_suite(own: Path) -> None:
    (found,) = resolve_tasks(["behaviour/mine"], data=own.parents[1])
    assert found.folders == {"test": own.parent}


def test_options_of_a_task_that_ships_change_its_card() -> None:
    (plain,), (changed,) = resolve_tasks(["behaviour/sentiment"]), resolve_tasks(["behaviour/sentiment?cases=7"])
    assert not plain.is_made
    assert changed.is_made
    assert changed.folders is None
    assert [source.cases for source in changed.task.splits.values()] == [7]


def test_options_of_the_whole_suite_are_those_of_its_tasks() -> None:
    found = resolve_tasks(["behaviour?cases=7"])
    assert {one.task.name for one in found} == {"sentiment", "ner", "qa"}
    assert {one.explicit for one in found} == {False}
    assert {source.cases for one in found for source in one.task.splits.values()} == {7}


@pytest.mark.parametrize(
    ("selector", "told"),
    [
        ("behaviour/sentiment?case=7", "did you mean cases"),
        ("behaviour/sentiment?cases=0", "a whole number of 1 or more, or all"),
        ("behaviour/sentiment?path=x.jsonl", "my-sentiment"),
        ("behaviour/sentiment?trained_on=starter/topics", "did you mean topic"),
        ("behaviour/sentiment?trained_on=squad/v1", "is of the kind span"),
        ("behaviour/mine?cases=7", "path=FILE"),
        ("behaviour/mine?path=nowhere.jsonl", "no file nowhere.jsonl"),
        ("behaviour/mine", "unknown task behaviour/mine"),
    ],
)
def test_what_is_typed_wrongly_is_refused_with_what_to_type(selector: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve_tasks([selector])
    assert told in str(caught.value)


def test_own_data_with_gold_answers_have_no_failure_rate(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\ngood,1\nbad,0\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="failure_rate judges cases of behavioural tests"):
        resolve_tasks([f"classification/custom?path={tmp_path / 'a.csv'}&metrics=failure_rate"])


def test_one_name_cannot_stand_for_two_selections() -> None:
    with pytest.raises(ConfigError, match="two tasks are called behaviour/sentiment"):
        resolve_tasks(["behaviour/sentiment", "behaviour/sentiment?cases=7"])
