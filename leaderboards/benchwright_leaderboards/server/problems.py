"""Errors as ``application/problem+json`` (RFC 9457): what was given, what was expected, what to type."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
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


async def _told(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestProblem)
    return problem(error.status, error.detail, hint=error.hint, headers=error.headers)


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, str(error.detail))


async def _fault(_: Request, __: Exception) -> Response:
    """A fault of ours: it stands in the log, and nothing of it is told to the client."""
    return problem(500, "a fault of benchwright; it stands in the server's log")


HANDLERS: Mapping[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
    RequestProblem: _told,
    HTTPException: _http,
    Exception: _fault,
}
"""Kind of error -> what it becomes."""
