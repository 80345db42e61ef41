"""Entries by tasks: the scores of a suite, or of the whole board, beside one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from benchwright.formatting import UNDEFINED, interval, value
from benchwright.inert import html_text
from benchwright.quantities import Unit
from benchwright.types import Frozen
from benchwright_leaderboards.alarm_marks import loud_word
from benchwright_leaderboards.content import BoardContent, BoardRow
from benchwright_leaderboards.pages import slug


class MatrixCell(Frozen, frozen=True, kw_only=True):
    """A score with its rank range; ``is_first``: no other entry is shown to be better there."""

    text: str
    small: str = ""
    is_first: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class MatrixColumn:
    """A task or a mean: its heading, its page below the folder of the site (empty: none), and what stands below the heading."""

    title: str
    href: str = ""
    about: str = ""


class MatrixRow(Frozen, frozen=True, kw_only=True):
    """An entry with its cells; ``is_whole``: it has all of them."""

    id: str
    is_baseline: bool
    is_whole: bool
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MatrixView:
    """Scores of entries by task, and means of them."""

    id: str
    caption: str
    columns: tuple[MatrixColumn, ...]
    rows: tuple[MatrixRow, ...]

    def rows_html(self, root: str) -> Markup:
        """The rows as HTML; ``root`` leads to the folder of the site. Written without a template, which takes three times as long."""
        return Markup("\n".join(_row_html(row, root) for row in self.rows))  # noqa: S704 - every text goes through html_text


@dataclass(frozen=True, kw_only=True, slots=True)
class MeanColumn:
    """A mean that stands before the tasks: its heading, and the entry's cell and value (None: it has none)."""

    head: MatrixColumn
    of: Callable[[BoardRow], tuple[MatrixCell, float | None]]


ABSENT = MatrixCell(text=UNDEFINED)


def view_matrix(
    content: BoardContent, paths: Sequence[str], *, name: str, caption: str, mean: MeanColumn | None = None
) -> MatrixView:
    """Entries that have a result on any of some tasks: in the order of the overview, or of a mean.

    ``name`` is its id on the page.
    """
    found = {path: {row.entry.entry.id: row for row in content.by_name[path].rows} for path in paths}
    rows = [row for row in content.overview.rows if any(row.entry.entry.id in part for part in found.values())]
    if mean is not None:
        values = {row.entry.entry.id: mean.of(row)[1] for row in rows}
        rows.sort(
            key=lambda row: -(values[row.entry.entry.id] or -1e9) if values[row.entry.entry.id] is not None else 1e9
        )
    units = {path: content.words[path].unit for path in paths}
    heads = [
        MatrixColumn(title=path, href=f"tasks/{slug(path)}.html", about=content.words[path].metric) for path in paths
    ]
    return MatrixView(
        id=name,
        caption=caption,
        columns=(*((mean.head,) if mean else ()), *heads),
        rows=tuple(_row(row, found, units, mean) for row in rows),
    )


def _row(
    row: BoardRow, found: Mapping[str, Mapping[str, BoardRow]], units: Mapping[str, Unit], mean: MeanColumn | None
) -> MatrixRow:
    name = row.entry.entry.id
    cells = [_cell(part[name], units[path]) if name in part else ABSENT for path, part in found.items()]
    return MatrixRow(
        id=name,
        is_baseline=row.is_baseline,
        is_whole=all(cell is not ABSENT for cell in cells),
        cells=(*((mean.of(row)[0],) if mean else ()), *cells),
    )


def _cell(row: BoardRow, unit: Unit) -> MatrixCell:
    if row.value is None:
        return ABSENT
    rank = f"rank {row.rank}" if row.place else "" if row.status == "ranked" else row.status
    small = " · ".join(part for part in (rank, loud_word(row.result)) if part)
    return MatrixCell(text=value(row.value, unit), small=small, is_first=bool(row.place and row.place[0] == 1))


def mean_cell(score: float | None, low: float | None, high: float | None) -> MatrixCell:
    """The cell of a mean with its interval."""
    return ABSENT if score is None else MatrixCell(text=value(score), small=interval(low, high))


def _row_html(row: MatrixRow, root: str) -> str:
    name = html_text(row.id)
    role = ' <b class="role">baseline</b>' if row.is_baseline else ""
    cells = "".join(map(_cell_html, row.cells))
    return f'<tr><th scope="row"><a href="{root}models/{name}.html">{name}</a>{role}</th>{cells}</tr>'


def _cell_html(cell: MatrixCell) -> str:
    text = f"<b>{html_text(cell.text)}</b> ●" if cell.is_first else html_text(cell.text)
    small = f"<small>{html_text(cell.small)}</small>" if cell.small else ""
    return f'<td class="num">{text}{small}</td>'
