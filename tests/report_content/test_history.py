"""The section `History` of a report."""

import importlib.util
import json
from pathlib import Path

import pytest

from benchwright import reporting
from benchwright.render.grid import build_grid
from benchwright.report_content.history import find_history
from benchwright.types import ReportOptions

ASKED = ReportOptions(history=True)


@pytest.fixture
def nights(tmp_path):
    """Nightly runs to be written, as in the tests of `score_history`."""
    path = Path(__file__).parents[1] / "score_history" / "conftest.py"
    spec = importlib.util.spec_from_file_location("nights_of_history", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Nights(tmp_path / "store")


def section(nights, *names, options=ASKED):
    runs = [nights.store.read_run(name) for name in names]
    return find_history(runs, build_grid(runs), options)


def test_it_is_there_only_when_asked_for(nights):
    nights.add(150)
    nights.add(160)

    assert section(nights, "night-2", options=ReportOptions()) is None
    (row,) = section(nights, "night-2").rows
    assert (row.task, row.model, row.measurements) == ("mine/mood", "nightly", 2)
    assert (row.change, row.since) == ("+5.00", "night-1")


def test_where_nothing_was_measured_earlier_it_says_so(nights, tmp_path):
    nights.add(150)

    assert section(nights, "night-1").rows == ()
    reporting.report("night-1", tmp_path / "page.html", store=nights.store.root, history=True)
    assert "No earlier run of the store" in (tmp_path / "page.html").read_text()


def test_real_losses_come_first(nights):
    """The card is that of one task; three models, of which the second loses 30 of 200 answers."""
    for model, first, then in (("a", 150, 151), ("b", 150, 120), ("c", 150, 180)):
        nights.add(first, model=model, name=f"{model}1")
        nights.add(then, model=model, name=f"{model}2")

    rows = section(nights, "a2", "b2", "c2").rows

    assert [(row.model, row.verdict, row.is_worse) for row in rows] == [
        ("b", "worse", True),
        ("c", "better", False),
        ("a", "not distinguishable", False),
    ]


def test_later_runs_change_nothing_of_a_report_over_earlier_ones(nights, tmp_path):
    nights.add(150)
    nights.add(160)
    before = reporting.report("night-2", tmp_path / "before.html", store=nights.store.root, history=True)
    nights.add(120)
    after = reporting.report("night-2", tmp_path / "after.html", store=nights.store.root, history=True)

    assert before.read_bytes() == after.read_bytes()


def test_a_break_is_drawn_and_told_and_not_compared(nights):
    nights.add(150, data="one")
    nights.add(152, data="one")
    nights.add(100, data="two")

    (row,) = section(nights, "night-3").rows

    assert row.verdict == "not compared: data (content hash one → two)"
    assert row.change == ""
    assert row.trend.strokes.count("M") == 1
    assert row.trend.breaks.count("M") == 1
    assert row.trend.told == "3 values from 50.00 to 76.00, 1 break"


def test_messages_that_may_quote_texts_are_left_out_without_inputs(nights, tmp_path):
    nights.add(150)
    nights.add("example 7 failed: the secret text")
    nights.add(160)

    for options in ({"inputs": False}, {}):
        path = reporting.report("night-3", tmp_path / "r.json", store=nights.store.root, history=True, **options)
        text = path.read_text()
        assert ("secret" in text) == (options == {})
        lines = json.loads(text)["sections"]["history"]["lines"]
        assert [point["value"] for point in lines[0]["points"]] == [0.75, None, 0.80]


def test_names_from_data_do_nothing_in_a_page(nights, tmp_path):
    nights.add(150, data="<script>one")
    nights.add(152, data="<b>two")
    page = reporting.report("night-2", tmp_path / "r.html", store=nights.store.root, history=True).read_text()

    assert "<script>one" not in page
    assert "<b>two" not in page
    assert "&lt;b&gt;two" in page
