"""The rows of a board's tables in its index: ranks and means depend on all entries, so whoever assembled them puts them in."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.index.open import Index
from benchwright_leaderboards.index.schema import counted, measured, tables
from benchwright_leaderboards.index.sync import marks, write_marks

OVERVIEW = 0
"""Number of the table by the board's mean; those of tasks are numbered from 1."""


def keep_content(index: Index, content: BoardContent) -> bool:
    """Put the rows of the overview and of every task in the place of those that are there; returns whether they were others.

    Lists of entries then have the order, the statuses, scores and rank ranges of the pages. Entries that come later are ``pending`` until
    this is called again.

    Raises:
        StoreError: The database fails; the rows are as they were.
    """
    from sqlalchemy import delete, insert

    rows = _rows(content)
    digest = hashlib.sha256(msgspec.json.encode(rows)).hexdigest()
    with index.read() as connection:
        if marks(connection).get("standings") == digest:
            return False
    held = tables().standings
    with index.write() as connection:
        connection.execute(delete(held))
        if rows:
            connection.execute(insert(held), rows)
        write_marks(connection, {"standings": digest})
    return True


def kept_digest(index: Index) -> str:
    """Digest of the rows that were kept last; empty where there are none, as in an index that was made anew. Raises StoreError."""
    with index.read() as connection:
        return marks(connection).get("standings", "")


def _rows(content: BoardContent) -> list[dict[str, Any]]:
    found = []
    for number, table in enumerate((content.overview, *content.tasks), start=OVERVIEW):
        for position, row in enumerate(table.rows):
            score = row.score
            found.append(
                {
                    "number": number,
                    "entry": row.entry.entry.id,
                    "position": position,
                    "status": row.status,
                    "reasons": "; ".join(row.reasons),
                    "score": measured(score.value) if score else None,
                    "low": measured(score.low) if score else None,
                    "high": measured(score.high) if score else None,
                    "n": counted(score.n) if score else None,
                    "errored": counted(score.errored) if score else None,
                    "first": row.place[0] if row.place else None,
                    "last": row.place[1] if row.place else None,
                }
            )
    return found
