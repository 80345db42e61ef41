"""The application: routes, and the layers around them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from benchwright.errors import BenchwrightError
from benchwright.inert import inert_json
from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.index.open import Index
from benchwright_leaderboards.index.place import place_of
from benchwright_leaderboards.index.queries import find_entries
from benchwright_leaderboards.index.standings import keep_content
from benchwright_leaderboards.pages import Page
from benchwright_leaderboards.pair_pages import pair_page
from benchwright_leaderboards.server import api
from benchwright_leaderboards.server.counts import RequestCounts, gauge
from benchwright_leaderboards.server.filters import read_asked, read_values
from benchwright_leaderboards.server.limits import Guard, Limits
from benchwright_leaderboards.server.openapi import openapi_document
from benchwright_leaderboards.server.problems import RequestProblem, problem, shown
from benchwright_leaderboards.server.responses import Body, BodyCache, make_body, respond, type_of
from benchwright_leaderboards.server.search import SEARCH_NAMES, render_choice, render_search
from benchwright_leaderboards.server.state import BoardState, Snapshot

_THREADS = 2
_WAITING = 32
"""Pages that may wait to be made; more are answered with 503."""


class BoardApp:
    """Handlers over one board; what takes time is made in threads, a bounded number at once."""

    def __init__(self, root: Path, limits: Limits, *, index: str | None = None) -> None:
        self.index = Index(root, place_of(root, index))
        self.state = BoardState(root, follow=self._follow)
        self.cache, self.counts, self.limits = BodyCache(), RequestCounts(), limits
        self._pool: ThreadPoolExecutor | None = None
        self._waiting = 0

    def application(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[Route(path, self._named(path, handler)) for path, handler in self._routes().items()],
            middleware=[Middleware(Guard, limits=self.limits, counts=self.counts)],
            exception_handlers={
                RequestProblem: _told,
                HTTPException: _http,
                BenchwrightError: _ours,
                Exception: _fault,
            },
            lifespan=self._lifespan,
        )

    def _routes(self) -> dict[str, Callable[[Request], Any]]:
        return {
            "/health": self.health,
            "/metrics": self.metrics,
            "/openapi.json": self.openapi,
            "/api/v1/board": self.document(lambda request, now: api.board_document(now)),
            "/api/v1/entries": self.document(self._entries, keep=False),
            "/api/v1/entries/{id}": self.document(
                lambda request, now: api.entry_document(now, request.path_params["id"])
            ),
            "/api/v1/tasks": self.document(lambda request, now: api.tasks_document(now)),
            "/api/v1/tasks/{path:path}": self.document(self._task, keep=False),
            "/api/v1/compare": self.document(_pair),
            "/entries": self.search,
            "/compare": self.choice,
            "/compare/{first}--{second}.html": self.pair,
            "/": self.page,
            "/{path:path}": self.page,
        }

    def _named(self, path: str, handler: Callable[[Request], Any]) -> Callable[[Request], Any]:
        """The handler, which says by what route it was reached, for `/metrics`."""

        async def named(request: Request) -> Response:
            request.scope["benchwright.route"] = path
            response: Response = await handler(request)
            return response

        return named

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="page")
        self.state.start()
        yield
        self.state.close()
        self.index.close()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = None

    def _follow(self, content: BoardContent) -> None:
        """Bring the index up to date with what will be served."""
        self.index.refresh()
        keep_content(self.index, content)

    async def page(self, request: Request) -> Response:
        """A page of the site under its address; `?embed=1` gives the small table for other pages."""
        now = self.state.snapshot
        path = request.path_params.get("path") or "index.html"
        told = read_values(request.query_params, ("embed",))
        if told and path == "index.html":
            path = "embed.html"
        found = now.pages.get(path)
        if found is None:
            raise RequestProblem(404, f"no page {shown(path)!r}", hint="the board begins at /")
        return await self._page(request, found)

    async def _page(self, request: Request, page: Page) -> Response:
        key = (page.path, page.digest)
        body = self.cache.find(key)
        if body is None:
            body = await self._made(lambda: self.cache.make(key, lambda: make_body(page.render(), type_of(page.path))))
        return respond(request, body)

    async def search(self, request: Request) -> Response:
        """Entries by a filter, in the order that the URL asks for."""
        asked = read_asked(request.query_params, names=SEARCH_NAMES)
        now = self.state.snapshot
        if asked.query.task:
            api.table_of(now, asked.query.task)

        def build() -> Body:
            return make_body(render_search(now, find_entries(self.index, asked.query), asked), type_of(".html"))

        return respond(request, await self._made(build))

    async def choice(self, request: Request) -> Response:
        """Two entries named by the URL lead to their page; else the form that asks for them."""
        told = read_values(request.query_params, ("a", "b"))
        now = self.state.snapshot
        first, second = told.get("a", ""), told.get("b", "")
        if first and second:
            api.check_pair(now, first, second)
            return RedirectResponse(f"compare/{quote(first)}--{quote(second)}.html", status_code=303)
        body = await self._made(lambda: make_body(render_choice(now, first, second), type_of(".html")))
        return respond(request, body)

    async def pair(self, request: Request) -> Response:
        """Any two entries beside one another; those that the site has are its own pages."""
        now = self.state.snapshot
        held = now.pages.get(request.url.path.removeprefix("/"))
        if held is not None:
            return await self._page(request, held)
        first, second = request.path_params["first"], request.path_params["second"]
        api.check_pair(now, first, second)
        key = (f"compare/{first}--{second}.html", now.signature)

        def build() -> Body:
            return make_body(pair_page(now.pairs, first, second, turned=True).render(), type_of(".html"))

        body = self.cache.find(key)
        return respond(request, body or await self._made(lambda: self.cache.make(key, build)))

    def document(self, build: Callable[[Request, Snapshot], Any], *, keep: bool = True) -> Callable[[Request], Any]:
        """The handler of a JSON document; made once for each address and state of the board, but for lists (not ``keep``): clients may
        think of any number of filters, and the index answers quickly.
        """

        async def handler(request: Request) -> Response:
            now = self.state.snapshot
            if keep:
                key = (f"{request.url.path}?{request.url.query}", now.signature)
                body = self.cache.find(key)
                if body is None:
                    body = await self._made(lambda: self.cache.make(key, lambda: json_body(build(request, now))))
            else:
                body = await self._made(lambda: json_body(build(request, now)))
            return respond(request, body)

        return handler

    async def _made(self, build: Callable[[], Body]) -> Body:
        if self._waiting >= _WAITING:
            raise RequestProblem(
                503, "too many pages are being made", hint="ask again later", headers={"retry-after": "5"}
            )
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, build)
        finally:
            self._waiting -= 1

    def _entries(self, request: Request, now: Snapshot) -> Any:
        asked = read_asked(request.query_params)
        return api.rows_document(find_entries(self.index, asked.query), asked)

    def _task(self, request: Request, now: Snapshot) -> Any:
        table = api.table_of(now, request.path_params["path"])
        asked = read_asked(request.query_params, task=table.name)
        return {"path": table.name, **api.rows_document(find_entries(self.index, asked.query), asked)}

    async def health(self, request: Request) -> Response:
        """Whether the board is served, and whether its latest state is."""
        now = self.state.snapshot
        told = {"status": "degraded" if now.problem else "ok", "entries": len(now.entries), "problem": now.problem}
        return respond(request, json_body(told))

    async def metrics(self, request: Request) -> Response:
        """Numbers about the server, in Prometheus's text form."""
        lines = [
            *self.counts.lines(),
            *gauge("entries", len(self.state.snapshot.entries)),
            *gauge("cache_bytes", self.cache.bytes),
            *gauge("cache_hits", self.cache.hits),
            *gauge("cache_misses", self.cache.misses),
            *gauge("board_readable", 0 if self.state.snapshot.problem else 1),
        ]
        return respond(request, make_body("\n".join(lines) + "\n", "text/plain; version=0.0.4; charset=utf-8"))

    async def openapi(self, request: Request) -> Response:
        """The description of the API."""
        return respond(request, json_body(openapi_document()))


def make_app(root: Path, limits: Limits | None = None, *, index: str | None = None) -> Starlette:
    """The ASGI application of the board in a folder; ``index`` is the URL of its index (`index.place.place_of`).

    Raises:
        BenchwrightError: There is no board, or it cannot be read.
    """
    return BoardApp(root, limits or Limits(), index=index).application()


def json_body(value: Any) -> Body:
    """A JSON document; what could be obeyed by a terminal is written as escapes."""
    text = msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=1).decode()
    return make_body(inert_json(text) + "\n", "application/json")


def _pair(request: Request, now: Snapshot) -> Any:
    told = read_values(request.query_params, ("a", "b"))
    for name in ("a", "b"):
        if name not in told:
            raise RequestProblem(400, f"the parameter {name} is missing", hint="/api/v1/compare?a=ID&b=ID")
    return api.pair_document(now, told["a"], told["b"])


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestProblem)
    return problem(error.status, error.detail, hint=error.hint, headers=error.headers)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, str(error.detail))


async def _ours(request: Request, error: Exception) -> Response:
    """A stored file that cannot be read, found while a page was made."""
    assert isinstance(error, BenchwrightError)
    return problem(503, error.problem, hint="`benchwright board check` lists what is damaged")


async def _fault(request: Request, error: Exception) -> Response:
    """A fault of ours: it stands in the log, and nothing of it is told to the client."""
    return problem(500, "a fault of benchwright; it stands in the server's log")
