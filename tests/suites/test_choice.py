"""The cards of multiple choice, and what is read from the real, the official and the hub's layout."""

import json
from collections import Counter

import pytest

from benchwright.data.load import load
from benchwright.errors import DataError
from benchwright.testing import check_suite
from benchwright_suites.choice import options, suite


def read(folder, name, split):
    return load(suite.task(name), split, suite=suite, folder=folder, offline=True)


def test_contract():
    """The suite keeps the contract of suites."""
    assert "survives JSON" in check_suite(suite)
    assert [task.name for task in suite.tasks] == ["openbookqa", "arc_easy", "arc_challenge"]


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "split", "rows", "sizes", "notes"),
    [
        ("openbookqa", "validation", 500, {4: 500}, ()),
        ("openbookqa", "test", 500, {4: 500}, ()),
        ("arc_easy", "validation", 549, {4: 548, 3: 1}, ("21 rows: left out: its options are blank",)),
        (
            "arc_challenge",
            "validation",
            294,
            {4: 291, 3: 3},
            (
                "4 rows: left out: its options are blank",
                "1 row: left out: its key is E, and there is no such option",
            ),
        ),
    ],
)
def test_real_files(shared_data, name, split, rows, sizes, notes):
    """Rows and options are those of the files; rows that cannot be answered are left out, and counted."""
    data = read(shared_data, name, split)

    assert len(data.examples) == rows
    assert Counter(len(example.inputs["options"]) for example in data.examples) == sizes
    assert all(example.inputs["options"][example.target] for example in data.examples)
    assert set(notes) <= set(data.notes)
    if name.startswith("arc"):
        assert data.notes[0] == "the file is called a test set, but holds the validation set"


@pytest.mark.realdata
def test_files_of_arc_are_no_test_set(shared_data):
    """The misnamed files of ARC do not stand in for its test split."""
    with pytest.raises(DataError, match="arc_easy, test split: no file"):
        read(shared_data, "arc_easy", "test")


TEXTS = ["fish", "birds", "apes"]
FORMS = {
    "release": {"id": "1", "question": {"stem": "Who flies?", "choices": [{"text": t, "label": m} for t, m in zip(TEXTS, "ABC", strict=True)]}, "answerKey": "B"},
    "digits": {"id": "1", "question": {"stem": "Who flies?", "choices": [{"text": t, "label": m} for t, m in zip(TEXTS, "123", strict=True)]}, "answerKey": "2"},
    "arc hub": {"id": "1", "question": "Who flies?", "choices": {"text": TEXTS, "label": ["A", "B", "C"]}, "answerKey": "B"},
    "obqa hub": {"id": "1", "question_stem": "Who flies?", "choices": {"text": TEXTS, "label": ["A", "B", "C"]}, "answerKey": "B"},
    "tsv": {"ID": "1", "Question Stem": "Who flies?", "Choices": "(A) fish (B) birds (C) apes", "Answer Key": "B"},
    "csv": {"question": "Who flies?", "A": "fish", "B": "birds", "C": "apes", "D": "", "answerKey": "B"},
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_one_row(form):
    """Letters or digits, lists or columns: the same stem, options and right number."""
    (made,) = options(FORMS[form])

    assert (made["stem"], made["options"], made["right"]) == ("Who flies?", TEXTS, 1)


def test_five_options():
    """A fifth option is an option."""
    row = {"question": "?", "choices": {"text": list("vwxyz"), "label": list("ABCDE")}, "answerKey": "E"}

    assert options(row)[0]["right"] == 4


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"answerKey": "7"}, "the key is '7', none of A, B, C"),
        ({"A": ""}, "option 1 of 3 is blank"),
        ({"question": " "}, "there is no question"),
    ],
)
def test_malformed_rows(change, said):
    """A key of another kind, a gap among the options and an absent question are told."""
    with pytest.raises(ValueError, match=said):
        options({**FORMS["csv"], **change})


def test_marks_out_of_order():
    """Options of OpenBookQA are cut at their marks, which are in order."""
    with pytest.raises(ValueError, match="not marked"):
        options({**FORMS["tsv"], "Choices": "(B) fish (A) birds"})


def test_no_key(tmp_path):
    """A row without a key is unlabelled, never option 0."""
    folder = tmp_path / "OpenBookQA"
    folder.mkdir()
    (folder / "test.jsonl").write_text(json.dumps({**FORMS["release"], "answerKey": ""}) + "\n")

    with pytest.raises(DataError, match="no gold labels"):
        read(tmp_path, "openbookqa", "test")
