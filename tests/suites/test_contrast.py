"""Contrast sets: pairs of rows from two files, sets of questions from one, and the suite that names robustness sets."""

import json
from collections import Counter

import pytest

import benchwright
from benchwright import registry
from benchwright.data.load import load
from benchwright.errors import ConfigError, DataError
from benchwright.testing import check_suite
from benchwright_suites.contrast import boolq_questions, suite


def read(folder, name, split):
    return load(suite.task(name), split, suite=suite, folder=folder, offline=True)


def test_contract():
    assert "survives JSON" in check_suite(suite)


@pytest.mark.realdata
@pytest.mark.parametrize(("split", "pairs"), [("test", 488), ("validation", 100)])
def test_a_review_and_its_contrast_are_one_set_with_opposite_labels(shared_data, split, pairs):
    data = read(shared_data, "imdb", split)
    first, second = data.examples[:pairs], data.examples[pairs:]

    assert len(second) == pairs
    assert [one.group for one in first] == [one.group for one in second]
    assert {(one.slices["part"], other.slices["part"]) for one, other in zip(first, second, strict=True)} == {
        ("original", "contrast")
    }
    assert all(one.target != other.target for one, other in zip(first, second, strict=True))
    assert not data.notes


@pytest.mark.realdata
def test_boolq_has_69_sets_with_335_changed_questions(shared_data):
    data = read(shared_data, "boolq", "test")

    assert Counter(one.slices["part"] for one in data.examples) == {"original": 69, "contrast": 335}
    assert len({one.group for one in data.examples}) == 69
    assert not data.notes


@pytest.mark.realdata
def test_consistency_is_the_share_of_sets_that_are_wholly_right(shared_data, tmp_path):
    """By hand: always `true` is right on the sets in which every answer is TRUE, and a pair of IMDb has both labels."""
    run = benchwright.evaluate(
        "constant:1", ["contrast/boolq", "contrast/imdb"], data=shared_data, store=tmp_path, offline=True
    )
    sets = json.loads((shared_data / "robustness/contrast_sets/BoolQ/boolq_perturbed.json").read_text())["data"][1:]
    right = [
        all(one["answer"] == "TRUE" for one in [each, *(q for q in each["perturbed_questions"] if q["perturbed_q"])])
        for each in sets
    ]
    boolq, imdb = run.cells

    assert boolq.task_path == "contrast/boolq"
    assert boolq.score.value == pytest.approx(sum(right) / 69)
    assert (boolq.score.n, boolq.score.unit) == (69, "set")
    assert (imdb.score.value, imdb.score.n) == (0.0, 488)
    accuracy = {score.slice: score.value for score in imdb.scores if score.metric.startswith("accuracy")}
    assert accuracy[None] == 0.5
    assert accuracy["part=original"] + accuracy["part=contrast"] == pytest.approx(1)


def test_a_row_without_its_questions_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no list of questions"):
        boolq_questions({"question": "is it", "answer": "TRUE", "paragraph": "It is."})
    (tmp_path / "boolq_perturbed.json").write_text(json.dumps({"data": [{"question": "q", "answer": "TRUE"}]}))
    with pytest.raises(DataError, match="no list of questions"):
        read(tmp_path, "boolq", "test")


def test_an_original_without_its_contrast_file_is_missing_not_half_read(tmp_path):
    (tmp_path / "test_original.tsv").write_text("Sentiment\tText\nPositive\tfine\n")
    with pytest.raises(ConfigError, match=r"test_contrast\.tsv is missing"):
        benchwright.evaluate("constant:1", "contrast/imdb", data=tmp_path, store=tmp_path / "store", offline=True)


def test_the_sets_are_tasks_of_other_suites_under_their_own_names(tmp_path):
    assert "included tasks are there" in check_suite(registry.get("suites", "robustness_sets"))
    for part in ("original", "contrast"):
        label = "Positive" if part == "original" else "Negative"
        (tmp_path / f"test_{part}.tsv").write_text(f"Sentiment\tText\n{label}\t{part}\n")
    run = benchwright.evaluate("constant:1", "robustness_sets", data=tmp_path, store=tmp_path / "s", offline=True)
    found = {cell.task_path: cell.status for cell in run.cells}

    assert found["contrast/imdb"] == "scored"
    assert found["nli/hans"] == "missing"
    assert len(found) == 14
