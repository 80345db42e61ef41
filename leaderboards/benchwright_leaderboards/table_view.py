"""A ranking as it is shown: columns, bands of ties, rows of texts; all numbers are written here, so that a template only places them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from benchwright.formatting import UNDEFINED, change, count, interval, interval_of_change, ratio, value
from benchwright_leaderboards.content import BoardContent, BoardRow, BoardTable, Status
from benchwright_leaderboards.ranking import LEVEL, MEAN

BAR = 96
"""Width of the scale of interval bars, in CSS pixels."""
_ALWAYS = ("score",)
_MEASURED = ("slice", "latency", "size", "parameters")
"""Columns whose absence is told; others are there or have no meaning on the board."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """What stands in a cell.

    Attributes:
        text: The value as it is written.
        small: What stands below it.
        sort: What it is sorted by where the text does not say: a number; empty: no value, last.
        tone: ``up``, ``down``: shown to be better, or worse, than the baseline; ``nil``: no value; else empty.
    """

    text: str
    small: str = ""
    sort: str | None = None
    tone: str = ""


NONE = Cell(text=UNDEFINED, tone="nil")


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnView:
    """A column: its name in ``board.toml``, its heading, what stands below it, and whether it holds numbers."""

    name: str
    title: str
    about: str = ""
    is_number: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class RowView:
    """A row.

    Attributes:
        id: Of the entry, and name of its page.
        rank: ``2``, ``1–3``, or a dash.
        notes: What stands below the name: its team, that it is a baseline, why it is not ranked.
        is_baseline: Whether the board names it as one.
        bar: Left end, right end and middle of its interval on the scale of the table, in pixels; None without interval.
        cells: By column.
    """

    id: str
    rank: str
    notes: tuple[str, ...]
    is_baseline: bool
    bar: tuple[int, int, int] | None
    cells: tuple[Cell, ...]


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
    def has_ties(self) -> bool:
        """Whether any rows share a rank."""
        return any(group.kind == "tie" for group in self.groups)


def view_table(content: BoardContent, table: BoardTable, *, name: str, caption: str) -> TableView:
    """How a table of the board is shown; columns are those of ``board.toml`` of which an entry has a value.

    ``name`` is its id on the page.
    """
    columns = _Columns(content, table)
    wanted = [one for one in content.board.spec.columns if one in columns.known]
    cells = {one: [columns.known[one](row) for row in table.rows] for one in wanted}
    kept = [one for one in wanted if one in _ALWAYS or any(cell is not NONE for cell in cells[one])]
    heads = {one: columns.head(one) for one in wanted}
    rows = [
        RowView(
            id=row.entry.entry.id,
            rank=row.rank or UNDEFINED,
            notes=_notes(row),
            is_baseline=row.is_baseline,
            bar=columns.bar(row),
            cells=tuple(cells[one][at] for one in kept),
        )
        for at, row in enumerate(table.rows)
    ]
    return TableView(
        id=name,
        caption=caption,
        columns=tuple(heads[one] for one in kept),
        groups=tuple(_groups(table.rows, rows)),
        meaning=rank_meaning(content, table),
        notes=tuple(columns.notes(kept)),
        unmeasured=tuple(heads[one].title for one in wanted if one not in kept and one in _MEASURED),
        scale=columns.scale(),
    )


def rank_meaning(content: BoardContent, table: BoardTable) -> str:
    """One line that says what a rank of the table means, or why there is none."""
    placed = sum(row.place is not None for row in table.rows)
    if not placed:
        return "No rank is given: ranks need at least three entries that answered everything and can be tested."
    return (
        f"A rank range such as 1–3 holds every rank that an entry may have: it begins after the entries that are shown to be better, and ends before "
        f"those that are shown to be worse. All ranges of the board hold at once with {1 - LEVEL:.0%} confidence, over {content.ranking.family:,} paired tests."
    )


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
                "no other entry is shown to be better than any of them" if first == 1 else f"than each of them {better}"
            )
            yield RowGroup(kind="tie", title=f"Tie for rank {first}: {len(found)} entries", about=about, rows=found)


_UNRANKED: dict[Status, tuple[str, str]] = {
    "partial": ("Partial, not ranked", "a task is missing, or was answered in part"),
    "stale": ("Stale, not ranked", "the data of the board have changed since; the model must be run again"),
    "withdrawn": ("Withdrawn", "taken back by who entered it"),
}


def _notes(row: BoardRow) -> tuple[str, ...]:
    team = row.entry.submission.team
    return (*((team,) if team else ()), *row.reasons)


@dataclass
class _Columns:
    """The columns of a table, and the scale of its interval bars."""

    content: BoardContent
    table: BoardTable
    known: dict[str, Callable[[BoardRow], Cell]] = field(init=False)

    def __post_init__(self) -> None:
        self.baseline = self.content.baseline
        self.has_baseline = any(row.difference is not None for row in self.table.rows)
        self.on_machine = self.content.board.spec.machine is not None
        base = next((row for row in self.table.rows if row.entry.entry.id == self.baseline), None)
        self.base_latency = base.entry.entry.cost.latency if base else None
        ends = [
            end for row in self.table.rows if row.score for end in (row.score.low, row.score.high) if end is not None
        ]
        self.ends = (min(ends), max(ends)) if ends and max(ends) > min(ends) else None
        self.known = {
            "score": self._score,
            "difference": self._difference,
            "latency": self._latency,
            "size": lambda row: _measured(row.entry.entry.cost.size, "bytes"),
            "parameters": lambda row: _measured(row.entry.entry.cost.parameters, "count"),
            "badge": lambda row: Cell(text="L1"),  # noqa: ARG005 - each entry came with its predictions
            "team": lambda row: Cell(text=row.entry.submission.team) if row.entry.submission.team else NONE,
            "added": lambda row: Cell(text=row.entry.submission.added[:10]),
            "attempts": lambda row: Cell(text=count(row.entry.entry.attempt)),
        }

    def head(self, name: str) -> ColumnView:
        """The heading of a column."""
        mean = "weighted mean, 95 % interval" if self.table.name == MEAN else "95 % interval"
        heads = {
            "score": ColumnView(name=name, title="score", about=mean),
            "difference": ColumnView(name=name, title="difference", about=f"to {self.baseline}"),
            "latency": ColumnView(
                name=name, title="latency", about=f"p50, and over {self.baseline}" if self.base_latency else "p50"
            ),
            "size": ColumnView(name=name, title="size"),
            "parameters": ColumnView(name=name, title="parameters"),
            "badge": ColumnView(name=name, title="badge", is_number=False),
            "team": ColumnView(name=name, title="team", is_number=False),
            "added": ColumnView(name=name, title="added", is_number=False),
            "attempts": ColumnView(name=name, title="attempt", about="of its team"),
        }
        return heads[name]

    def bar(self, row: BoardRow) -> tuple[int, int, int] | None:
        """The interval of a row on the scale of the table."""
        score = row.score
        if self.ends is None or score is None or score.value is None or score.low is None or score.high is None:
            return None
        low, high = self.ends
        left, right, middle = (round(BAR * (end - low) / (high - low)) for end in (score.low, score.high, score.value))
        return left, max(right, left + 1), middle

    def scale(self) -> tuple[str, ...]:
        """Texts at both ends of the scale."""
        return () if self.ends is None else (value(self.ends[0]), value(self.ends[1]))

    def notes(self, shown: Sequence[str]) -> Iterator[str]:
        """What must be known to read the columns that are shown."""
        if any(row.score and row.score.errored for row in self.table.rows):
            yield "Items without an answer count as wrong; how many there are stands below the score."
        if "difference" in shown:
            yield f"▲ ▼: shown to be better or worse than {self.baseline}, over all tests of the board; without a sign: not told apart."
        if "badge" in shown:
            yield "L1: entered with its predictions; the board computed every score from them."

    def _score(self, row: BoardRow) -> Cell:
        score = row.score
        if score is None or score.value is None:
            return Cell(text=UNDEFINED, tone="nil", sort="")
        parts = [interval(score.low, score.high), "" if score.se is None else f"SE {value(score.se)}"]
        if score.errored:
            parts.append(f"{score.errored:,} unanswered")
        return Cell(text=value(score.value), small=" · ".join(part for part in parts if part))

    def _difference(self, row: BoardRow) -> Cell:
        one = row.difference
        if row.entry.entry.id == self.baseline and self.has_baseline:
            return Cell(text="reference", tone="nil", sort="0")
        if one is None or one.delta is None or row.status != "ranked":
            return NONE
        way = one.way
        return Cell(
            text=f"{'▲ ' if way > 0 else '▼ ' if way < 0 else ''}{change(one.delta)}",
            small=interval_of_change(one.low, one.high),
            tone="up" if way > 0 else "down" if way < 0 else "",
        )

    def _latency(self, row: BoardRow) -> Cell:
        seconds = row.entry.entry.cost.latency
        if seconds is None or not self.on_machine:
            return NONE
        base = self.base_latency
        return Cell(text=value(seconds, "seconds"), small=ratio(seconds / base) if base else "", sort=f"{seconds:.6g}")


def _measured(number: float | None, unit: str) -> Cell:
    return NONE if number is None else Cell(text=value(number, unit), sort=f"{number:.6g}")  # type: ignore[arg-type]
