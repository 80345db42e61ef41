"""Rank ranges of the entries of a board: on each task, and on the board's mean; those of `benchwright compare` with silence counted as wrong.

`ranks.rank_board` makes them, with numpy and scipy, which a build need not load where they are kept.
"""

from __future__ import annotations

from pathlib import Path

from benchwright_leaderboards.board import Board
from benchwright_leaderboards.rank_ranges import (
    LEVEL,
    MEAN,
    BaselineDifference,
    Ranking,
    WinnerOptimism,
    is_current,
    is_whole,
)
from benchwright_leaderboards.ranks.kept_ranking import DERIVED, digest_of_board, read_ranking, write_ranking

__all__ = [
    "LEVEL",
    "MEAN",
    "BaselineDifference",
    "Ranking",
    "WinnerOptimism",
    "extend",
    "is_current",
    "is_whole",
    "load_or_rank",
    "rank",
]


def load_or_rank(board: Board) -> Ranking:
    """The ranking of a board as it stands: the one that was kept for exactly these entries and this ``board.toml``, else made now and kept.

    Only what is new is computed: see `ranks.kept`. What is kept may be deleted at any time.

    Raises:
        StoreError: Records are absent or damaged.
    """
    place = board.root / DERIVED
    digest = digest_of_board(board)
    found = read_ranking(place, digest, Ranking)
    if found is None:
        found = rank(board, place)
        write_ranking(place, digest, found)
    return found


def extend(board: Board) -> Ranking:
    """What `load_or_rank` gives; said after an entry was added, so that builds need only read."""
    return load_or_rank(board)


def rank(board: Board, folder: Path | None = None) -> Ranking:
    """The ranking of a board as it stands; with a folder, parts of tasks are kept there and taken from there.

    Raises:
        StoreError: Records are absent or damaged.
    """
    from benchwright_leaderboards.ranks.rank_board import rank_board

    return rank_board(board, folder)
