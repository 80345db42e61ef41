"""``embed.html``: the first rows of the ranking without anything around them, to be shown in a frame of another page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from msgspec import structs

from benchwright.items import count
from benchwright_leaderboards.columns import RowView
from benchwright_leaderboards.content import BoardContent, BoardTable
from benchwright_leaderboards.frame import Frame, framed_page, render_framed
from benchwright_leaderboards.pages import Page
from benchwright_leaderboards.table_view import TableView, view_table

ROWS = 10
"""Rows that are shown, and as many more as it takes not to cut a tie."""
_COLUMNS = ("score",)


def embed_pages(content: BoardContent) -> Iterator[Page]:
    """``embed.html``; `board serve` gives it for ``/?embed=1`` too."""
    yield framed_page(content, "embed.html", partial(_render, content))


def _render(content: BoardContent, frame: Frame) -> str:
    shown = _first(content.overview)
    view = _narrow(view_table(content, shown, name="ranking", caption=content.board.spec.title))
    rest = len(content.overview.rows) - len(shown.rows)
    more = count(rest, "more entry") if rest else ""
    return render_framed("embed.html.j2", frame, table=view, more=more)


def _first(table: BoardTable) -> BoardTable:
    """The ranked rows to show."""
    ranked = table.of("ranked")
    last = ranked[ROWS - 1].place if len(ranked) > ROWS else None
    kept = [row for at, row in enumerate(ranked) if at < ROWS or (last and row.place and row.place[0] == last[0])]
    return replace(table, rows=tuple(kept))


def _narrow(view: TableView) -> TableView:
    """The same with the score as its only column and without notes."""
    kept = [at for at, column in enumerate(view.columns) if column.name in _COLUMNS]
    groups = tuple(replace(group, rows=tuple(_row(row, kept) for row in group.rows)) for group in view.groups)
    return replace(
        view, columns=tuple(view.columns[at] for at in kept), groups=groups, notes=(), unmeasured=(), scale=()
    )


def _row(row: RowView, kept: list[int]) -> RowView:
    return structs.replace(row, notes=(), cells=tuple(row.cells[at] for at in kept))
