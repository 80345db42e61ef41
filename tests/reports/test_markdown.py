"""The Markdown comment: short, escaped, and true to the scores."""

from __future__ import annotations

import msgspec
import pytest

from benchwright.inert import markdown_html_text, markdown_text
from benchwright_reports.markdown import LIMIT, MarkdownReport

report = MarkdownReport()


@pytest.fixture(scope="module")
def text(typical):
    run, records = typical
    return report.render([run], records)


def test_every_table_line_has_as_many_cells(text):
    """Rows of a table have the columns of its head, so no text breaks out of its cell."""
    width = None
    for line in text.splitlines():
        if not line.startswith("|"):
            width = None
            continue
        cells = line.replace("\\|", "").count("|")
        assert width in {None, cells}
        width = cells


def test_numbers_equal_the_scores(text, typical):
    """Each score is in the line of its model with its interval."""
    run, _ = typical
    lines = {line.split("**")[1]: line for line in text.splitlines() if line.startswith("| **")}
    for cell in run.cells:
        if cell.status == "scored":
            assert f"{cell.score.value * 100:.2f}" in lines[cell.model]
            assert f"\\[{cell.score.low * 100:.2f}, {cell.score.high * 100:.2f}\\]" in lines[cell.model]


def test_missing_tasks_give_no_average(text):
    """The table is called partial and names what is missing."""
    assert "**Partial table**" in text
    assert "**no average**<br>missing: stsb" in text


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a|b", "a\\|b"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("mnli_mm", "mnli\\_mm"),
        ("# head", "\\# head"),
        ("1. one", "1\\. one"),
        ("82.5", "82.5"),
        ("two\nlines", "two lines"),
        ("@team see #12", "@&ZeroWidthSpace;team see #&ZeroWidthSpace;12"),
        ("https://x.org", "https:&ZeroWidthSpace;//x.org"),
    ],
)
def test_escape(given, expected):
    """Text stays text in GitHub's Markdown: no cell border, tag, heading, mention, issue or link."""
    assert markdown_text(given) == expected


def test_escape_html_adds_no_backslash():
    """Inside an HTML line nothing is escaped the Markdown way."""
    assert markdown_html_text("a_b <i> @me") == "a_b &lt;i&gt; @&ZeroWidthSpace;me"


def test_what_does_not_fit_is_named(typical):
    """A comment that would be too long leaves parts out, says which, and keeps the findings."""
    run, records = typical
    cells = tuple(
        msgspec.structs.replace(cell, task=f"{cell.task}-{at}-" + "x" * 60, score=cell.score)
        for at in range(40)
        for cell in run.cells
    )
    text = report.render([msgspec.structs.replace(run, cells=cells)], records)

    assert len(text) < LIMIT
    assert "Left out to stay short" in text
    assert text.startswith("## benchwright: glue-dev-candidates")
