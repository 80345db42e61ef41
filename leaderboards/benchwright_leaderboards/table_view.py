"""A ranking as it is shown: columns, bands of ties, rows of texts; all numbers are written here, so that a template only places them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from benchwright.formatting import UNDEFINED, count
from benchwright_leaderboards.alarm_legend import marks_of, told_of_alarms
from benchwright_leaderboards.columns import NONE, BoardColumns, ColumnView, RowView, chosen_note
from benchwright_leaderboards.content import BoardContent, BoardRow, BoardTable, Status
from benchwright_leaderboards.ranking import LEVEL, MEAN
from benchwright_leaderboards.row_html import group_html, rows_html

_ALWAYS = ("score",)
_MEASURED = ("latency", "size", "parameters")
"""Columns whose absence is told; others are there or have no meaning on the board."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RowGroup:
    """Rows that belong together.

    Attributes:
        kind: ``tie``, ``alone`` (one row, or rows without a tie), ``partial``, ``stale`` or ``withdrawn``.
        title: Heading; empty of ``alone``.
        about: What the heading means.
        rows: In order.
    """

    kind: str
    title: str
    about: str
    rows: tuple[RowView, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TableView:
    """A ranking as it is shown.

    Attributes:
        id: Of the table on its page.
        caption: What it shows.
        columns: Beside rank and model.
        groups: Ranked ones first.
        meaning: What a rank means, one line.
        notes: What else must be known to read it.
        unmeasured: Titles of columns that the board asks for and no entry has a value of.
        scale: Texts at the two ends of the interval bars; empty without any.
    """

    id: str
    caption: str
    columns: tuple[ColumnView, ...]
    groups: tuple[RowGroup, ...]
    meaning: str
    notes: tuple[str, ...] = ()
    unmeasured: tuple[str, ...] = ()
    scale: tuple[str, ...] = ()

    @property
    def has_bars(self) -> bool:
        """Whether there is a column of interval bars, behind the score."""
        return bool(self.scale and self.columns and self.columns[0].name == "score")

    def rows_html(self, group: RowGroup, root: str) -> Markup:
        """The rows of a group as HTML; ``root`` leads to the folder of the site."""
        return rows_html(group.rows, self.columns, root, tie=group.kind == "tie", bars=self.has_bars)

    def groups_html(self, root: str) -> Markup:
        """All groups as HTML, each a body of the table; a table of a thousand entries has nearly as many."""
        width = len(self.columns) + (3 if self.has_bars else 2)
        return Markup("\n").join(
            group_html(group.kind, group.title, group.about, self.rows_html(group, root), width)
            for group in self.groups
        )


def view_table(
    content: BoardContent, table: BoardTable, *, name: str, caption: str, part_of: BoardTable | None = None
) -> TableView:
    """How a table of the board is shown; columns are those of ``board.toml`` of which an entry has a value.

    ``name`` is its id on the page. A table that is ``part_of`` another has its columns, and claims nothing of rows that it leaves out.
    """
    columns = BoardColumns(content, table)
    wanted = [one for one in content.board.spec.columns if one in columns.cells]
    cells = {one: [columns.cells[one](row) for row in table.rows] for one in wanted}
    further = part_of.rows if part_of else ()
    kept = [
        one
        for one in wanted
        if one in _ALWAYS
        or any(cell is not NONE for cell in cells[one])
        or any(columns.cells[one](row) is not NONE for row in further)
    ]
    marks = [marks_of(content, table, row) for row in table.rows]
    heads = {one: columns.head(one) for one in wanted}
    rows = [
        RowView(
            id=row.entry.entry.id,
            rank=row.rank or UNDEFINED,
            notes=_notes(content, row),
            is_baseline=row.is_baseline,
            bar=columns.bar(row),
            cells=tuple(cells[one][at] for one in kept),
            marks=marks[at],
        )
        for at, row in enumerate(table.rows)
    ]
    return TableView(
        id=name,
        caption=caption,
        columns=tuple(heads[one] for one in kept),
        groups=tuple(_groups(table.rows, rows)),
        meaning=rank_meaning(content, table),
        notes=tuple(
            note
            for note in (
                chosen_note(content, table),
                *_overlaps(table),
                *columns.notes(kept),
                *_no_baseline(content, table, kept),
                *_order(content),
                *told_of_alarms(content, table, marks),
            )
            if note
        ),
        unmeasured=tuple(heads[one].title for one in wanted if one not in kept and one in _MEASURED),
        scale=columns.scale(),
    )


def rank_meaning(content: BoardContent, table: BoardTable) -> str:
    """One line that says what a rank of the table means, or why there is none."""
    if not any(row.place is not None for row in table.rows):
        why = content.ranking.unranked.get(table.name, "")
        if table.name == MEAN and not content.ranking.weights:
            why = why or "no mean over the tasks can be made"
        return f"No rank is given: {why or 'nothing could be tested'}."
    tests = content.ranking.family
    if not tests:
        return "No two entries could be held against each other: a rank says here that there is one entry, and nothing of how good it is."
    return (
        "A rank range such as 1–3 holds every rank that an entry may have: it begins after the entries that are shown to be better and ends before "
        f"those that are shown to be worse. All ranges of this board hold at once with {100 - 100 * LEVEL:.0f} % confidence, over {count(tests)} paired "
        f"{'test' if tests == 1 else 'tests'}."
    )


def _overlaps(table: BoardTable) -> Iterator[str]:
    """A remark where an entry that begins at a rank of its own may still be level with its neighbours."""
    places = [row.place for row in table.rows if row.place is not None]
    sharing = Counter(first for first, _ in places)
    if any(first < last and sharing[first] == 1 for first, last in places):
        yield "Entries outside of a band whose rank ranges overlap may be level too; the page of a model tells it from its neighbours."


def _no_baseline(content: BoardContent, table: BoardTable, kept: Sequence[str]) -> Iterator[str]:
    """A remark where differences are asked for and the baseline they are to has no rank in this table."""
    missing = "difference" in content.board.spec.columns and "difference" not in kept
    if missing and any(row.entry.entry.id == content.baseline and row.status != "ranked" for row in table.rows):
        yield f"No difference to the baseline {content.baseline} is shown: it is not ranked here."


def _order(content: BoardContent) -> Iterator[str]:
    breaker = content.board.spec.tie_breaker
    if breaker is not None:
        yield f"Within a tie entries are in the order of {breaker}, which decides no rank."


def _groups(rows: Sequence[BoardRow], views: Sequence[RowView]) -> Iterator[RowGroup]:
    paired = list(zip(rows, views, strict=True))
    for (status, first), part in groupby(paired, key=lambda one: (one[0].status, one[0].place and one[0].place[0])):
        found = tuple(view for _, view in part)
        if status != "ranked":
            title, about = _UNRANKED[status]
            yield RowGroup(kind=status, title=title, about=about, rows=found)
        elif first is None or len(found) == 1:
            yield RowGroup(kind="alone", title="", about="", rows=found)
        else:
            better = f"{first - 1} other {'entry is' if first == 2 else 'entries are'} shown to be better"
            about = (
                "no other entry is shown to be better than any of them" if first == 1 else f"{better} than each of them"
            )
            yield RowGroup(kind="tie", title=f"Tie for rank {first}: {len(found)} entries", about=about, rows=found)


_UNRANKED: dict[Status, tuple[str, str]] = {
    "partial": ("Partial, not ranked", "a task is missing, or was answered in part"),
    "stale": ("Stale, not ranked", "the data of the board have changed since; the model must be run again"),
    "withdrawn": ("Withdrawn", "taken back by who entered it"),
}


def _notes(content: BoardContent, row: BoardRow) -> tuple[str, ...]:
    team, twin = row.entry.submission.team, content.ranking.twins.get(row.entry.entry.id)
    said = (team, *row.reasons, f"the same stored model as {twin}, with which it counts as one" if twin else "")
    return tuple(one for one in said if one)
