"""Markdown: within GitHub's limits, honest about what is cut, deaf to what data says."""

import re

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from benchwright.gating.outputs.html import write_html
from benchwright.gating.outputs.markdown import COMMENT, SUMMARY, marker, write_markdown


def test_what_needs_somebody_comes_first(made):
    """The verdict, then failed and open checks in full, the rest folded."""
    text = write_markdown(made.every_verdict())
    places = [
        text.index(part)
        for part in (
            "## Gate: FAIL",
            "### Failed (2)",
            "### Errors (1)",
            "### Cannot be told (1)",
            "<details><summary>Not comp",
        )
    ]
    assert places == sorted(places)
    assert "**told** (warning only) glue/sst2 accuracy" in text
    assert "waived by nlp-platform until 2026-12-01 (NLP-812): new locale" in text


def test_the_first_line_is_the_marker_of_these_rules(made):
    """Updating in place finds the comment by its first line, whatever the result."""
    good, bad = made.result([made.finding()]), made.result([made.finding("FAIL")])
    first = write_markdown(good).splitlines()[0]
    assert first == write_markdown(bad).splitlines()[0] == marker(good)
    assert re.fullmatch(r"<!-- benchwright-gate [0-9a-f]{12} -->", first)
    assert marker(made.result([], rules="other.toml")) != first


@pytest.mark.parametrize(("limit", "checks"), [(COMMENT, 1200), (SUMMARY, 6000), (20_000, 400)])
def test_it_fits_and_says_what_it_left_out(made, limit, checks):
    """Checks that do not fit are counted, none is dropped without a word."""
    result = made.many(checks)
    text = write_markdown(result, limit=limit)
    assert len(text.encode()) <= limit
    left = int(re.search(r"and ([\d,]+) more, left out", text)[1].replace(",", ""))
    assert text.count("- **quality**") + left == checks
    assert 0 < left < checks
    assert text.count("<details>") == text.count("</details>")


def test_large_tables_are_cut_at_a_row(made):
    """A folded table keeps its fence, and the count stands below it."""
    text = write_markdown(made.many(2000, "PASS"))
    left = int(re.search(r"\n\nand ([\d,]+) more, left out", text)[1].replace(",", ""))
    rows = [line for line in text.splitlines() if line.startswith("| **quality**")]
    assert len(rows) + left == 2000
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)
    assert len(text.encode()) <= COMMENT


def test_text_of_others_stays_text(made):
    """No mark-up, mention, link, table border or hidden comment comes from data."""
    lines = write_markdown(made.hostile()).splitlines()
    text = "\n".join(lines[1:])
    assert "<script" not in text
    assert "<img" not in text
    assert "<!--" not in text
    assert not re.search(r"[@#]\w", text)
    assert "http://" not in text
    assert not re.search(r"(?<!\\)`", text)
    assert not re.search(r"(?<!\\)\]\(", text)
    rows = [line for line in lines if line.startswith("| **")]
    assert rows
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5}


@settings(max_examples=60, deadline=None, derandomize=True, phases=[Phase.generate])
@given(data=st.data())
def test_anything_can_be_written(made, data):
    """Whatever the text: a file that can be encoded, with balanced folds."""
    text = write_markdown(data.draw(made.results))
    assert text.encode().decode() == text
    assert text.count("<details>") == text.count("</details>")


def test_what_bounds_decide_is_said_of_the_rules_that_are_there(made):
    """One end of them for quality, the whole interval for a limit on hardware; neither is said where no such rule is."""
    quality, speed = (
        made.finding(),
        made.finding(rule="speed", kind="budget", metric="latency_p90", value_unit="seconds"),
    )
    feet = [write_markdown(made.result(found)).splitlines()[-1] for found in ([quality], [speed], [quality, speed])]
    assert ["one-sided" in foot for foot in feet] == [True, False, True]
    assert ["the whole 95 % interval" in foot for foot in feet] == [False, True, True]
    page = write_html(made.result([quality, speed]))
    assert "passes where the whole 95 % interval keeps it" in page
    assert "whole 95 % interval" not in write_html(made.result([quality]))
