"""A user's own suite, from the file to the scores."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import benchwright
from benchwright.cli.main import call
from benchwright.types import Run

SUITE = """
{"schema": 1, "name": "mine", "version": 1, "kind": "classify", "labels": ["negative", "positive"], "n_tests": 3, "n_cases": 6}
{"test": "not good", "type": "MFT", "capability": "Negation", "description": "a negated good word is negative"}
{"test": "not good", "case": "0", "examples": [{"text": "It is not good."}], "target": "negative", "template": "It is not {adj}."}
{"test": "not good", "case": "1", "examples": [{"text": "It is not great."}], "target": "negative", "template": "It is not {adj}."}
{"test": "is good", "type": "MFT", "capability": "Vocabulary"}
{"test": "is good", "case": "0", "examples": [{"text": "It is good."}, {"text": "It is great."}], "target": "positive"}
{"test": "typos", "type": "INV", "capability": "Robustness"}
{"test": "typos", "case": "0", "examples": [{"text": "It is awful."}, {"text": "It is awfull."}]}
{"test": "typos", "case": "1", "examples": [{"text": "It is bad."}, {"text": "It is bda."}, {"text": "It si bad."}]}
{"test": "typos", "case": "2", "examples": [{"text": "I loved it."}, {"text": "I lovd it."}]}
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mine") / "store"


@pytest.fixture(scope="module")
def run(store: Path) -> Run:
    path = store.with_name("mine.jsonl")
    path.write_text(SUITE, encoding="utf-8")
    selector = f"behaviour/mine?path={path}&trained_on=starter/sentiment"
    return benchwright.evaluate(["constant:positive", "tfidf"], suite=selector, store=store)


def test_a_constant_model_passes_every_inv_and_fails_the_mfts_of_the_other_label(run: Run) -> None:
    cell = next(cell for cell in run.cells if cell.model == "constant-positive")
    values = {score.metric: (score.value, score.n) for score in cell.scores if score.slice is None}
    assert values == {"failure_rate@1": (2 / 6, 6), "flip_rate@1": (0.0, 3)}
    slices = {score.slice: score.value for score in cell.scores if score.metric == "failure_rate@1" and score.slice}
    assert slices["type=INV"] == 0.0
    assert [one.code for one in cell.alarms] == ["constant-baseline"]


def test_intervals_are_clustered_by_template(run: Run) -> None:
    cell = run.cells[0]
    assert cell.score is not None
    assert (cell.score.clusters, cell.score.unit, cell.score.method) == (5, "case", "wilson-clustered")


def test_nothing_is_said_of_failures_in_a_slice_that_is_not_there(
    run: Run, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = ["show", run.name, "--store", str(store), "--worst", "2"]
    for form in ([], ["--format", "json"]):
        assert call([*shown, "--slice", "test=not there", *form]) == 2
        assert "no slice 'test=not there'" in capsys.readouterr().err
    assert call([*shown, "--slice", "test=not good"]) == 0
    assert "in the slice test=not good: 2 of 2 of constant-positive" in capsys.readouterr().out


OTHER = {
    "regress": (
        [
            {"schema": 1, "name": "other", "version": 1, "kind": "regress"},
            {"test": "same", "type": "MFT", "capability": "Likeness"},
            {"test": "same", "case": "0", "examples": [{"a": "A dog.", "b": "A dog."}], "target": 5},
            {"test": "same", "case": "1", "examples": [{"a": "A dog.", "b": "A car."}], "target": 2.55},
            {"test": "order", "type": "INV", "capability": "Symmetry"},
            {"test": "order", "case": "0", "examples": [{"a": "A", "b": "B"}, {"a": "B", "b": "A"}]},
        ],
        "constant:2.5",
        {"failure_rate@1": (1 / 3, 3)},
    ),
    "choose": (
        [
            {"schema": 1, "name": "other", "version": 1, "kind": "choose"},
            {"test": "goes on", "type": "MFT", "capability": "Sense"},
            {
                "test": "goes on",
                "case": "0",
                "examples": [{"text": "It rained.", "options": ["Wet.", "Dry."]}],
                "target": 0,
            },
            {
                "test": "goes on",
                "case": "1",
                "examples": [{"text": "It shone.", "options": ["Wet.", "Dry."]}],
                "target": 1,
            },
            {"test": "typo", "type": "INV", "capability": "Robustness"},
            {
                "test": "typo",
                "case": "0",
                "examples": [
                    {"text": "It shone.", "options": ["Wet.", "Dry."]},
                    {"text": "It shon.", "options": ["Wet.", "Dry."]},
                ],
            },
        ],
        "constant:1",
        {"failure_rate@1": (1 / 3, 3), "flip_rate@1": (0.0, 1)},
    ),
}


@pytest.mark.parametrize("kind", OTHER)
def test_other_kinds_go_the_same_way(kind: str, tmp_path: Path) -> None:
    rows, model, expected = OTHER[kind]
    path = tmp_path / "other.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    run = benchwright.evaluate(model, suite=f"behaviour/other?path={path}", store=tmp_path / "store")
    (cell,) = run.cells
    assert {score.metric: (score.value, score.n) for score in cell.scores if score.slice is None} == expected
    assert [line for line in str(run).splitlines() if "failure_rate" in line]
    run.report(tmp_path / "r.html")
    frame = run.records()
    assert len(frame) == 4


def test_independent_units_are_those_of_the_cases_that_count(run: Run) -> None:
    """Flips are asked of three cases of six, each on its own; the other three say nothing of them."""
    units = {score.metric: score.clusters for score in run.cells[0].scores if score.slice is None}
    assert units == {"failure_rate@1": 5, "flip_rate@1": 3}


def test_a_suite_of_ones_own_without_its_file_is_told_how_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["run", "constant:positive", "--store", str(tmp_path / "store"), "--suite"]
    assert call([*asked, "behaviour/mine"]) == 2
    assert "--suite 'behaviour/mine?path=mine.jsonl', or mine.jsonl in the folder of --data" in capsys.readouterr().err
    assert call([*asked, "behaviour/sentimnt"]) == 2
    assert "did you mean sentiment?" in capsys.readouterr().err
