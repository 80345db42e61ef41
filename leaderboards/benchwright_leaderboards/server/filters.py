"""What a URL asks of a table: filter, sort, part; every mistake is told, and nothing but known columns is sorted by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams

from benchwright_leaderboards.content import BoardRow
from benchwright_leaderboards.server.problems import RequestProblem, shown

STATUS = ("ranked", "partial", "stale", "withdrawn")
SORTS: dict[str, Callable[[BoardRow], Any]] = {
    "rank": lambda row: row.place,
    "score": lambda row: row.value,
    "model": lambda row: row.entry.entry.id,
    "team": lambda row: row.entry.submission.team,
    "added": lambda row: row.entry.submission.added,
    "attempt": lambda row: row.entry.entry.attempt,
    "size": lambda row: row.entry.entry.cost.size,
    "latency": lambda row: row.entry.entry.cost.latency,
}
"""Columns by which rows are sorted; ``-score`` turns the order."""
LARGEST_PART = 500
_NAMES = ("q", "team", "adapter", "status", "sort", "page", "size")


@dataclass(frozen=True, kw_only=True)
class RowFilter:
    """What is asked of a table.

    Attributes:
        q: Text that the name, the id or the team holds, whatever the case.
        team: The whole name of a team; None: any.
        adapter: Of an adapter; None: any.
        status: ``ranked``, ``partial``, ``stale`` or ``withdrawn``; None: any.
        sort: A key of `SORTS`, with ``-`` before it where the order is turned; empty: the board's own order.
        page: From 1.
        size: Rows of a page.
    """

    q: str = ""
    team: str | None = None
    adapter: str | None = None
    status: str | None = None
    sort: str = ""
    page: int = 1
    size: int = 100


def read_filter(query: QueryParams) -> RowFilter:
    """The filter that a query asks for. Raises RequestProblem (400)."""
    for name in query:
        if name not in _NAMES:
            raise RequestProblem(400, f"unknown parameter {shown(name)!r}", hint=f"known are {', '.join(_NAMES)}")
        if len(query.getlist(name)) > 1:
            raise RequestProblem(400, f"the parameter {name} is given twice", hint="give it once")
    status, sort = query.get("status") or None, query.get("sort", "")
    if status is not None and status not in STATUS:
        raise RequestProblem(400, f"unknown status {shown(status)!r}", hint=f"one of {', '.join(STATUS)}")
    if sort and sort.removeprefix("-") not in SORTS:
        raise RequestProblem(400, f"no column {shown(sort)!r} to sort by", hint=f"one of {', '.join(SORTS)}")
    return RowFilter(
        q=query.get("q", ""),
        team=query.get("team") or None,
        adapter=query.get("adapter") or None,
        status=status,
        sort=sort,
        page=_number(query, "page", 1, 1_000_000),
        size=_number(query, "size", 100, LARGEST_PART),
    )


def _number(query: QueryParams, name: str, default: int, most: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most):
        raise RequestProblem(400, f"{name} is {shown(text)!r}", hint=f"a whole number from 1 to {most:,}")
    return int(text)


@dataclass(frozen=True, kw_only=True)
class FoundRows:
    """Rows of one page of what was asked for, and how many there are in all."""

    rows: tuple[BoardRow, ...]
    total: int


def find_rows(rows: Sequence[BoardRow], asked: RowFilter) -> FoundRows:
    """The rows that a filter lets through, sorted, one page of them."""
    found = [row for row in rows if _fits(row, asked)]
    if asked.sort:
        key, turned = SORTS[asked.sort.removeprefix("-")], asked.sort.startswith("-")
        known = [row for row in found if key(row) is not None]
        known.sort(key=lambda row: row.entry.entry.id)
        known.sort(key=key, reverse=turned)
        found = known + [row for row in found if key(row) is None]  # what is not known stands last either way
    start = (asked.page - 1) * asked.size
    return FoundRows(rows=tuple(found[start : start + asked.size]), total=len(found))


def _fits(row: BoardRow, asked: RowFilter) -> bool:
    entry, team, wanted = row.entry.entry, row.entry.submission.team, asked.q.casefold()
    return (
        (not wanted or any(wanted in text.casefold() for text in (entry.id, entry.name, team)))
        and asked.team in (None, team)
        and asked.adapter in (None, entry.adapter)
        and asked.status in (None, row.status)
    )
