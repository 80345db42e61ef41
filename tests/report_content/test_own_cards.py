"""Runs in which one name means several tasks of a user's own: each result is read by the card of its own run."""

import csv
import json

import pytest

import benchwright
from benchwright import reporting
from benchwright.render.grid import RankTier, build_grid
from benchwright.render.summary import place
from benchwright.report_content.calibration import find_calibration
from benchwright.report_content.standings import standings_of
from benchwright.report_request import ReportRequest
from benchwright.store import Store

ROWS = 120


@pytest.fixture
def run(tmp_path):
    """Runs answers of which nine in ten are right, with labels in an order; a task of that name every time."""

    def perform(name, labels, options=""):
        said = [labels[at % len(labels)] for at in range(ROWS)]
        path, answers = tmp_path / f"{name}.csv", tmp_path / f"{name}.jsonl"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(
                [["text", "label", "lang"], *([f"t{at}", one, f"l{at % 2}"] for at, one in enumerate(said))]
            )
        rest = 0.2 / (len(labels) - 1)
        rows = (
            {"index": at, "label": one, "scores": {o: 0.8 if o == one else rest for o in labels}}
            for at, one in enumerate(said[1:10] + said[9:])
        )
        answers.write_text("\n".join(map(json.dumps, rows)))
        selector = f"classification/custom?path={path}&slice=lang&labels={','.join(labels)}{options}"
        return benchwright.evaluate(f"m=predictions:{answers}", selector, store=tmp_path / "store", name=name)

    return perform


def test_probabilities_are_read_in_the_order_of_their_own_labels(run, tmp_path):
    """The same answers with `labels=` the other way round have the same confidence."""
    runs = [run("one", ["bad", "good"]), run("other", ["good", "bad"])]
    found = find_calibration(build_grid(runs), Store(tmp_path / "store").read_records)

    assert [row.confidence for row in found.rows] == pytest.approx([0.8, 0.8])


def test_no_model_leads_among_tasks_that_share_a_name(run):
    """Nine in ten of one file and seven in ten of another say nothing of who is better."""
    runs = [run("one", ["bad", "good"]), run("other", ["x", "y"])]
    grid = build_grid(runs)

    assert set(place(grid.columns[0]).values()) == {RankTier.ALONE}
    assert set(standings_of(grid, None)[0].places.values()) == {"alone"}


def test_other_labels_of_one_name_make_a_report(run, tmp_path):
    """Labels that another run lacks, and sets of labels, are no mistake of either run: every number is there."""
    run("one", ["bad", "good"])
    run("other", ["x", "y", "z"])
    run("sets", ["bad", "x"], options="&multilabel=true")
    written, _ = reporting.compose(
        Store(tmp_path / "store"), ("one", "other", "sets"), ReportRequest(), path=None, name="markdown"
    )

    assert "different definitions of classification/custom" in written.text
