"""Columns of a ranking: their headings, and the cell of each entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchwright.formatting import (
    UNDEFINED,
    change,
    clip_words,
    count,
    interval,
    interval_of_change,
    points,
    ratio,
    value,
)
from benchwright.quantities import Unit
from benchwright.types import Frozen
from benchwright_leaderboards.alarm_marks import Mark
from benchwright_leaderboards.content import BoardContent, BoardRow, BoardTable
from benchwright_leaderboards.ranking import MEAN

BAR = 96
"""Width of the scale of interval bars, in CSS pixels."""


class BoardCell(Frozen, frozen=True, kw_only=True):
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


NONE = BoardCell(text=UNDEFINED, tone="nil")


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnView:
    """A column: its name in ``board.toml``, its heading, what stands below it, and whether it holds numbers."""

    name: str
    title: str
    about: str = ""
    is_number: bool = True


class RowView(Frozen, frozen=True, kw_only=True):
    """A row.

    Attributes:
        id: Of the entry, and name of its page.
        rank: ``2``, ``1–3``, or a dash.
        notes: What stands below the name: its team, that it is a baseline, why it is not ranked.
        is_baseline: Whether the board names it as one.
        bar: Left end, right end and middle of its interval on the scale of the table, in pixels; None without interval.
        cells: By column.
        marks: Alarms and notes about its numbers, with signs and words.
    """

    id: str
    rank: str
    notes: tuple[str, ...]
    is_baseline: bool
    bar: tuple[int, int, int] | None
    cells: tuple[BoardCell, ...]
    marks: tuple[Mark, ...] = ()


class BoardColumns:
    """The columns that a table of a board can have, and the scale of its interval bars.

    Attributes:
        cells: Name of a column in ``board.toml`` -> what makes its cells.
        baseline: Id of the baseline that entries of this table are held against; empty without one.
        unit: How scores are written.
    """

    def __init__(self, content: BoardContent, table: BoardTable) -> None:
        self.content, self.table = content, table
        self.unit: Unit = "fraction" if table.name == MEAN else content.words[table.name].unit
        self.baseline = next((row.difference.baseline for row in table.rows if row.difference is not None), "")
        on_board = content.board.spec.machine is not None
        costs = {row.entry.entry.id: row.entry.entry.cost for row in table.rows}
        self.latencies = {name: cost.latency for name, cost in costs.items() if on_board and cost.latency is not None}
        ends = [end for row in table.rows if row.score for end in (row.score.low, row.score.high) if end is not None]
        self.ends = (min(ends), max(ends)) if ends and max(ends) > min(ends) else None
        self.cells: dict[str, Callable[[BoardRow], BoardCell]] = {
            "score": self._score,
            "difference": self._difference,
            "slice": self._slice,
            "latency": self._latency,
            "size": lambda row: _measured(row.entry.entry.cost.size, "bytes"),
            "parameters": lambda row: _measured(row.entry.entry.cost.parameters, "count"),
            "badge": lambda row: BoardCell(text="L1"),  # noqa: ARG005 - each entry came with its predictions
            "team": lambda row: BoardCell(text=row.entry.submission.team) if row.entry.submission.team else NONE,
            "added": lambda row: BoardCell(text=row.entry.submission.added[:10]),
            "attempts": lambda row: BoardCell(text=count(row.entry.entry.attempt)),
        }

    def head(self, name: str) -> ColumnView:
        """The heading of a column. Raises KeyError."""
        base = self.latencies.get(self.baseline)
        measured_on = next((cost.base for row in self.table.rows if (cost := row.entry.entry.cost).base), "")
        heads = {
            "score": ("score", "mean, 95 % interval, SE" if self.table.name == MEAN else "95 % interval, SE"),
            "difference": ("difference", f"to {self.baseline}, 95 % interval"),
            "latency": (
                "latency",
                f"median query on {measured_on}" + (f", and times that of {self.baseline}" if base else ""),
            ),
            "slice": ("worst slice", "gap to the rest of its task"),
            "size": ("size", ""),
            "parameters": ("parameters", ""),
            "badge": ("badge", ""),
            "team": ("team", ""),
            "added": ("added", ""),
            "attempts": ("attempt", "of its team"),
        }
        title, about = heads[name]
        return ColumnView(name=name, title=title, about=about, is_number=name not in ("badge", "team", "added"))

    def bar(self, row: BoardRow) -> tuple[int, int, int] | None:
        """Left end, right end and middle of a row's interval on the scale of the table, in pixels; None without interval."""
        score = row.score
        if self.ends is None or score is None or score.value is None or score.low is None or score.high is None:
            return None
        low, high = self.ends
        left, right, middle = (round(BAR * (end - low) / (high - low)) for end in (score.low, score.high, score.value))
        return left, max(right, left + 1), middle

    def scale(self) -> tuple[str, ...]:
        """Texts at both ends of the scale."""
        return () if self.ends is None else (value(self.ends[0], self.unit), value(self.ends[1], self.unit))

    def notes(self, shown: Sequence[str]) -> Iterator[str]:
        """What must be known to read the columns that are shown."""
        if any(row.score and row.score.errored for row in self.table.rows):
            yield "An item without an answer counts as wrong; how many there are stands below the score."
        if "difference" in shown:
            yield f"▲ ▼: shown to be better or worse than {self.baseline} by the tests of the whole board; without a sign: not told apart."
        if "slice" in shown:
            yield (
                "Worst slice: by how much a slice of at least 30 items falls behind the rest of its task, in points; made smaller (shrunken) by what chance adds to the worst of many; "
                "a dash where slices differ no more than by chance, or are too few."
            )
        if "badge" in shown:
            yield "L1: entered with its predictions; the board computed every score from them."

    def _score(self, row: BoardRow) -> BoardCell:
        score = row.score
        if score is None or score.value is None:
            return BoardCell(text=UNDEFINED, tone="nil", sort="")
        error = "" if score.se is None else f"SE {value(score.se, self.unit)}"
        silent = f"{score.errored:,} unanswered" if score.errored else ""
        between = interval(score.low, score.high, self.unit)
        return BoardCell(
            text=value(score.value, self.unit), small=" · ".join(part for part in (between, error, silent) if part)
        )

    def _difference(self, row: BoardRow) -> BoardCell:
        one = row.difference
        if self.baseline and row.entry.entry.id == self.baseline:
            return BoardCell(text="reference", tone="nil", sort="0")
        if one is None or row.status != "ranked":
            return NONE
        return BoardCell(
            text=f"{_SIGNS[one.way]}{change(one.delta, self.unit)}",
            small=interval_of_change(one.low, one.high, self.unit),
            tone=_TONES[one.way],
        )

    def _slice(self, row: BoardRow) -> BoardCell:
        results = row.entry.entry.results if self.table.name == MEAN else (row.result,)
        found = [(result.worst, result.path) for result in results if result is not None and result.worst is not None]
        if not found or row.status != "ranked":
            return NONE
        worst, path = min(found, key=lambda one: (one[0].gap, one[1]))
        where = f" · {path}" if self.table.name == MEAN else ""
        return BoardCell(
            text=change(worst.gap, self.unit), small=f"{clip_words(worst.slice, 40)} · n {worst.n:,}{where}"
        )

    def _latency(self, row: BoardRow) -> BoardCell:
        seconds = self.latencies.get(row.entry.entry.id)
        if seconds is None:
            return NONE
        base = self.latencies.get(self.baseline)
        times = ratio(seconds / base) if base else ""
        flags = row.entry.entry.cost.flags
        return BoardCell(
            text=value(seconds, "seconds"),
            small=" · ".join(part for part in (times, *flags[:1]) if part),
            sort=f"{seconds:.6g}",
        )


_SIGNS = {1: "▲ ", -1: "▼ ", 0: ""}
_TONES = {1: "up", -1: "down", 0: ""}


def _measured(number: float | None, unit: Unit) -> BoardCell:
    return NONE if number is None else BoardCell(text=value(number, unit), sort=f"{number:.6g}")


def chosen_note(content: BoardContent, table: BoardTable) -> str:
    """What is known of the best score because it is the best of several: attempts, and by how much it is expected to be too high."""
    found = content.ranking.optimism.get(table.name)
    if found is None or found.entries < 2:
        return ""
    unit: Unit = "fraction" if table.name == MEAN else content.words[table.name].unit
    said = f"by {points(found.expected, unit)}" if found.expected > 0 else "not at all"
    tried = content.ranking.attempts
    return (
        f"{found.best} has the best of {found.entries:,} ranked scores ({tried:,} {'entry was' if tried == 1 else 'entries were'} made on this board), "
        f"and the best of several is by chance a little too high: here {said}, as a bootstrap of the items sees it; "
        f"if all were equally good, by {points(found.if_equal, unit)}."
    )
