"""The first page of a board: who leads, in words and as a table."""

from __future__ import annotations

from collections.abc import Iterator

from benchwright.render.api import note_html
from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.frame import frame_of, render_framed
from benchwright_leaderboards.headline import further_sentences, lead_sentence
from benchwright_leaderboards.pages import Page, digest_of_inputs
from benchwright_leaderboards.table_view import view_table


def overview_pages(content: BoardContent) -> Iterator[Page]:
    """``index.html``."""
    frame = frame_of(content, "index.html")
    table = view_table(content, content.overview, name="ranking", caption=_caption(content))
    sentences = (lead_sentence(content.overview), *further_sentences(content, content.overview))
    text = content.board.spec.text

    def render() -> str:
        shown = note_html(text, name="text of the board") if text else ""
        return render_framed("overview.html.j2", frame, text=shown, table=table, sentences=sentences)

    yield Page(path=frame.path, digest=digest_of_inputs("overview", frame, table, sentences, text), render=render)


def _caption(content: BoardContent) -> str:
    tasks = content.board.spec.task
    n = next((row.score.n for row in content.overview.rows if row.score is not None), 0)
    weights = "equal weights" if len({task.weight for task in tasks}) == 1 else "weights declared by the board"
    several = f"the weighted mean of {len(tasks)} tasks, {weights}" if len(tasks) > 1 else tasks[0].path
    return f"Entries by {several}; scores are in points (100 times a fraction), n = {n:,} items"
