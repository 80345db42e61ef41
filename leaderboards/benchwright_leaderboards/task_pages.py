"""A page for each task of a board: what is measured, and the ranking on it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchwright_leaderboards.content import BoardContent, BoardTable
from benchwright_leaderboards.frame import Frame, framed_page, render_framed
from benchwright_leaderboards.headline import further_sentences, lead_sentence
from benchwright_leaderboards.pages import Page, slug
from benchwright_leaderboards.suite_pages import suite_of, suite_path, task_line
from benchwright_leaderboards.table_view import view_table


def task_pages(content: BoardContent) -> Iterator[Page]:
    """``tasks/<slug>.html`` of every task."""
    for table in content.tasks:
        yield framed_page(content, f"tasks/{slug(table.name)}.html", partial(_render, content, table))


def _render(content: BoardContent, table: BoardTable, frame: Frame) -> str:
    view = view_table(content, table, name="ranking", caption=_caption(table))
    context = {
        "table": view,
        "line": task_line(content, table),
        "sentences": (lead_sentence(table), *further_sentences(content, table)),
        "digest": content.board.spec.digest(table.name),
        "suite": (suite_of(table.name), suite_path(suite_of(table.name))),
        "metrics": table.metrics,
        "mixed": mixed_versions(table.metrics),
    }
    return render_framed("board_task.html.j2", frame, **context)


def mixed_versions(metrics: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the metrics (``name@version``) that are there in several versions: scores of entries do not compare then."""
    names = [one.partition("@")[0] for one in metrics]
    return tuple(one for one, name in zip(metrics, names, strict=True) if names.count(name) > 1)


def _caption(table: BoardTable) -> str:
    return f"Entries by their score on {table.name}, in points (100 times a fraction)"
