"""Everything a board says, assembled once for the site, the server and the exports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from benchwright_leaderboards.board import Board, PlacedEntry
from benchwright_leaderboards.ranking import MEAN, Ranking, is_current, is_whole, rank, value_of

Status = Literal["ranked", "partial", "stale", "withdrawn"]


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """An entry in a table.

    Attributes:
        entry: The entry.
        status: ``ranked``; ``partial``: a task is missing; ``stale``: it answered other data than the board has now; ``withdrawn``: it was taken back.
        place: First and last rank; None where it is not ranked.
        value: Its score, or mean; None where it has none.
        is_baseline: Whether the board names it as one.
    """

    entry: PlacedEntry
    status: Status
    place: tuple[int, int] | None
    value: float | None
    is_baseline: bool

    @property
    def rank(self) -> str:
        """``2``, ``1-3``, or nothing."""
        if self.place is None:
            return ""
        low, high = self.place
        return str(low) if low == high else f"{low}-{high}"


@dataclass(frozen=True, kw_only=True)
class BoardTable:
    """A ranking: the overview (``name`` empty), or a task."""

    name: str
    title: str
    rows: tuple[BoardRow, ...]


@dataclass(frozen=True, kw_only=True)
class BoardContent:
    """A board as values."""

    board: Board
    ranking: Ranking
    overview: BoardTable
    tasks: tuple[BoardTable, ...]


def assemble_board(board: Board, ranking: Ranking | None = None) -> BoardContent:
    """The content of a board; same board, same content."""
    found = rank(board) if ranking is None else ranking
    return BoardContent(
        board=board,
        ranking=found,
        overview=_table(board, found, MEAN, board.spec.title),
        tasks=tuple(_table(board, found, task.path, task.path) for task in board.spec.task),
    )


def _table(board: Board, ranking: Ranking, name: str, title: str) -> BoardTable:
    shown = [one for one in board.entries if name == MEAN or one.entry.result(name) is not None]
    rows = [_row(board, ranking, name, one) for one in shown]
    order = {"ranked": 0, "partial": 1, "stale": 2, "withdrawn": 3}
    rows.sort(
        key=lambda row: (
            order[row.status],
            row.place or (0, 0),
            -(row.value if row.value is not None else -1.0),
            row.entry.entry.id,
        )
    )
    return BoardTable(name=name, title=title, rows=tuple(rows))


def _row(board: Board, ranking: Ranking, name: str, one: PlacedEntry) -> BoardRow:
    try:
        value: float | None = value_of(board, one, name)
    except KeyError:
        value = None
    complete = is_whole(board, one) if name == MEAN else is_current(board, one, name)
    stale = any(board.spec.digest(result.path) not in (None, result.digest) for result in one.entry.results)
    status: Status = "ranked" if complete else "stale" if stale else "partial"
    return BoardRow(
        entry=one,
        status=status if one.withdrawn is None else "withdrawn",
        place=ranking.places.get(name, {}).get(one.entry.id),
        value=value,
        is_baseline=one.entry.id in board.spec.baselines,
    )
