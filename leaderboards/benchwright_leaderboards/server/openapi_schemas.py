"""What the documents of the API are, as JSON Schema."""

from __future__ import annotations

from typing import Any

from benchwright_leaderboards.index.queries import STATUSES


def _object(fields: dict[str, Any], description: str = "", *, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    found = {
        "type": "object",
        "properties": fields,
        "required": [name for name in fields if name not in optional],
    }
    return {"description": description, **found} if description else found


def _list(of: dict[str, Any], description: str) -> dict[str, Any]:
    return {"type": "array", "items": of, "description": description}


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description}


def _whole(description: str) -> dict[str, Any]:
    return {"type": "integer", "description": description}


def _number(description: str) -> dict[str, Any]:
    return {"type": ["number", "null"], "description": description}


_VERSION = _whole("Version of this document: 1")
_RANK = {
    "description": "First and last rank of the entry, with 95 % confidence for all ranges of the board at once; null: not ranked",
    "oneOf": [
        _object({"low": {"type": "integer", "minimum": 1}, "high": {"type": "integer", "minimum": 1}}),
        {"type": "null"},
    ],
}
_ALARMS = {
    "description": "Alarms, then notes; null: the board did not look for any when it was scored",
    "type": ["array", "null"],
    "items": _object(
        {
            "task": _text("`suite/task`"),
            "code": _text("Of the kind of alarm"),
            "severity": {
                "type": "string",
                "enum": ["alarm", "note"],
                "description": "How much it says against the number",
            },
            "sentence": _text("What was found"),
        }
    ),
}
_ROW = {
    "id": _text("Of the entry, unique on the board"),
    "name": _text("As the run calls it"),
    "team": _text("Who added it"),
    "added": _text("When, UTC, ISO 8601"),
    "adapter": _text("By which it was run"),
    "attempt": _whole("How many entries its team had added by then, itself included"),
    "status": {"type": "string", "enum": list(STATUSES), "description": "Whether it is ranked, else why not"},
    "baseline": {"type": "boolean", "description": "Whether the board always shows it"},
    "rank": _RANK,
    "score": _number("On the task that was asked for, else the weighted mean; null: it has none"),
    "alarms": _ALARMS,
}
_TASK = {
    "path": _text("`suite/task`"),
    "digest": _text("Of texts, gold answers, split and labels"),
    "weight": {"type": "number", "description": "Share in the mean; shares need not sum to 1"},
}
_TEST = {
    "delta": _number("Score of b minus that of a"),
    "low": _number("Lower end of its 95 % interval"),
    "high": _number("Upper end"),
    "p": _number("Two-sided p at no difference, of this test alone; null: not tested"),
    "p_adjusted": _number("After Holm over all tests of the board; null: not kept on a large board, see `rule`"),
    "verdict": {
        "type": "string",
        "enum": ["better", "worse", "tied", "same", "untested"],
        "description": "What b is; `tied`: not told apart; `same`: the same stored model",
    },
    "rule": {
        "type": "string",
        "enum": ["adjusted", "critical", "alone"],
        "description": (
            "`adjusted`: decided by `p_adjusted` against `level`; `critical`: by `p` against `critical`, which is the same decision; "
            "`alone`: the pair is no test of the board, and `p` is held against `level`"
        ),
    },
}

SCHEMAS: dict[str, Any] = {
    "Board": _object(
        {
            "schema": _VERSION,
            "title": _text("Of the board"),
            "tasks": _list(_object(_TASK), "In the order of the board"),
            "baselines": _list({"type": "string"}, "Ids of entries that always stand on it"),
            "rules": {"type": "object", "description": "What may enter: `rules` of board.toml"},
            "machine": {"type": ["string", "null"], "description": "The one machine whose measurements are shown"},
            "entries": _whole("How many there are, of every status"),
            "family": _whole("Number of tests that ranks rest on, over which p is adjusted"),
            "level": {"type": "number", "description": "That p, adjusted, must not exceed"},
        },
        "What the board is",
    ),
    "Row": _object(_ROW, "An entry of a list"),
    "Rows": _object(
        {
            "schema": _VERSION,
            "path": _text("The task that was asked for"),
            "total": _whole("Entries that match, on all pages"),
            "page": _whole("This page, from 1"),
            "size": _whole("Most entries of a page"),
            "entries": _list({"$ref": "#/components/schemas/Row"}, "Of this page"),
        },
        "A page of entries",
        optional=("path",),
    ),
    "Entry": _object(
        {
            **_ROW,
            "schema": _VERSION,
            "model": {"type": ["string", "null"], "description": "Digest of the model; null: not known"},
            "trained_on": _text("What its training data were, as its team says"),
            "note": _text("Of its team"),
            "submission": _object(
                {"id": _text("Folder below submissions/"), "digest": _text("SHA-256 over what was taken in")},
                "What it came with",
            ),
            "cost": {"type": "object", "description": "Seconds, bytes and parameters; null: not measured"},
            "ranks": {
                "type": "object",
                "additionalProperties": _RANK,
                "description": "Task -> rank range on it; tasks on which it is not ranked are missing",
            },
            "results": _list({"type": "object"}, "Scores with every metric by task"),
        },
        "An entry, whole",
    ),
    "Tasks": _object(
        {
            "schema": _VERSION,
            "tasks": _list(
                _object({**_TASK, "entries": _whole("That have a result on it")}), "In the order of the board"
            ),
        },
        "Tasks of the board",
    ),
    "Pair": _object(
        {
            "schema": _VERSION,
            "first": _text("Id of a"),
            "second": _text("Id of b"),
            "level": {"type": "number", "description": "That an adjusted p must not exceed"},
            "family": _whole("Number of tests over which p is adjusted: all pairs on every task and on the mean"),
            "critical": {
                "type": "number",
                "description": "What p of a test of the board must not exceed to tell two apart",
            },
            "mean": {
                "oneOf": [_object(_TEST), {"type": "null"}],
                "description": "On the weighted mean; null: see `mean_refused`",
            },
            "mean_refused": _text("Why there is no difference of means; empty where there is one"),
            "differences": _list(
                _object(
                    {
                        "path": _text("`suite/task`"),
                        "a": _number("Score of a"),
                        "b": _number("Score of b"),
                        **_TEST,
                    }
                ),
                "On tasks that both have",
            ),
            "refused": _list(
                _object({"path": _text("`suite/task`"), "reason": _text("Why they cannot be compared there")}),
                "Tasks that both have without a difference",
            ),
            "alarms": {
                "type": "object",
                "additionalProperties": _ALARMS,
                "description": "Entry id -> alarms about it on the tasks that both have",
            },
            "not_shared": _list({"type": "string"}, "Tasks that one of them lacks"),
        },
        "b minus a",
    ),
    "Health": _object(
        {
            "status": {"type": "string", "enum": ["ok", "degraded"], "description": "`degraded`: see `problem`"},
            "entries": _whole("That are served"),
            "problem": _text("Why the latest state of the board or its index is not served; empty where it is"),
        },
        "How the server is",
    ),
    "Problem": _object(
        {
            "type": _text("about:blank"),
            "title": _text("Of the status"),
            "status": _whole("As in the response"),
            "detail": _text("What was given"),
            "hint": _text("What to ask for instead"),
        },
        "What is wrong with a request (RFC 9457)",
        optional=("hint",),
    ),
}
"""Name -> schema; each says what it is."""
