"""The application: routes, and the layers around them."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from benchwright.errors import BenchwrightError
from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.index.open import Index
from benchwright_leaderboards.index.place import place_of
from benchwright_leaderboards.index.queries import EntriesFound, find_entries
from benchwright_leaderboards.index.standings import keep_content, kept_digest
from benchwright_leaderboards.pages import Page
from benchwright_leaderboards.pair_pages import pair_page
from benchwright_leaderboards.server import api
from benchwright_leaderboards.server.counts import RequestCounts, gauge
from benchwright_leaderboards.server.filters import Asked, read_asked, read_values
from benchwright_leaderboards.server.limits import Guard, Limits
from benchwright_leaderboards.server.openapi import openapi_document
from benchwright_leaderboards.server.problems import HANDLERS, RequestProblem, problem, shown
from benchwright_leaderboards.server.responses import Body, BodyCache, make_body, make_json, respond, type_of
from benchwright_leaderboards.server.search import SEARCH_NAMES, render_choice, render_search
from benchwright_leaderboards.server.state import BoardState, Snapshot, told_of
from benchwright_leaderboards.server.threads import BoundedThreads

LOG = logging.getLogger("benchwright.board")


class BoardApp:
    """Handlers over one board; what takes time is made in threads, a bounded number at once."""

    def __init__(self, root: Path, limits: Limits, *, index: str | None = None) -> None:
        self.cache, self.counts, self.limits = BodyCache(), RequestCounts(), limits
        self.pages = BoundedThreads("pages", threads=2, waiting=64, each=48)
        self.lists = BoundedThreads("lists", threads=2, waiting=64, each=48)
        self.pairs = BoundedThreads("pairs", threads=1, waiting=12, each=3)
        self.index = Index(root, place_of(root, index))
        self._followed: tuple[BoardContent | None, str] = None, ""
        self.state = BoardState(root, prepare=self._prepare, follow=self._follow)

    def application(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[Route(path, self._named(path, handler)) for path, handler in self._routes().items()],
            middleware=[Middleware(Guard, limits=self.limits, counts=self.counts)],
            exception_handlers={
                **HANDLERS,
                BenchwrightError: self._unreadable,
                OSError: self._unreadable,
            },
            lifespan=self._lifespan,
        )

    def _routes(self) -> dict[str, Callable[[Request], Any]]:
        return {
            "/health": self.health,
            "/metrics": self.metrics,
            "/openapi.json": self.openapi,
            "/api/v1/board": self.document(lambda request, now: api.board_document(now)),
            "/api/v1/entries": self.listing(self._entries),
            "/api/v1/entries/{id}": self.document(
                lambda request, now: api.entry_document(now, request.path_params["id"])
            ),
            "/api/v1/tasks": self.document(lambda request, now: api.tasks_document(now)),
            "/api/v1/tasks/{path:path}": self.listing(self._task),
            "/api/v1/compare": self.compare,
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
        self.state.start()
        yield
        self.state.close()
        for kind in (self.pages, self.lists, self.pairs):
            kind.close()
        self.index.close()

    def _prepare(self, now: Snapshot) -> None:
        """Make the page that most ask for before a new state is served."""
        page = now.pages["index.html"]
        self.cache.make((page.path, page.digest), lambda: make_body(page.render(), type_of(page.path)))

    def _follow(self, content: BoardContent) -> None:
        """Bring the index up to date with what is served; of what it has already, it is only asked whether it still has that."""
        known, digest = self._followed
        if known is content and digest and kept_digest(self.index) == digest:
            return
        self._followed = None, ""
        self.index.refresh()
        keep_content(self.index, content)
        self._followed = content, kept_digest(self.index)

    async def page(self, request: Request) -> Response:
        """A page of the site under its address; `?embed=1` gives the small table for other pages."""
        now = self.state.snapshot
        path = request.path_params.get("path") or "index.html"
        if path == "index.html" and request.query_params.get("embed"):  # other parameters are what links elsewhere add
            path = "embed.html"
        found = now.pages.get(path)
        if found is None:
            raise RequestProblem(404, f"no page {shown(path)!r}", hint="the board begins at /")
        return await self._page(request, found)

    async def _page(self, request: Request, page: Page) -> Response:
        key = (page.path, page.digest)
        body = self.cache.find(key)
        if body is None:
            kind = self.pairs if page.path.startswith("compare/") else self.pages
            body = await self._made(request, kind, key, lambda: make_body(page.render(), type_of(page.path)))
        return respond(request, body)

    async def search(self, request: Request) -> Response:
        """Entries by a filter, in the order that the URL asks for."""
        asked = read_asked(request.query_params, names=SEARCH_NAMES)
        now = self.state.snapshot
        if asked.query.task:
            api.table_of(now, asked.query.task)

        def build() -> Body:
            return make_body(render_search(now, self._found(asked), asked), type_of(".html"))

        return respond(request, await self._listed(request, now, build))

    async def choice(self, request: Request) -> Response:
        """Two entries named by the URL lead to their page; else the form that asks for them."""
        told = read_values(request.query_params, ("a", "b"))
        now = self.state.snapshot
        first, second = told.get("a", ""), told.get("b", "")
        if first and second:
            api.check_pair(now, first, second)
            return RedirectResponse(f"compare/{quote(first)}--{quote(second)}.html", status_code=303)

        def build() -> Body:
            return make_body(render_choice(now, first, second), type_of(".html"))

        return respond(request, await self._listed(request, now, build))

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

        body = self.cache.find(key) or await self._made(request, self.pairs, key, build)
        return respond(request, body)

    def document(self, build: Callable[[Request, Snapshot], Any]) -> Callable[[Request], Any]:
        """The handler of a JSON document that is the same for everybody: made once for each address and state of the board."""

        async def handler(request: Request) -> Response:
            read_values(request.query_params, ())
            now = self.state.snapshot
            key = (request.url.path, now.signature)
            body = self.cache.find(key)
            if body is None:
                body = await self._made(request, self.pages, key, lambda: make_json(build(request, now)))
            return respond(request, body)

        return handler

    def listing(self, build: Callable[[Request, Snapshot], Any]) -> Callable[[Request], Any]:
        """The handler of a list: made each time, for clients may think of any number of filters, and the index answers quickly."""

        async def handler(request: Request) -> Response:
            now = self.state.snapshot
            return respond(request, await self._listed(request, now, lambda: make_json(build(request, now))))

        return handler

    async def compare(self, request: Request) -> Response:
        """The differences of two entries, as JSON."""
        told = read_values(request.query_params, ("a", "b"))
        for name in ("a", "b"):
            if name not in told:
                raise RequestProblem(400, f"the parameter {name} is missing", hint="/api/v1/compare?a=ID&b=ID")
        now = self.state.snapshot
        api.check_pair(now, told["a"], told["b"])
        key = (f"{request.url.path}?a={told['a']}&b={told['b']}", now.signature)
        body = self.cache.find(key)
        if body is None:
            body = await self._made(
                request, self.pairs, key, lambda: make_json(api.pair_document(now, told["a"], told["b"]))
            )
        return respond(request, body)

    async def _made(
        self, request: Request, kind: BoundedThreads, key: tuple[str, str], build: Callable[[], Body]
    ) -> Body:
        """What is kept under a key, made in a thread of its kind."""
        client = request.scope["benchwright.client"]
        return await kind.make(key, lambda: self.cache.make(key, build), client=client)

    async def _listed(self, request: Request, now: Snapshot, build: Callable[[], Body]) -> Body:
        """What is kept nowhere, made in a thread of lists."""
        key = (f"{request.url.path}?{request.url.query}", now.signature)
        return await self.lists.make(key, build, client=request.scope["benchwright.client"])

    def _found(self, asked: Asked) -> EntriesFound:
        """What the index lists. Raises RequestProblem (503) where it cannot be asked, in words that say nothing about where it is."""
        try:
            return find_entries(self.index, asked.query)
        except BenchwrightError as error:
            LOG.warning("a list could not be made: %s", told_of(error))
            raise RequestProblem(
                503,
                "the index of the board does not answer",
                hint="pages are served, and single entries under /api/v1/entries/ID; ask again later",
                headers={"retry-after": "10"},
            ) from error

    def _entries(self, request: Request, now: Snapshot) -> Any:
        asked = read_asked(request.query_params)
        return api.rows_document(now, self._found(asked), asked)

    def _task(self, request: Request, now: Snapshot) -> Any:
        table = api.table_of(now, request.path_params["path"])
        asked = read_asked(request.query_params, task=table.name)
        return {"path": table.name, **api.rows_document(now, self._found(asked), asked)}

    async def health(self, request: Request) -> Response:
        """Whether the board is served, and whether its latest state is."""
        now = self.state.snapshot
        told = {
            "status": "degraded" if self.state.problem or self.state.index_problem else "ok",
            "entries": len(now.entries),
            "problem": self._shown(self.state.problem)
            or ("the index does not answer" if self.state.index_problem else ""),
        }
        return respond(request, make_json(told))

    async def _unreadable(self, request: Request, error: Exception) -> Response:
        """A stored file that cannot be read, found while a page was made."""
        LOG.warning("%s could not be made: %s", request.url.path, told_of(error))
        return problem(
            503,
            self._shown(told_of(error)),
            hint="whoever keeps the board asks `benchwright board check` what is damaged",
        )

    def _shown(self, problem: str) -> str:
        """A problem in which no folder of this machine is named."""
        return re.sub(rf"(?<![\w./-]){re.escape(str(self.state.root))}/", "", problem)

    async def metrics(self, request: Request) -> Response:
        """Numbers about the server, in Prometheus's text form."""
        lines = [
            *self.counts.lines(),
            *gauge("entries", len(self.state.snapshot.entries)),
            *gauge("cache_bytes", self.cache.bytes),
            *gauge("cache_hits", self.cache.hits),
            *gauge("cache_misses", self.cache.misses),
            *gauge("board_readable", 0 if self.state.problem else 1),
            *gauge("index_current", 0 if self.state.index_problem else 1),
            *gauge("making_pages", len(self.pages)),
            *gauge("making_lists", len(self.lists)),
            *gauge("making_pairs", len(self.pairs)),
        ]
        return respond(request, make_body("\n".join(lines) + "\n", "text/plain; version=0.0.4; charset=utf-8"))

    async def openapi(self, request: Request) -> Response:
        """The description of the API."""
        return respond(request, make_json(openapi_document()))


def make_app(root: Path, limits: Limits | None = None, *, index: str | None = None) -> Starlette:
    """The ASGI application of the board in a folder; ``index`` is the URL of its index (`index.place.place_of`).

    Raises:
        BenchwrightError: There is no board, or it cannot be read.
    """
    return BoardApp(root, limits or Limits(), index=index).application()
