"""Rank ranges in an index: written by who has computed them, dropped when the board changes."""

from __future__ import annotations

from benchwright_leaderboards.index.open import Index
from benchwright_leaderboards.index.schema import tables
from benchwright_leaderboards.index.sync import marks, write_marks
from benchwright_leaderboards.ranking import Ranking


def ranking_kept(index: Index) -> str:
    """The digest that `keep_ranking` was given; empty where the board has changed since, or ranks were never kept."""
    with index.read() as connection:
        return marks(connection).get("ranking", "")


def keep_ranking(index: Index, ranking: Ranking, digest: str) -> None:
    """Put the rank ranges of a board in the place of those that are there.

    Args:
        index: Of that board, as it stands.
        ranking: Its rank ranges.
        digest: Of all that decides them; `ranking_kept` tells it.

    Raises:
        StoreError: The database fails; the ranges are as they were.
    """
    from sqlalchemy import delete, insert

    ranks = tables().ranks
    rows = [
        {"ranking": name, "entry": entry, "low": low, "high": high}
        for name, places in ranking.places.items()
        for entry, (low, high) in places.items()
    ]
    with index.write() as connection:
        connection.execute(delete(ranks))
        if rows:
            connection.execute(insert(ranks), rows)
        write_marks(connection, {"ranking": digest})
