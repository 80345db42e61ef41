"""What a URL asks of a list of entries: filter, order, page. Every mistake is told; all of it reaches the index as values, never as SQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from benchwright_leaderboards.index.queries import LARGEST_PAGE, SORTS, STATUSES, EntryQuery
from benchwright_leaderboards.server.problems import RequestProblem, shown

NAMES = ("q", "team", "adapter", "status", "sort", "page", "size")
"""Parameters of a list."""
PAGE = 100
"""Entries of a page where the URL does not say."""
LONGEST = 200
"""Characters of a text; three of them, percent-encoded, are within `limits.Limits.query`."""
_LAST_PAGE = 10_000


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A list that is asked for.

    Attributes:
        query: As the index knows it.
        page: From 1.
        size: Entries of a page.
    """

    query: EntryQuery
    page: int
    size: int


def read_asked(given: QueryParams, *, task: str = "", names: Collection[str] = NAMES) -> Asked:
    """The list that a query string asks for; an empty value is none. Raises RequestProblem (400)."""
    told = read_values(given, names)
    task = told.get("task", task)
    status, sort = told.get("status"), told.get("sort", "rank")
    if status is not None and status not in STATUSES:
        raise RequestProblem(400, f"unknown status {shown(status)!r}", hint=f"one of {', '.join(STATUSES)}")
    if sort.removeprefix("-") not in SORTS:
        raise RequestProblem(400, f"no column {shown(sort)!r} to sort by", hint=f"one of {', '.join(SORTS)}; or -NAME")
    for name, value in told.items():
        if len(value) > LONGEST:
            raise RequestProblem(400, f"{name} has {len(value):,} characters", hint=f"at most {LONGEST:,}")
    page, size = _number(told, "page", 1, _LAST_PAGE), _number(told, "size", PAGE, LARGEST_PAGE)
    query = EntryQuery(
        task=task,
        status=status,
        team=told.get("team"),
        adapter=told.get("adapter"),
        text=told.get("q", ""),
        sort=sort,
        limit=size,
        offset=(page - 1) * size,
    )
    return Asked(query=query, page=page, size=size)


def read_values(given: QueryParams, names: Collection[str]) -> dict[str, str]:
    """The values of a query string that are not empty. Raises RequestProblem (400) for an unknown name and one that is given twice."""
    for name in given:
        if name not in names:
            raise RequestProblem(400, f"unknown parameter {shown(name)!r}", hint=f"known are {', '.join(names)}")
        if len(given.getlist(name)) > 1:
            raise RequestProblem(400, f"the parameter {name} is given twice", hint="give it once")
    return {name: value for name, value in given.items() if value}


def _number(told: dict[str, str], name: str, default: int, most: int) -> int:
    text = told.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most):
        raise RequestProblem(400, f"{name} is {shown(text)!r}", hint=f"a whole number from 1 to {most:,}")
    return int(text)
