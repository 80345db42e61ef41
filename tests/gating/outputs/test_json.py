"""verdict.json: the source of every other output."""

import json
import math
import os
from pathlib import Path

import jsonschema
import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from benchwright.errors import BenchwrightError
from benchwright.gating.outputs.json import read_json, write_json
from benchwright.gating.result import SCHEMA, GateResult

PUBLISHED = Path(__file__).parents[3] / "docs" / "schema" / "verdict.schema.json"


def make_schema():
    """The JSON Schema of ``verdict.json``; version 2 admits ``"schema": 2`` only."""
    (reference,), parts = msgspec.json.schema_components([GateResult], ref_template="#/$defs/{name}")
    assert reference == {"$ref": "#/$defs/GateResult"}
    described = {name: describe(part) for name, part in sorted(parts.items())}
    whole = described.pop("GateResult")
    whole["properties"]["schema"] = {"const": SCHEMA, "description": whole["properties"]["schema"]["description"]}
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {**dialect, **whole, "title": "benchwright verdict", "$defs": described}


def describe(part):
    """A part whose docstring is taken apart: the summary for itself, a line of ``Attributes`` for each property."""
    summary, _, attributes = part.get("description", "").partition("Attributes:")
    lines = dict(line.strip().split(": ", 1) for line in attributes.splitlines() if ": " in line)
    properties = {
        name: {**body, "description": lines[name].replace("``", "`")} if name in lines else body
        for name, body in part.get("properties", {}).items()
    }
    found = {**part, "description": " ".join(summary.replace("``", "`").split())}
    return {**found, "properties": properties} if properties else found


def test_the_published_schema_is_current():
    """docs/schema holds what the code says; GOLDEN=write makes it anew."""
    text = json.dumps(make_schema(), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("GOLDEN") == "write":
        PUBLISHED.write_text(text, encoding="utf-8")
    assert PUBLISHED.read_text(encoding="utf-8") == text


def test_the_schema_is_a_schema_that_explains_itself():
    """It is valid, and every property has a sentence."""
    schema = make_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for part in (schema, schema["$defs"]["Finding"]):
        assert [name for name, body in part["properties"].items() if not body.get("description")] == []


def test_what_is_written_is_valid_and_read_back_equal(made):
    """Nothing is lost or renamed on the way through a file."""
    result = made.every_verdict()
    text = write_json(result)
    jsonschema.Draft202012Validator(make_schema()).validate(json.loads(text))
    assert read_json(text) == result
    assert write_json(read_json(text)) == text


@settings(max_examples=60, deadline=None, derandomize=True, phases=[Phase.generate])
@given(data=st.data())
def test_anything_is_valid_json(made, data):
    """NaN, infinities, lone surrogates and control characters never make a file that others cannot read."""
    text = write_json(data.draw(made.results))
    strict = json.loads(text, parse_constant=pytest.fail)
    jsonschema.Draft202012Validator(make_schema()).validate(strict)
    assert write_json(read_json(text)) == text
    assert text.encode().decode() == text


def test_a_number_that_is_none_is_null(made):
    """NaN says nothing, and is not 0."""
    result = made.result([made.finding(delta=math.nan, low=-math.inf)])
    assert read_json(write_json(result)).findings[0].delta is None
    assert read_json(write_json(result)).findings[0].low is None


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "1"}', b"\xff"])
def test_another_file_is_refused(text):
    """A file that is no verdict gets a sentence, not a traceback."""
    with pytest.raises(BenchwrightError, match=r"no verdict\.json"):
        read_json(text)


def test_another_version_is_refused(made):
    """A later schema is not half understood."""
    text = write_json(made.every_verdict()).replace('"schema": 2', '"schema": 3')
    with pytest.raises(BenchwrightError, match="schema 3"):
        read_json(text)
