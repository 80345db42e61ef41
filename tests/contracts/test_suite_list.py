"""`check_suite` finds what it is for: each test breaks a good suite in one way and reads what is found."""

import msgspec
import pytest

from benchwright import registry
from benchwright.testing import check_suite
from benchwright.testing.fixtures import build_task
from benchwright.testing.imports import HEAVY, loaded_by
from benchwright.types import Aggregate, Hub, Kind, Label, Source

SUITE = registry.get("suites", "starter")
TASK = SUITE.tasks[0]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"metrics": ("acuracy",), "score": ()}, "nobody registers the metrics acuracy"),
        ({"metrics": ("pearson",), "score": ()}, "pearson is for regress, and the task is classify"),
        ({"score": ("precision",)}, "score names metrics that are not among the task's: precision"),
        ({"positive": "good"}, "positive is 'good', no label of the task"),
        ({"positive": None}, "f1 is that of one label, and `positive` names none"),
        ({"trained_on": "nowhere"}, "'nowhere' is no task of starter"),
        ({"trained_on": "gleu/sst2"}, "did you mean glue"),
        ({"trained_on": "glue/stsb"}, "glue/stsb is of kind regress"),
        ({"default_split": "test"}, "the default split 'test' is not among train, validation"),
        ({"sizes": {"dev": 3}}, "sizes are given of splits that are not there: dev"),
        ({"citation": " "}, "no citation"),
        ({"licence": ""}, "no licence"),
        ({"licence": "TODO"}, "the licence is a placeholder"),
        ({"citation": "Who wrote the data, and where they are described"}, "the citation is a placeholder"),
        ({"citation": "..."}, "the citation is a placeholder"),
        ({"citation": "<authors>, 2020"}, "the citation is a placeholder"),
        ({"citation": "Example sentences that `benchwright new` wrote"}, "and the data are others"),
        ({"inputs": {"text": ()}}, "inputs without a column name: text"),
        ({"inputs": {"text": ("body",)}}, "no column for the input 'text'"),
        ({"name": "my task"}, "['my task']"),
        ({"labels": (Label(name="negative", id=0),), "positive": None}, "1 labels, not 2 or more"),
    ],
)
def test_broken_task(change, found, found_by):
    """Each rule of a task's card is checked."""
    task = msgspec.structs.replace(TASK, **change)

    assert found in found_by(check_suite, msgspec.structs.replace(SUITE, tasks=(task, SUITE.tasks[1])))


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ((Label(name="no", id=0), Label(name="yes", id=0)), "two labels share an id"),
        ((Label(name="not so", id=0), Label(name="Not_So", id=1)), "'Not_So' means both 'not so' and 'Not_So'"),
        ((Label(name="no", id=0, aliases=("1",)), Label(name="yes", id=1)), "'1' names 'no', whose id is 0"),
    ],
)
def test_ambiguous_labels(labels, found, found_by):
    """Labels that could be mistaken for one another are found, whatever their spelling."""
    task = msgspec.structs.replace(TASK, labels=labels, positive=None)

    assert found in found_by(check_suite, msgspec.structs.replace(SUITE, tasks=(task,), aggregates=()))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"name": "begginer"}, "no suite is registered as 'begginer'"),
        ({"name": "glue"}, "the name 'glue' belongs to benchwright_suites.glue:suite of benchwright"),
        ({"version": 0}, "the version is 0"),
        ({"tasks": (TASK, TASK)}, "two tasks share a name"),
        ({"by_name": ("nothing",)}, "by_name names tasks that are not here: nothing"),
        ({"aggregates": (Aggregate(name="r", members=(("nothing",),)),)}, "r names tasks that are not here: nothing"),
        ({"aggregates": (Aggregate(name="r", members=(("topic", "topic"),)),)}, "r counts a task twice"),
        ({"aggregates": SUITE.aggregates * 2}, "two aggregates share a name"),
    ],
)
def test_broken_suite(change, found, found_by):
    """Each rule of a suite's card is checked."""
    assert found in found_by(check_suite, msgspec.structs.replace(SUITE, **change))


def test_unpinned_revision(found_by):
    """A hub source at a branch, whose rows may change under the reader, is found."""
    hub = Hub(repo="someone/data", split="train", revision="main")
    task = msgspec.structs.replace(TASK, splits={**TASK.splits, "train": Source(hub=hub)})

    said = found_by(check_suite, msgspec.structs.replace(SUITE, tasks=(task,), aggregates=()))

    assert "the train split is at 'main', not at 40 hex digits" in said


def test_everything_at_once(found_by):
    """One call tells every problem, each after the name of its check."""
    task = msgspec.structs.replace(TASK, metrics=("acuracy",), score=(), licence="", positive="good")

    said = found_by(check_suite, msgspec.structs.replace(SUITE, version=0, tasks=(task,), aggregates=()))

    assert said.startswith("the suite 'starter' fails 5 of ")
    assert said.count("\n- ") == 5


def test_heavy_import_is_seen(tmp_path, monkeypatch):
    """A module that imports pandas at its top is found, and one that does so inside a function is not."""
    (tmp_path / "top_heavy.py").write_text("import pandas\n")
    (tmp_path / "light.py").write_text("def load():\n    import pandas\n    return pandas\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert "pandas" in loaded_by("top_heavy", HEAVY)
    assert loaded_by("light", HEAVY) == []


TAGS = (Label(name="O", id=0), Label(name="B-X", id=1), Label(name="I-X", id=2))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            {"kind": Kind.TAG, "inputs": {"a": ("a",), "b": ("b",)}, "labels": TAGS},
            "has one input, the words, not a, b",
        ),
        ({"kind": Kind.TAG, "labels": TAGS[1:]}, "the tags of a task to tag have no O"),
        ({"kind": Kind.TAG, "labels": TAGS[:2]}, "types without both B- and I-: X"),
        ({"kind": Kind.TAG, "labels": (*TAGS, Label(name="S-X", id=3))}, "no tags of IOB2: S-X"),
        ({"kind": Kind.SPAN, "labels": ()}, "a span task has the inputs question, context, not text"),
        ({"kind": Kind.CHOOSE, "labels": ()}, "the last input of a task to choose is `options`, not text"),
        (
            {"kind": Kind.CHOOSE, "labels": (), "inputs": {"options": ("o",)}, "placeholder": "@"},
            "a placeholder needs an input before the options",
        ),
        ({"prepare": "json:nothing"}, "'json:nothing' of the task"),
    ],
)
def test_broken_form(change, found, found_by):
    """A task whose inputs or labels have not the form of its kind is found."""
    fields = {name: getattr(TASK, name) for name in TASK.__struct_fields__}
    task = build_task(**{"kind": TASK.kind, **fields, "positive": None, **change})

    assert found in found_by(check_suite, msgspec.structs.replace(SUITE, tasks=(task,), aggregates=()))


def test_broken_custom(found_by):
    """A custom task that names no function is found."""
    said = found_by(check_suite, msgspec.structs.replace(SUITE, custom={"own": "json:nothing"}))

    assert "'json:nothing' of the suite" in said
