"""The long table: unrounded, one line per number, safe in a spreadsheet."""

from __future__ import annotations

import csv
import io

import msgspec

from benchwright.alarm import note
from benchwright.inert import inert
from benchwright.report_content.content import assemble
from benchwright.report_content.number_rows import COLUMNS as HEADER
from benchwright.report_content.plain import plain
from benchwright.types import ReportOptions
from benchwright_reports.csv import report


def lines_of(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_score_has_a_line(typical):
    """Task scores, metrics and slices are all there, unrounded."""
    run, records = typical
    lines = lines_of(report.render([run], records))
    found = {(line["model"], line["task"], line["metric"], line["slice"]): line for line in lines}

    for cell in run.cells:
        for score in [score for score in (cell.score, *cell.scores) if score]:
            line = found[cell.model, cell.task, score.metric, score.slice or ""]
            assert float(line["value"]) == score.value
            assert float(line["low"]) == score.low
            assert int(line["n"]) == score.n
    assert len(found) == len(lines)


def test_what_is_not_there_has_a_line_with_its_reason(typical):
    """Failed and refused results and missing averages are lines without a value."""
    run, records = typical
    lines = lines_of(report.render([run], records))
    without = [line for line in lines if line["status"] in {"failed", "refused", "no average"}]

    assert len(without) == 2 + 6
    assert all(line["value"] == "" and line["reason"] for line in without)


def test_line_ends_and_header(typical):
    """Lines end in LF and the header is the documented one."""
    run, records = typical
    text = report.render([run], records)

    assert "\r" not in text
    assert text.splitlines()[0] == ",".join(HEADER)


def test_examples_are_chosen_for_formats_that_show_some_alone(typical):
    """Choosing reads every answer once more; a format without examples says so, and every other part is the same."""
    run, records = typical
    whole, bare = (assemble([run], records, ReportOptions(), with_examples=wanted) for wanted in (True, False))

    assert whole.examples is not None
    assert bare.examples is None
    assert plain(bare) == plain(whole) | {"examples": None}


def test_no_text_is_a_formula(typical):
    """Text that a spreadsheet would run gets an apostrophe; negative numbers stay numbers."""
    run, records = typical
    cell = next(cell for cell in run.cells if cell.score)
    score = msgspec.structs.replace(
        cell.score, value=-0.25, low=-0.5, high=0.1, method="-1+cmd", alarms=(note("n", "@SUM(A1)"),)
    )
    cells = [
        msgspec.structs.replace(cell, model=model, score=score, scores=())
        for model in ("=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", "plain")
    ]
    text = report.render([msgspec.structs.replace(run, cells=tuple(cells), aggregates=())], records)
    lines = [line for line in lines_of(text) if line["status"] == "scored"]

    assert [line["model"] for line in lines] == ["'=HYPERLINK(1)", "'+1", "'-1", "'@x", "\\t=1", "plain"]
    assert {line["value"] for line in lines} == {"-0.25"}
    assert {line["method"] for line in lines} == {"'-1+cmd"}
    assert {line["alarms"] for line in lines} == {"'@SUM(A1)"}


def test_what_is_said_first_and_alarms_are_lines_without_a_number(typical):
    """The sentences of the page stand behind the numbers, told by their status."""
    run, records = typical
    content = assemble([run], records, ReportOptions())
    lines = lines_of(report.render([run], records))
    said = [line for line in lines if line["status"] in {"verdict", "alarm"}]

    assert [line["reason"] for line in said if line["status"] == "verdict"] == [*map(inert, content.verdict.sentences)]
    assert len([line for line in said if line["status"] == "alarm"]) == len(content.causes.causes) > 0
    assert not any(line["value"] for line in said)


def test_differences_have_lines_with_the_model_they_are_against(typical):
    """Value, interval, p and adjusted p of each difference, unrounded, and its verdict."""
    run, records = typical
    content = assemble([run], records, ReportOptions())
    lines = lines_of(report.render([run], records))
    found = {
        (line["model"], line["task"]): line
        for line in lines
        if line["metric"].startswith("difference(") and not line["slice"]
    }

    for one in content.differences.differences:
        line = found[one.second, one.path.partition("/")[2]]
        assert line["against"] == content.differences.first
        assert line["value"] == repr(one.delta)
        assert line["p_adjusted"] == ("" if one.p_adjusted is None else repr(one.p_adjusted))
