"""``history.html``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.frame import frame_of, render_framed
from benchwright_leaderboards.history import find_history
from benchwright_leaderboards.pages import Page, digest_of_inputs


def history_pages(content: BoardContent) -> Iterator[Page]:
    """The page. Raises StoreError where a release cannot be read."""
    frame, found = frame_of(content, "history.html"), find_history(content)
    yield Page(
        path=frame.path,
        digest=digest_of_inputs("history", frame, found),
        render=partial(render_framed, "history_of_board.html.j2", frame, history=found),
    )
