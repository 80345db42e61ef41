"""JSON schemas of the documents, made from their types, so that the two cannot differ."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

import msgspec

from benchwright.types import Frozen
from benchwright_leaderboards.exports import documents

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_ATTRIBUTE = re.compile(r"^(\w+): (.+?)(?=^\w+: |\Z)", re.MULTILINE | re.DOTALL)
NOTE = "Keys may be added without another version; readers ignore those they do not know."


def document_schema(document: type[Frozen], title: str) -> dict[str, Any]:
    """The schema (2020-12) of a document, every key with what it means."""
    schema = msgspec.json.schema(document)
    parts = schema["$defs"]
    for name, part in parts.items():
        kind = getattr(documents, name)
        part.pop("title", None)
        part.pop("additionalProperties", None)
        part["description"] = _sentence(kind)
        told = _attributes(kind)
        for key, about in part["properties"].items():
            if key in told:
                about.setdefault("description", told[key])
    whole = parts.pop(document.__name__)
    whole["properties"]["schema"] = {
        "const": documents.SCHEMA,
        "description": whole["properties"]["schema"]["description"],
    }
    whole["description"] += f" {NOTE}"
    made: dict[str, Any] = json.loads(json.dumps({"$schema": _DRAFT, "title": title, **whole, "$defs": parts}))
    return made


def board_schema() -> dict[str, Any]:
    """That of ``board.json``."""
    return document_schema(documents.BoardDocument, "benchwright board")


def model_schema() -> dict[str, Any]:
    """That of ``models/ID.json``."""
    return document_schema(documents.ModelDocument, "benchwright board model")


def _sentence(kind: type[Frozen]) -> str:
    return inspect.cleandoc(kind.__doc__ or "").partition("\n")[0]


def _attributes(kind: type[Frozen]) -> dict[str, str]:
    _, _, listed = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")
    return {name: " ".join(about.split()) for name, about in _ATTRIBUTE.findall(inspect.cleandoc(listed))}
