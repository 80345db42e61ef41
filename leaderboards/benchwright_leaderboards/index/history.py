"""What happened on a board, in the order of time: entries that were added, measured, scored anew, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from benchwright.errors import BenchwrightError
from benchwright_leaderboards.index.open import Index
from benchwright_leaderboards.index.queries import FURTHEST, LARGEST_PAGE
from benchwright_leaderboards.index.rows import EventKind
from benchwright_leaderboards.index.schema import tables


@dataclass(frozen=True, kw_only=True)
class BoardEvent:
    """Something that happened to an entry.

    Attributes:
        at: When, ISO 8601 in UTC.
        what: ``added``, ``measured``, ``scored anew`` or ``withdrawn``.
        entry: Its id.
        team: Whose it is; empty where the entry is not on the board.
        task: ``suite/task`` of a result that was scored anew; else empty.
        why: The note, the reason, or what had changed.
        submission: Folder of the submission that tells it.
    """

    at: str
    what: EventKind
    entry: str
    team: str
    task: str
    why: str
    submission: str


@dataclass(frozen=True, kw_only=True)
class EventsFound:
    """A page of events, and how many there are on all pages."""

    events: tuple[BoardEvent, ...]
    total: int


def history(
    index: Index,
    *,
    entry: str | None = None,
    team: str | None = None,
    what: str | None = None,
    since: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> EventsFound:
    """What happened, the latest first.

    Args:
        index: Of the board.
        entry: Of this entry alone.
        team: Of entries of this team.
        what: Of this kind alone.
        since: At this time (ISO 8601 in UTC, or the beginning of it) or later.
        limit: Events of the page, 1 to `queries.LARGEST_PAGE`.
        offset: Events before it.

    Raises:
        BenchwrightError: There is no such kind or page, or the database fails.
    """
    from sqlalchemy import func, select, true

    if what is not None and what not in get_args(EventKind):
        raise BenchwrightError(f"nothing is called {what!r}", expected=f"one of: {', '.join(get_args(EventKind))}")
    if not (1 <= limit <= LARGEST_PAGE and 0 <= offset <= FURTHEST):
        raise BenchwrightError(f"a page of {limit} events after {offset}", expected=f"1 to {LARGEST_PAGE} events")
    events, entries = tables().events, tables().entries
    asked = (
        (events.c.entry, entry),
        (entries.c.team, team),
        (events.c.what, what),
    )
    conditions: list[Any] = [column == value for column, value in asked if value is not None]
    if since is not None:
        conditions.append(events.c.at >= since)
    found = (
        select(
            *(column for column in events.c if column.name != "place"), func.coalesce(entries.c.team, "").label("team")
        )
        .select_from(events.outerjoin(entries, entries.c.id == events.c.entry))
        .where(true(), *conditions)
    )
    page = found.order_by(events.c.at.desc(), events.c.submission, events.c.place).limit(limit).offset(offset)
    with index.read() as connection:
        total = connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()
        rows = connection.execute(page).mappings().all()
    return EventsFound(events=tuple(BoardEvent(**dict(row)) for row in rows), total=total)
