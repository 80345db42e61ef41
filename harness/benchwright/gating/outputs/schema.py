"""The JSON Schema of ``verdict.json``, published as ``docs/schema/verdict.schema.json``."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from benchwright.gating.verdict import SCHEMA, GateResult

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def make_schema() -> dict[str, Any]:
    """The schema; version 1 admits ``"schema": 1`` only."""
    (reference,), parts = msgspec.json.schema_components([GateResult], ref_template="#/$defs/{name}")
    assert reference == {"$ref": "#/$defs/GateResult"}
    told = {name: _told(part) for name, part in sorted(parts.items())}
    whole = told.pop("GateResult")
    whole["properties"]["schema"] = {"const": SCHEMA, "description": whole["properties"]["schema"]["description"]}
    return {"$schema": DIALECT, **whole, "title": "benchwright verdict", "$defs": told}


def write_schema() -> str:
    """The schema as it is published: keys as declared, indented."""
    return json.dumps(make_schema(), indent=2, ensure_ascii=False) + "\n"


def _told(part: dict[str, Any]) -> dict[str, Any]:
    """A part whose docstring is taken apart: the summary for itself, a line of ``Attributes`` for each property."""
    summary, _, attributes = part.get("description", "").partition("Attributes:")
    lines = dict(line.strip().split(": ", 1) for line in attributes.splitlines() if ": " in line)
    properties = {
        name: {**body, "description": lines[name].replace("``", "`")} if name in lines else body
        for name, body in part.get("properties", {}).items()
    }
    found = {**part, "description": " ".join(summary.replace("``", "`").split())}
    return {**found, "properties": properties} if properties else found
