"""docs/schema/behaviour.schema.json: what a line of a behavioural suite may be."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import msgspec

from benchwright.behaviour import suite_types
from benchwright.types.expectations import EXPECTATIONS

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "docs" / "schema" / "behaviour.schema.json"
LINES = (suite_types.SuiteLine, suite_types.TestLine, suite_types.CaseLine)
OWN = ROOT / "suites" / "benchwright_suites" / "behaviour_data"


def make_schema() -> dict[str, Any]:
    """The JSON Schema of a line."""
    found, parts = msgspec.json.schema_components(LINES, ref_template="#/$defs/{name}")
    classes = {one.__name__: one for one in (*LINES, *EXPECTATIONS.values())}
    described = {name: describe(part, classes.get(name)) for name, part in sorted(parts.items())}
    described["SuiteLine"]["properties"]["schema"]["const"] = suite_types.FORMAT
    described["Kind"]["enum"] = sorted(suite_types.KINDS)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "benchwright behavioural suite",
        "description": "A line of a suite of behavioural tests (JSON lines): first a suite, then each test before its cases.",
        "anyOf": list(found),
        "$defs": described,
    }


def describe(part: dict[str, Any], of: type | None) -> dict[str, Any]:
    """A part whose docstrings are taken apart: the summary for itself, a line of ``Attributes`` for each property."""
    told: dict[str, str] = {}
    structs = [one for one in (of.__mro__ if of else ()) if isinstance(getattr(one, "__struct_fields__", None), tuple)]
    for one in reversed(structs):
        attributes = (one.__doc__ or "").partition("Attributes:")[2]
        lines = dict(line.strip().split(": ", 1) for line in attributes.splitlines() if ": " in line)
        fields = dict(zip(one.__struct_fields__, one.__struct_encode_fields__, strict=True))
        told |= {fields.get(name, name): text for name, text in lines.items()}
    properties = {
        name: {**body, "description": told[name].replace("``", "`")} if name in told else body
        for name, body in part.get("properties", {}).items()
    }
    summary = part.get("description", "").partition("Attributes:")[0]
    found = {**part, "description": " ".join(summary.replace("``", "`").split())}
    return {**found, "properties": properties} if properties else found


def test_the_published_schema_is_current() -> None:
    """docs/schema holds what the code says; GOLDEN=write makes it anew."""
    text = json.dumps(make_schema(), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("GOLDEN") == "write":
        PUBLISHED.write_text(text, encoding="utf-8")
    assert PUBLISHED.read_text(encoding="utf-8") == text


def test_the_schema_is_a_schema_that_explains_every_field() -> None:
    schema = make_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for name in ("SuiteLine", "TestLine", "CaseLine", *(one.__name__ for one in EXPECTATIONS.values())):
        properties = schema["$defs"][name]["properties"]
        silent = [field for field, body in properties.items() if not body.get("description") and field != "kind"]
        assert silent == [], f"{name}: {silent}"


def test_lines_of_the_suites_that_ship_are_valid() -> None:
    validator = jsonschema.Draft202012Validator(make_schema())
    for path in sorted(OWN.glob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for line in (*lines[:4], *lines[400:1200:100]):
            assert validator.is_valid(json.loads(line)), line[:200]


def test_a_line_with_an_unknown_field_is_not_valid() -> None:
    line = {"test": "t", "case": "0", "examples": [{"text": "a"}], "code": "print()"}
    assert not jsonschema.Draft202012Validator(make_schema()).is_valid(line)
