"""Errors as ``application/problem+json`` (RFC 9457): what was given, what was expected, what to type."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from starlette.responses import Response

from benchwright.inert import inert_json

KIND = "application/problem+json"
_SHOWN = 200
"""Characters that are repeated of what a client gave."""


class RequestProblem(Exception):
    """What is wrong with a request; becomes a response."""

    def __init__(self, status: int, detail: str, *, hint: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.hint, self.headers = status, detail, hint, headers or {}


def problem(status: int, detail: str, *, hint: str = "", headers: dict[str, str] | None = None) -> Response:
    """The response; ``hint`` says what to ask for instead."""
    told: dict[str, str | int] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if hint:
        told["hint"] = hint
    body = inert_json(msgspec.json.encode(told).decode()).encode()
    return Response(
        body, status_code=status, headers={"content-type": KIND, "cache-control": "no-store", **(headers or {})}
    )


def shown(text: str) -> str:
    """What a client gave, short enough to be repeated."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
