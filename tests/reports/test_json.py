"""The JSON document: its schema, unrounded numbers, and nothing of the page left out."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import jsonschema
import pytest

from benchwright.report_content.content import assemble
from benchwright.testing.capability_samples import CAPABILITY_SAMPLES
from benchwright.testing.write_run import SAMPLES
from benchwright.types import ReportOptions
from benchwright_reports.json import SCHEMA, report

PUBLISHED = json.loads(
    (Path(__file__).parents[2] / "docs" / "schema" / "report.schema.json").read_text(encoding="utf-8")
)
TOP = {
    "title": "title",
    "runs": "runs",
    "grid": "tasks",
    "roles": "reference",
    "headline": "headline",
    "verdict": "verdict",
    "findings": "findings",
    "warnings": "cautions",
    "alarms": "alarms",
    "tables": "numbers",
    "versions": "tasks",
    "facts": "runs",
    "options": "notes",
}
"""Field of a report -> the key that says the same."""


@pytest.fixture(scope="module")
def document(typical):
    run, records = typical
    return json.loads(report.render([run], records, ReportOptions(author="Ada", notes=("*hi*",))))


def test_the_schema_is_a_schema_of_this_version():
    jsonschema.Draft202012Validator.check_schema(PUBLISHED)

    assert PUBLISHED["properties"]["schema"] == {"const": SCHEMA}


@pytest.mark.parametrize("name", [*SAMPLES, *CAPABILITY_SAMPLES])
def test_every_sample_fits_the_published_schema(name):
    sample = {**SAMPLES, **CAPABILITY_SAMPLES}[name]()

    written = json.loads(report.render(sample.runs, sample.records))
    assert [one.message for one in jsonschema.Draft202012Validator(PUBLISHED).iter_errors(written)] == []


def test_numbers_are_those_of_the_run_and_unrounded(document, typical):
    jsonschema.validate(document, PUBLISHED)
    run, _ = typical
    found = {
        (row["model"], row["task"], row["metric"], row.get("slice")): row
        for row in document["numbers"]
        if row["status"] == "scored" and "task" in row
    }

    for cell in run.cells:
        for score in [score for score in (cell.score, *cell.scores) if score]:
            row = found[cell.model, cell.task, score.metric, score.slice]
            assert (row["value"], row["low"], row["high"], row["n"]) == (score.value, score.low, score.high, score.n)


def test_what_is_not_there_says_why(document, typical):
    run, _ = typical
    reasons = {(row["model"], row["task"]): row["reason"] for row in document["numbers"] if row["status"] == "failed"}

    assert reasons == {(cell.model, cell.task): cell.reason for cell in run.cells if cell.status == "failed"}
    assert not any(
        "value" in row for row in document["numbers"] if row["status"] in ("failed", "refused", "no average")
    )


def test_every_part_of_a_report_is_in_the_document(typical):
    """A section that enters the page enters here by itself; a part with a key of its own is named above."""
    run, records = typical
    content = assemble([run], records, ReportOptions())
    document = json.loads(report.render([run], records))

    told = {field.name: bool(getattr(content, field.name)) for field in dataclasses.fields(content)}
    sections = {name for name, there in told.items() if there and name not in TOP}
    assert set(document["sections"]) == sections
    assert set(TOP.values()) <= set(document)


def test_numbers_that_are_not_finite_are_null(sample, typical):
    def finite(value):
        if isinstance(value, dict):
            return all(map(finite, value.values()))
        if isinstance(value, list):
            return all(map(finite, value))
        return not isinstance(value, float) or math.isfinite(value)

    run, records = typical
    assert finite(json.loads(report.render([run], records), parse_constant=float))


def test_what_a_page_would_read_as_html_is_an_escape(typical):
    run, records = typical
    text = report.render([run], records, ReportOptions(title="</script><b>&\u2028\u202e"))

    assert json.loads(text)["title"] == "</script><b>&\u2028\u202e"
    assert not set("<>&\u2028\u202e") & set(text)
