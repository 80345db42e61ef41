"""A user's own suite, from the file to the scores."""

from __future__ import annotations

from pathlib import Path

import pytest

import benchwright
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


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "mine.jsonl").write_text(SUITE, encoding="utf-8")
    selector = f"behaviour/mine?path={tmp_path / 'mine.jsonl'}&trained_on=starter/sentiment"
    return benchwright.evaluate(["constant:positive", "tfidf"], suite=selector, store=tmp_path / "store")


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
