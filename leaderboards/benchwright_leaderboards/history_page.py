"""``history.html``."""

from __future__ import annotations

from collections.abc import Iterator

from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.frame import framed_page, render_framed
from benchwright_leaderboards.history import find_history
from benchwright_leaderboards.pages import Page
from benchwright_leaderboards.releases import read_releases


def history_pages(content: BoardContent) -> Iterator[Page]:
    """The page. Raises StoreError where a release cannot be read."""
    yield framed_page(
        content,
        "history.html",
        lambda frame: render_framed("history_of_board.html.j2", frame, history=find_history(content)),
        [one.digest for one in read_releases(content.board.root)],
    )
