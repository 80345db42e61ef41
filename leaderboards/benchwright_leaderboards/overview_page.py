"""The first page of a board: who leads, in words and as a table."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.frame import Frame, framed_page, render_framed
from benchwright_leaderboards.headline import further_sentences, lead_sentence
from benchwright_leaderboards.matrix import MatrixView, view_matrix
from benchwright_leaderboards.mean import sample_size
from benchwright_leaderboards.pages import Page
from benchwright_leaderboards.suite_pages import TaskLine, suite_path, suites_of, task_line
from benchwright_leaderboards.table_view import view_table

MOST_TASKS, MOST_SCORES = 12, 3_000
"""Of the table of scores on the first page."""


def overview_pages(content: BoardContent) -> Iterator[Page]:
    """``index.html``."""
    yield framed_page(content, "index.html", partial(_render, content))


def _render(content: BoardContent, frame: Frame) -> str:
    table = view_table(content, content.overview, name="ranking", caption=overview_caption(content))
    sentences = (lead_sentence(content.overview), *further_sentences(content, content.overview))
    text = content.board.spec.text
    context = {"table": table, "sentences": sentences, "scores": _scores(content), "suites": _suites(content)}
    return render_framed("overview.html.j2", frame, text=_text_html(text) if text else "", **context)


def _text_html(text: str) -> str:
    """What the board is about, in Markdown, as HTML."""
    from benchwright.render.api import note_html

    return note_html(text, name="text of the board")


def _scores(content: BoardContent) -> MatrixView | None:
    """All scores, where they are few enough to be looked at; the pages of suites have them all."""
    paths = [task.path for task in content.board.spec.task]
    if not 1 < len(paths) <= MOST_TASKS or len(paths) * len(content.overview.rows) > MOST_SCORES:
        return None
    caption = "Scores in points, in the order of the ranking; below each its rank range on the task; ● no other entry is shown to be better"
    return view_matrix(content, paths, name="scores", caption=caption)


def _suites(content: BoardContent) -> tuple[tuple[str, str, tuple[TaskLine, ...]], ...]:
    """Name and page of each suite, with its tasks."""
    return tuple(
        (name, suite_path(name), tuple(task_line(content, content.by_name[path]) for path in paths))
        for name, paths in suites_of(content).items()
    )


def overview_caption(content: BoardContent) -> str:
    """What the ranking of the overview is by: the task, or how many tasks are averaged with which weights, and what the scores count."""
    every, averaged = content.board.spec.task, content.ranking.weights
    tasks = [task for task in every if task.path in averaged] or every
    size = next((f", n = {sample_size(row.score)}" for row in content.overview.rows if row.score is not None), "")
    weights = "equal weights" if len({task.weight for task in tasks}) == 1 else "weights declared by the board"
    of = f"{len(tasks)} of the {len(every)}" if len(tasks) < len(every) else f"{len(tasks)}"
    several = f"the weighted mean of {of} tasks, {weights}" if len(tasks) > 1 else tasks[0].path
    return f"Entries by {several}; scores are in points (100 times a fraction){size}"
