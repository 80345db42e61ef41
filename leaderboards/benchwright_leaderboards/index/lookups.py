"""What an index tells of one entry: its results, and who stands around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from benchwright.errors import BenchwrightError
from benchwright_leaderboards.index.open import Index
from benchwright_leaderboards.index.queries import (
    PENDING,
    EntryQuery,
    IndexedEntry,
    check_query,
    order_of,
    read_entry,
    wanted_of,
)
from benchwright_leaderboards.index.schema import tables

FURTHEST = 50
"""Most neighbours on a side."""


@dataclass(frozen=True, kw_only=True)
class IndexedResult:
    """An entry on a task of the board.

    Attributes:
        task: ``suite/task``.
        digest: Of the task, as its predictions were made.
        key: Cell that holds the predictions, in the store of the submission.
        status: One of `queries.STATUSES`, on this task.
        reasons: Why it is not ranked; empty where it is.
        score: The task's score; None where it is undefined.
        low, high: Its interval; None where there is none.
        n: How many of ``unit`` were scored.
        errored: Items without an answer, counted as wrong.
        limit: Items that were asked; None: the whole split.
        metrics: By metric (``name@version``): ``value``, ``low``, ``high``, ``n``.
        records: SHA-256 of the answers.
        place: First and last rank on the task; None where it is not ranked.
    """

    task: str
    digest: str
    key: str
    status: str
    reasons: str
    score: float | None
    low: float | None
    high: float | None
    n: int | None
    unit: str
    errored: int | None
    limit: int | None
    metrics: tuple[dict[str, Any], ...]
    records: str
    place: tuple[int, int] | None


def results_of(index: Index, name: str) -> tuple[IndexedResult, ...]:
    """The results of an entry on tasks of the board, in its order; none where there is no such entry. Raises StoreError."""
    from sqlalchemy import and_, func, select

    made = tables()
    results, rows, tasks = made.results, made.standings, made.tasks
    source = results.join(tasks, tasks.c.number == results.c.number).outerjoin(
        rows, and_(rows.c.entry == results.c.entry, rows.c.number == results.c.number)
    )
    wanted = (
        select(
            results,
            tasks.c.path.label("task"),
            func.coalesce(rows.c.status, PENDING).label("status"),
            func.coalesce(rows.c.reasons, "").label("reasons"),
            rows.c.first,
            rows.c.last,
        )
        .select_from(source)
        .where(results.c.entry == name)
        .order_by(results.c.number)
    )
    with index.read() as connection:
        return tuple(_result(dict(row)) for row in connection.execute(wanted).mappings())


def neighbours(index: Index, name: str, task: str = "", *, reach: int = 3) -> tuple[IndexedEntry, ...]:
    """An entry between those that stand around it in a table: up to ``reach`` above and as many below; empty where it is not in it.

    Args:
        index: Of the board.
        name: Id of the entry.
        task: Table of a task; empty: the overview.
        reach: Entries on a side, 1 to `FURTHEST`.

    Raises:
        BenchwrightError: ``reach`` is none, or the database fails.
    """
    from sqlalchemy import func, select

    if not 1 <= reach <= FURTHEST:
        raise BenchwrightError(f"{reach} neighbours on a side", expected=f"1 to {FURTHEST}")
    query = EntryQuery(task=task)
    check_query(query)
    with index.read() as connection:
        wanted = wanted_of(query, connection.dialect.name)
        line = func.row_number().over(order_by=order_of(query.sort, wanted)).label("line")
        listed = wanted.add_columns(line).cte("listed")
        here = select(listed.c.line).where(listed.c.id == name).scalar_subquery()
        around = select(listed).where(listed.c.line.between(here - reach, here + reach)).order_by(listed.c.line)
        return tuple(map(read_entry, connection.execute(around).mappings()))


def _result(held: dict[str, Any]) -> IndexedResult:
    first, last = held["first"], held["last"]
    return IndexedResult(
        **{
            name: held[name]
            for name in IndexedResult.__dataclass_fields__
            if name in held and name not in ("metrics", "place")
        },
        metrics=tuple(msgspec.json.decode(held["metrics"])),
        place=None if first is None else (first, last),
    )
