"""The OpenAPI 3.1 description of the JSON API; `docs/schema/board-api.openapi.json` holds it, `openapi_schemas` what the documents are."""

from __future__ import annotations

from typing import Any

from benchwright_leaderboards.index.queries import LARGEST_PAGE, SORTS, STATUSES
from benchwright_leaderboards.server.filters import LONGEST
from benchwright_leaderboards.server.openapi_schemas import SCHEMAS

VERSION = "1"
_SORTS = [f"{sign}{name}" for name in SORTS for sign in ("", "-")]
_NAMED = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"}
_TOLD = {
    "304": "The client has it already (`If-None-Match`)",
    "400": "A parameter is wrong, unknown, or given twice; `detail` says what was given and `hint` what is known",
    "404": "There is no such entry or task; `hint` says what lists them",
    "413": "The request has a body",
    "414": "The path or the query is too long",
    "429": "Too many requests of one address; `Retry-After` says in how many seconds to come again",
    "503": "Too much is being made, it takes too long, or a file or the index cannot be read; `Retry-After` may say when to come again",
}
"""Status -> what it means; all but 304 are problem documents (RFC 9457)."""


def openapi_document() -> dict[str, Any]:
    """The document; the same for every board."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "benchwright board",
            "version": VERSION,
            "description": (
                "A leaderboard, read-only. Scores are unrounded fractions in [0, 1] (correlations in [-1, 1]), times seconds, sizes bytes. "
                "What was not measured, is undefined or not ranked is null, never 0. Every response has an ETag; keys may be added."
            ),
        },
        "paths": {
            "/api/v1/board": _get(
                "What the board is", "Title, tasks with their digests and weights, baselines, rules, tests.", "Board"
            ),
            "/api/v1/entries": _get(
                "Entries, filtered and sorted, a page of them",
                "In the order of the overview, with the mean of the board as their score, unless the query says otherwise.",
                "Rows",
                _filters(),
            ),
            "/api/v1/entries/{id}": _get(
                "An entry, whole",
                "Every metric on every task with its interval, cost, digests and rank ranges.",
                "Entry",
                [_in_path("id", "Of the entry, as in the address of its page")],
                may_lack=True,
            ),
            "/api/v1/tasks": _get(
                "Tasks of the board", "With the number of entries that have a result on each.", "Tasks"
            ),
            "/api/v1/tasks/{path}": _get(
                "Entries on a task",
                "As the list of entries, with score and rank range on this task.",
                "Rows",
                [_in_path("path", "Of the task: `suite/task`; the slash may be written as it is"), *_filters()],
                may_lack=True,
            ),
            "/api/v1/compare": _get(
                "Differences of two entries on the mean and on the tasks that both have",
                "b minus a, on the same items, with unanswered items counted as wrong, as `benchwright compare A B --missing wrong` says; "
                "p is adjusted over all tests of the board, so verdicts are those of its pages.",
                "Pair",
                [
                    _asked("a", _NAMED, "Id of the entry that is subtracted", needed=True),
                    _asked("b", _NAMED, "Id of the entry that it is subtracted from", needed=True),
                ],
                may_lack=True,
            ),
            "/health": _get(
                "Whether the board is served",
                "Status 200 also where a later state of the board cannot be read: the last one is served.",
                "Health",
                checks=False,
            ),
        },
        "components": {"schemas": SCHEMAS},
    }


def _get(
    summary: str,
    description: str,
    schema: str,
    parameters: list[Any] | None = None,
    *,
    may_lack: bool = False,
    checks: bool = True,
) -> dict[str, Any]:
    responses: dict[str, Any] = {
        "200": {
            "description": SCHEMAS[schema]["description"],
            "headers": {"ETag": {"description": "Of these bytes", "schema": {"type": "string"}}},
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
        },
        "304": {"description": _TOLD["304"]},
    }
    for status in [*(["400"] if checks else []), *(["404"] if may_lack else []), "413", "414", "429", "503"]:
        responses[status] = {
            "description": _TOLD[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    found: dict[str, Any] = {"summary": summary, "description": description, "responses": responses}
    if parameters:
        found["parameters"] = parameters
    return {"get": found}


def _in_path(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": description, "schema": _NAMED}


def _asked(name: str, schema: dict[str, Any], description: str, *, needed: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": needed, "description": description, "schema": schema}


def _filters() -> list[dict[str, Any]]:
    text = {"type": "string", "maxLength": LONGEST}
    return [
        _asked("q", text, "Stands in id, name, team, adapter, training data or note; capitals are as small letters"),
        _asked("team", text, "Exactly this team"),
        _asked("adapter", text, "Exactly this adapter"),
        _asked(
            "status",
            {"type": "string", "enum": list(STATUSES)},
            "Entries of this status; `pending`: added since ranks were computed, which takes seconds",
        ),
        _asked(
            "sort",
            {"type": "string", "enum": _SORTS, "default": "rank"},
            "Column, `-` before it: from the greatest down; `rank` is the order of the pages; what has no value comes last",
        ),
        _asked("page", {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 1}, "From 1"),
        _asked("size", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": 100}, "Entries of a page"),
    ]
