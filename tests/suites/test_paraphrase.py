"""The cards of paraphrase identification, and what is read from the real and the official files."""

from collections import Counter

import pytest

from benchwright.data.load import load
from benchwright.testing import check_suite
from benchwright_suites.paraphrase import suite


def read(folder, name, split):
    return load(suite.task(name), split, suite=suite, folder=folder, offline=True)


def test_contract():
    """The suite keeps the contract of suites, and class 1 is the paraphrase."""
    assert "survives JSON" in check_suite(suite)
    assert {task.label_names for task in suite.tasks} == {("not_paraphrase", "paraphrase")}
    assert {task.positive for task in suite.tasks} == {"paraphrase"}


@pytest.mark.realdata
def test_published_file(shared_data):
    """Rows, label counts and the first sentence of the real file are those published; pairs of one sentence are linked."""
    data = read(shared_data, "pawsx_en", "validation")

    assert Counter(example.target for example in data.examples) == {"paraphrase": 863, "not_paraphrase": 1137}
    assert data.examples[0].inputs["sentence1"].startswith("From the merger of the Four Rivers Council")
    assert len({example.cluster or example.id for example in data.examples}) == 1201
    assert data.notes == ()


@pytest.mark.parametrize(
    ("name", "split", "file"),
    [
        ("paws", "test", "final/test.tsv"),
        ("paws", "validation", "PAWS/dev.tsv"),
        ("pawsx_en", "test", "x-final/en/test_2k.tsv"),
        ("pawsx_en", "validation", "x-final/en/dev_2k.tsv"),
        ("pawsx_en", "train", "x-final/en/train.tsv"),
    ],
)
def test_official_files(tmp_path, name, split, file):
    """The official downloads are read, quotes and all."""
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text('id\tsentence1\tsentence2\tlabel\n1\tHe said "a\tHe "said" a\t1\n')

    (example,) = read(tmp_path, name, split).examples

    assert example.target == "paraphrase"
    assert example.inputs == {"sentence1": 'He said "a', "sentence2": 'He "said" a'}
