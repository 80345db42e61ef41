"""The OpenAPI 3.1 description of the JSON API."""

from __future__ import annotations

from typing import Any

from benchwright_leaderboards.index.queries import LARGEST_PAGE, LONGEST, SORTS, STATUSES

VERSION = "1"
_SORTS = [f"{sign}{name}" for name in SORTS for sign in ("", "-")]


def openapi_document() -> dict[str, Any]:
    """The document; the same for every board."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "benchwright board",
            "version": VERSION,
            "description": "A leaderboard, read-only. Values are fractions, times seconds, sizes bytes.",
        },
        "paths": {
            "/api/v1/board": _get("What the board is", "Board"),
            "/api/v1/entries": _get("Entries, filtered and sorted, a page of them", "Rows", _filters(), refuses=True),
            "/api/v1/entries/{id}": _get("An entry, whole", "Entry", [_in_path("id")], may_lack=True),
            "/api/v1/tasks": _get("Tasks of the board", "Tasks"),
            "/api/v1/tasks/{path}": _get(
                "Entries on a task", "Rows", [_in_path("path"), *_filters()], may_lack=True, refuses=True
            ),
            "/api/v1/compare": _get(
                "Differences of two entries on the tasks that both have",
                "Pair",
                [
                    _asked("a", {"type": "string", "minLength": 1}, needed=True),
                    _asked("b", {"type": "string", "minLength": 1}, needed=True),
                ],
                may_lack=True,
                refuses=True,
            ),
            "/health": _get("Whether the board is served", "Health"),
        },
        "components": {"schemas": _SCHEMAS},
    }


def _get(
    summary: str, schema: str, parameters: list[Any] | None = None, *, may_lack: bool = False, refuses: bool = False
) -> dict[str, Any]:
    responses: dict[str, Any] = {
        "200": {
            "description": "The document",
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
        },
        "304": {"description": "The client has it already (If-None-Match)"},
    }
    problems = {"414": "A path or query that is too long", "429": "Too many requests", "503": "Not now"}
    if may_lack:
        problems["404"] = "There is no such thing"
    if refuses:
        problems["400"] = "A parameter is wrong"
    for status, what in sorted(problems.items()):
        responses[status] = {
            "description": what,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    found: dict[str, Any] = {"summary": summary, "responses": responses}
    if parameters:
        found["parameters"] = parameters
    return {"get": found}


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _asked(name: str, schema: dict[str, Any], *, needed: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": needed, "schema": schema}


def _filters() -> list[dict[str, Any]]:
    return [
        _asked("q", {"type": "string", "maxLength": LONGEST}),
        _asked("team", {"type": "string"}),
        _asked("adapter", {"type": "string"}),
        _asked("status", {"type": "string", "enum": list(STATUSES)}),
        _asked("sort", {"type": "string", "enum": _SORTS}),
        _asked("page", {"type": "integer", "minimum": 1, "maximum": 10_000}),
        _asked("size", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE}),
    ]


def _object(fields: dict[str, Any], *, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": fields,
        "required": [name for name in fields if name not in optional],
    }


_TEXT, _WHOLE, _FLAG = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
_NUMBER = {"type": ["number", "null"]}
_RANK = {
    "oneOf": [
        _object({"low": {"type": "integer", "minimum": 1}, "high": {"type": "integer", "minimum": 1}}),
        {"type": "null"},
    ]
}
_ALARMS = {
    "description": "Alarms, then notes; null: the board did not look for any when it was scored",
    "type": ["array", "null"],
    "items": _object(
        {
            "task": _TEXT,
            "code": _TEXT,
            "severity": {"type": "string", "enum": ["alarm", "note"]},
            "sentence": _TEXT,
        }
    ),
}
_ROW = {
    "id": _TEXT,
    "name": _TEXT,
    "team": _TEXT,
    "added": _TEXT,
    "adapter": _TEXT,
    "attempt": _WHOLE,
    "status": {"type": "string", "enum": list(STATUSES)},
    "baseline": _FLAG,
    "rank": _RANK,
    "score": _NUMBER,
    "alarms": _ALARMS,
}
_TASK = {"path": _TEXT, "digest": _TEXT, "weight": {"type": "number"}}


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


_SCHEMAS: dict[str, Any] = {
    "Board": _object(
        {
            "schema": _WHOLE,
            "title": _TEXT,
            "tasks": _list(_object(_TASK)),
            "baselines": _list(_TEXT),
            "rules": {"type": "object"},
            "machine": {"type": ["string", "null"]},
            "entries": _WHOLE,
            "family": _WHOLE,
            "level": {"type": "number"},
        }
    ),
    "Row": _object(_ROW),
    "Rows": _object(
        {
            "schema": _WHOLE,
            "path": _TEXT,
            "total": _WHOLE,
            "page": _WHOLE,
            "size": _WHOLE,
            "entries": _list({"$ref": "#/components/schemas/Row"}),
        },
        optional=("path",),
    ),
    "Entry": _object(
        {
            **_ROW,
            "schema": _WHOLE,
            "model": {"type": ["string", "null"]},
            "trained_on": _TEXT,
            "note": _TEXT,
            "submission": _object({"id": _TEXT, "digest": _TEXT}),
            "cost": {"type": "object"},
            "ranks": {"type": "object", "additionalProperties": _RANK},
            "results": _list({"type": "object"}),
        }
    ),
    "Tasks": _object({"schema": _WHOLE, "tasks": _list(_object({**_TASK, "entries": _WHOLE}))}),
    "Pair": _object(
        {
            "schema": _WHOLE,
            "first": _TEXT,
            "second": _TEXT,
            "differences": _list({"type": "object"}),
            "refused": _list(_object({"path": _TEXT, "reason": _TEXT})),
            "alarms": {"type": "object", "additionalProperties": _ALARMS},
            "not_shared": _list(_TEXT),
        }
    ),
    "Health": _object({"status": {"type": "string", "enum": ["ok", "degraded"]}, "entries": _WHOLE, "problem": _TEXT}),
    "Problem": _object(
        {"type": _TEXT, "title": _TEXT, "status": _WHOLE, "detail": _TEXT, "hint": _TEXT}, optional=("hint",)
    ),
}
