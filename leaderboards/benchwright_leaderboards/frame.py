"""What every page of a board has around its content: style, navigation, the digest of the board and when it last changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchwright.render.api import render_page
from benchwright_leaderboards.assets import asset_path
from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.pages import Page, digest_of_inputs

PACKAGE = "benchwright_leaderboards"
"""Where templates and style of boards are; those of reports can be included too."""
RELEASES = "releases.html"
"""What a release itself does not have: a list of all of them."""
NAVIGATION = (("index.html", "Ranking"), ("history.html", "History"), (RELEASES, "Releases"), ("method.html", "Method"))
"""Pages that every page links to; each is one that every board has."""
SERVED = (("entries", "Search"), ("compare", "Compare two"))
"""What only a server has."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What `board.html.j2` writes around a page.

    Attributes:
        path: Of the page, below the folder of the site.
        board: Title of the board.
        digest: Of the board (`BoardContent.digest`).
        updated: When its last submission came, ISO 8601; empty without any.
        submissions: How many it has.
        release: Name of the release that the page is of; empty: it is of the board as it is.
        served: Whether a server makes the page.
    """

    path: str
    board: str
    digest: str
    updated: str
    submissions: int
    release: str = ""
    served: bool = False

    @property
    def root(self) -> str:
        """What leads from the page to the folder of the site: ``../`` for each folder between."""
        return "../" * self.path.count("/")

    @property
    def style(self) -> str:
        """Address of the style sheet, from the page."""
        return self.root + asset_path("board.css")

    @property
    def script(self) -> str:
        """Address of the script, from the page."""
        return self.root + asset_path("board.js")

    @property
    def links(self) -> Iterator[tuple[str, str, bool]]:
        """Address, title, and whether it is this page, of what every page links to."""
        return (
            (self.root + path, title, path == self.path)
            for path, title in (*NAVIGATION, *(SERVED if self.served else ()))
            if not (self.release and path == RELEASES)
        )


def frame_of(content: BoardContent, path: str) -> Frame:
    """The frame of the page that lies at a path."""
    return Frame(
        path=path,
        board=content.board.spec.title,
        digest=content.digest,
        updated=content.updated,
        submissions=len(content.board.submissions),
        release=content.release,
        served=content.served,
    )


def framed_page(content: BoardContent, path: str, make: Callable[[Frame], str], *options: object) -> Page:
    """A page with a frame, which names the board: it changes whenever the board does, so nothing more has to be looked at to know whether it has.

    Args:
        content: The board.
        path: Of the page, below the folder of the site.
        make: Makes it; everything costly belongs in here, or below `derived.remember`.
        options: What else decides its bytes, as JSON can hold it.
    """
    frame = frame_of(content, path)
    return Page(path=path, digest=digest_of_inputs("framed", frame, content.state, options), render=lambda: make(frame))


def render_framed(template: str, frame: Frame, **context: Any) -> str:
    """A page made from a template that extends ``board.html.j2``; everything is escaped, and nothing but the two assets is loaded."""
    return render_page(template, package=PACKAGE, frame=frame, **context)
