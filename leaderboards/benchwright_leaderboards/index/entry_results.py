"""What an index tells of one entry: its results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from benchwright_leaderboards.index.open import Index
from benchwright_leaderboards.index.schema import tables
from benchwright_leaderboards.index.statements import PENDING


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
