"""Rows of rankings as HTML. They are nearly all of a board's bytes, and a template takes three times as long for them.

Every text goes through `benchwright.inert.html_text`; everything else that is written here is a number or a word of ours.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from benchwright.alarm import ALARM
from benchwright.formatting import clip_words
from benchwright.inert import html_text
from benchwright_leaderboards.alarm_marks import Mark
from benchwright_leaderboards.columns import BoardCell, ColumnView, RowView

_LONGEST = 200
"""Characters of a note that are shown; pages of models hold it whole."""


def rows_html(rows: Sequence[RowView], columns: Sequence[ColumnView], root: str, *, tie: bool, bars: bool) -> Markup:
    """Rows of a table.

    Args:
        rows: In order.
        columns: Of the table.
        root: What leads to the folder of the site.
        tie: Whether they share their first rank.
        bars: Whether the table has interval bars, behind the first column.
    """
    kind = ' class="tie"' if tie else ""
    return Markup("\n".join(_row(row, columns, kind, root, bars=bars) for row in rows))  # noqa: S704 - html_text escapes


def group_html(kind: str, title: str, about: str, rows: Markup, width: int) -> Markup:
    """A group of rows as a body of a table, below a heading over ``width`` columns where it has a title."""
    body = "<tbody>" if kind in ("alone", "tie") else '<tbody class="unranked">'
    small = f" <small>{html_text(about)}</small>" if about else ""
    head = f'<th scope="rowgroup" colspan="{width}"><span>{html_text(title)}{small}</span></th>'
    row = f'<tr class="group {html_text(kind)}">{head}</tr>\n' if title else ""
    return Markup(f"{body}\n{row}{rows}\n</tbody>")  # noqa: S704 - every text goes through html_text


def _row(row: RowView, columns: Sequence[ColumnView], kind: str, root: str, *, bars: bool) -> str:
    name = html_text(row.id)
    role = ' <b class="role">baseline</b>' if row.is_baseline else ""
    notes = "".join(f"<small>{html_text(clip_words(note, _LONGEST))}</small>" for note in row.notes)
    marks = "".join(_mark(mark, f"{root}models/{name}.html#alarms") for mark in row.marks)
    cells = [_cell(cell, column) for cell, column in zip(row.cells, columns, strict=True)]
    if bars:
        cells.insert(1, f"<td>{_bar(row.bar)}</td>")
    return (
        f'<tr{kind}><td class="num">{html_text(row.rank)}</td><th scope="row"><a href="{root}models/{name}.html">{name}</a>{role}{marks}{notes}</th>'
        f"{''.join(cells)}</tr>"
    )


def _mark(mark: Mark, address: str) -> str:
    """A mark of an alarm leads to the sentences on the page of the model."""
    text = html_text(clip_words(mark.line, _LONGEST))
    return (
        f'<small><a class="alarm" href="{address}">{text}</a></small>'
        if mark.sign == ALARM
        else f"<small>{text}</small>"
    )


def _cell(cell: BoardCell, column: ColumnView) -> str:
    kinds = [*(("num",) if column.is_number else ()), *((cell.tone,) if cell.tone else ())]
    kind = f' class="{" ".join(kinds)}"' if kinds else ""
    sort = "" if cell.sort is None else f' data-sort="{html_text(cell.sort)}"'
    small = f"<small>{html_text(cell.small)}</small>" if cell.small else ""
    return f"<td{kind}{sort}>{html_text(cell.text)}{small}</td>"


def _bar(ends: tuple[int, int, int] | None) -> str:
    if ends is None:
        return ""
    low, high, middle = ends
    return f'<svg class="bar" aria-hidden="true"><path d="M{low} 6H{high}M{middle} 2v8"/></svg>'
