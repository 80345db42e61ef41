"""SEAT: 46 tests, each one JSON object; texts as often as they stand there; run by name alone."""

import json
from pathlib import Path

import pytest

from benchwright.data.load import load
from benchwright.errors import ConfigError, DataError
from benchwright.task_refs import resolve_tasks
from benchwright_suites._bias.seat import TESTS, seat
from benchwright_suites.bias import suite


def resolved(selector):
    (one,) = resolve_tasks([selector])
    return one.task


def write(folder, name="sent-weat6", **changes):
    """A data folder with one test; a set is given as a list of its texts, None leaves it out."""
    sets = {
        "targ1": ["This is John.", "This is John."],
        "targ2": ["This is Amy.", "Amy is here."],
        "attr1": ["a", "b"],
        "attr2": ["c", "d"],
    }
    sets |= changes
    (folder / "SEAT").mkdir(exist_ok=True)
    document = {key: {"category": key, "examples": texts} for key, texts in sets.items() if texts is not None}
    (folder / "SEAT" / f"{name}.jsonl").write_text(json.dumps(document, indent=2))
    return Path(folder)


def read(folder, task):
    return load(task, "test", suite=suite, folder=folder, offline=True)


@pytest.mark.realdata
def test_all_46_tests_of_the_release(shared_data):
    """9,951 texts, none lower-cased, each with its test and set."""
    data = read(shared_data, seat)
    tests = {example.slices["test"] for example in data.examples}
    first = next(example for example in data.examples if example.slices["test"] == "sent-weat6/mean/last")

    assert len(data.examples) == 9_951
    assert tests == {f"{name}/mean/last" for name in TESTS}
    assert (first.inputs, first.target) == ({"text": "This is John."}, "targ1")


def test_a_text_that_stands_twice_is_two_rows(tmp_path):
    """As the release counts it."""
    data = read(write(tmp_path), resolved("bias/seat?test=sent-weat6"))
    assert [(example.inputs["text"], example.target) for example in data.examples[:4]] == [
        ("This is John.", "targ1"),
        ("This is John.", "targ1"),
        ("This is Amy.", "targ2"),
        ("Amy is here.", "targ2"),
    ]


def test_the_suite_asked_for_whole_leaves_it_out():
    """Its data are not for commercial use; by name it runs."""
    assert "bias/seat" not in {one.path for one in resolve_tasks(["bias"])}
    assert resolve_tasks(["bias/seat"])[0].task == seat
    assert {caveat.kind for caveat in seat.caveats} == {"contested", "non-commercial"}
    assert seat.unranked


def test_pooling_and_layer_stand_in_names():
    """Of the task and of every slice, so that two of them in one run are two."""
    task = resolved("bias/seat?test=sent-weat6,weat6&pooling=cls&layer=3")
    assert (task.name, task.pooling, task.layer) == ("seat_cls_3", "cls", 3)
    assert task.splits["test"].files[0].values == {"test": ("sent-weat6/cls/layer3", "weat6/cls/layer3")}
    assert resolved("bias/seat?layer=-1").name == "seat_mean_last"
    assert len(resolve_tasks(["bias/seat", "bias/seat?pooling=cls", "bias/seat?layer=0"])) == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("test=weat6,weat66", "bias/seat has no test 'weat66'"),
        ("test=,", "test= names no test"),
        ("pooling=min", "pooling=min"),
        ("layer=last", "layer=last"),
        ("tests=weat6", "bias/seat has no option 'tests'"),
    ],
)
def test_options_that_mean_nothing_are_refused(options, said):
    """With what would."""
    with pytest.raises(ConfigError, match=said):
        resolve_tasks([f"bias/seat?{options}"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"attr2": None}, r"its keys are 'targ1', 'targ2', 'attr1', and those of a test targ1, targ2, attr1, attr2"),
        ({"attr3": ["x", "y"]}, r"its keys are .*'attr3', and those of a test"),
        ({"attr1": []}, r"'attr1' has 0 examples; at least 2 are needed"),
        ({"targ1": ["John"], "targ2": ["Amy"]}, r"'targ1' has 1 example; at least 2 are needed"),
        (
            {"targ1": ["John", "Paul", "Mike"]},
            r"'targ1' has 3 examples and 'targ2' 2; .* partitions into sets of one size",
        ),
        ({"attr1": ["a", 3]}, r"'attr1' holds no list `examples` of texts"),
        ({"attr1": ["a", " "]}, r"'attr1' holds no list `examples` of texts"),
        ({"attr1": "ab"}, r"'attr1' holds no list `examples` of texts"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path, changes, said):
    """Other keys, an empty set, one example, sets of two sizes, things that are no texts."""
    with pytest.raises(DataError, match=said):
        read(write(tmp_path, **changes), resolved("bias/seat?test=sent-weat6"))


@pytest.mark.parametrize("content", ["[]", '"text"', "3", '{"targ1": {}, "targ1": {}}', '{"targ1": '])
def test_a_file_that_holds_no_object_is_refused(tmp_path, content):
    """Whatever it holds, with its name."""
    (tmp_path / "SEAT").mkdir()
    (tmp_path / "SEAT" / "sent-weat6.jsonl").write_text(content)
    with pytest.raises(DataError, match=r"SEAT/sent-weat6\.jsonl"):
        read(tmp_path, resolved("bias/seat?test=sent-weat6"))
