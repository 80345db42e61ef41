"""What a client may ask for: methods, sizes, rate, time; and the headers that every response has."""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from benchwright_leaderboards.server.counts import RequestCounts
from benchwright_leaderboards.server.problems import RequestProblem, problem

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_WHOLE_URL = re.compile(r"https?://[^/]*", re.IGNORECASE)
POLICY = (
    b"default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; connect-src 'none'; "
    b"base-uri 'none'; form-action 'self'; frame-ancestors "
)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one client may ask for.

    Attributes:
        path: Bytes of a path.
        query: Bytes of a query.
        seconds: Until a request is answered with 503.
        request_seconds: In which a request must have come, whole.
        connections: Open at once of one address; any number with ``trust_proxy``, where all are the proxy's.
        rate: Requests a second of one address, on average; 0: any number.
        burst: Requests that may come at once.
        clients: Addresses that are remembered; the one not seen longest is forgotten first.
        trust_proxy: Whether the last address of ``X-Forwarded-For`` is the client's: only behind a proxy that sets it.
    """

    path: int = 1_024
    query: int = 8_192
    seconds: float = 20.0
    request_seconds: float = 10.0
    connections: int = 100
    rate: float = 100.0
    burst: int = 200
    clients: int = 10_000
    trust_proxy: bool = False


class TokenBuckets:
    """How many requests each address has left: a bucket of ``burst`` that fills by ``rate`` a second."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits, self._clock = limits, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Take one; returns 0, or the seconds until there will be one again."""
        if not self._limits.rate:
            return 0.0
        now = self._clock()
        left, then = self._left.pop(client, (float(self._limits.burst), now))
        left = min(float(self._limits.burst), left + (now - then) * self._limits.rate)
        taken = left >= 1
        self._left[client] = (left - 1 if taken else left, now)
        while len(self._left) > self._limits.clients:
            self._left.popitem(last=False)
        return 0.0 if taken else (1 - left) / self._limits.rate


class Guard:
    """The outermost layer: refuses what is over a limit before anything else sees it, adds headers, counts."""

    def __init__(self, app: ASGIApp, *, limits: Limits, counts: RequestCounts) -> None:
        self.app, self.limits, self.counts = app, limits, counts
        self._buckets = TokenBuckets(limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        scope = _origin_form(scope)
        scope["benchwright.client"] = client = self._client(scope)
        status = 500
        begun = False

        async def send_on(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                status, begun = message["status"], True
                framed = b"*" if scope.get("path") == "/embed.html" else b"'none'"
                message = {
                    **message,
                    "headers": [*message["headers"], *HEADERS, (b"content-security-policy", POLICY + framed)],
                }
            await send(message)

        try:
            refused = self._refusal(scope, client)
            if refused is not None:
                await problem(refused.status, refused.detail, hint=refused.hint, headers=refused.headers)(
                    scope, receive, send_on
                )
                return
            try:
                async with asyncio.timeout(self.limits.seconds):
                    await self.app(scope, receive, send_on)
            except TimeoutError:
                if not begun:
                    told = problem(503, "this takes too long", hint="ask again later", headers={"retry-after": "10"})
                    await told(scope, receive, send_on)
        finally:
            self.counts.add(scope.get("benchwright.route", "other"), status, time.perf_counter() - started)

    def _refusal(self, scope: Scope, client: str) -> RequestProblem | None:
        """What is wrong with a request before it is looked at; None where nothing is."""
        limits = self.limits
        if scope["method"] not in ("GET", "HEAD"):
            return RequestProblem(
                405,
                f"{scope['method'][:20]} is not possible: a board is only read here",
                hint="entries come by `benchwright board add`",
                headers={"allow": "GET, HEAD"},
            )
        if any(
            name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
            for name, value in scope["headers"]
        ):
            return RequestProblem(
                413, "a request has no body here", hint="ask by the path and the query", headers={"connection": "close"}
            )
        if len(scope.get("raw_path") or b"") > limits.path:
            return RequestProblem(414, f"the path has more than {limits.path} bytes")
        if len(scope.get("query_string") or b"") > limits.query:
            return RequestProblem(414, f"the query has more than {limits.query} bytes")
        wait = self._buckets.wait(client)
        if wait:
            seconds = str(max(1, math.ceil(wait)))
            return RequestProblem(
                429,
                f"more than {limits.rate:g} requests a second",
                hint=f"wait {seconds} s",
                headers={"retry-after": seconds},
            )
        return None

    def _client(self, scope: Scope) -> str:
        if self.limits.trust_proxy:
            told = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
            if told:
                return str(told[-1].rsplit(b",", 1)[-1].strip()[:64].decode("latin-1"))
        return str((scope.get("client") or ("unknown",))[0])


def _origin_form(scope: Scope) -> Scope:
    """A request whose target is a whole URL is one for its path (RFC 9112, 3.2.2)."""
    found = _WHOLE_URL.match(scope["path"])
    return scope if found is None else {**scope, "path": scope["path"][found.end() :] or "/"}
