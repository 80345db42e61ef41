"""Statements of lists, built once for each form of a query; whatever a query holds is a bound parameter of them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from benchwright_leaderboards.index.schema import tables

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select

PENDING = "pending"
"""Status of an entry that came after the rows of tables were kept."""
OF_ENTRY = (
    "id",
    "submission",
    "name",
    "run",
    "adapter",
    "model",
    "team",
    "added",
    "trained_on",
    "attempt",
    "tasks",
    "baseline",
)
OF_SCORE = ("score", "low", "high", "n", "errored")
OF_ROW = ("status", "reasons", "position", "first", "last")
OF_COST = ("latency", "throughput", "memory", "size", "parameters")
SELECTED = (*OF_ENTRY, *OF_SCORE, *OF_ROW, *OF_COST)
"""Names of the columns of a list, in their order."""
FILTERS = ("task", "status", "team", "adapter", "text", "rank", "score", "baseline")
"""What entries can be asked for, and the names of the parameters that hold it."""


@lru_cache(maxsize=512)
def list_entries(given: frozenset[str], dialect: str) -> Select[Any]:
    """Entries that fit those of `FILTERS` that are given, in no order."""
    from sqlalchemy import and_, bindparam, func, select, true

    made = tables()
    entries, rows, results, costs = made.entries, made.standings, made.results, made.costs
    on_task, number = "task" in given, number_of(on_task="task" in given)
    told = costs.alias("told")
    told_last = select(func.max(told.c.given)).where(told.c.entry == entries.c.id).scalar_subquery()
    source = entries.outerjoin(costs, and_(costs.c.entry == entries.c.id, costs.c.given == told_last))
    source = source.outerjoin(rows, and_(rows.c.entry == entries.c.id, rows.c.number == number))
    if on_task:
        source = source.join(results, and_(results.c.entry == entries.c.id, results.c.number == number))
    shown = results if on_task else rows
    status = func.coalesce(rows.c.status, PENDING)
    within = func.strpos if dialect == "postgresql" else func.instr
    conditions: dict[str, ColumnElement[bool]] = {
        "status": status == bindparam("status", type_=rows.c.status.type),
        "team": entries.c.team == bindparam("team"),
        "adapter": entries.c.adapter == bindparam("adapter"),
        "text": within(entries.c.search, bindparam("text", type_=entries.c.search.type)) > 0,
        "rank": rows.c.first <= bindparam("rank"),
        "score": shown.c.score >= bindparam("score"),
        "baseline": entries.c.baseline == bindparam("baseline"),
    }
    found = select(
        *(entries.c[name] for name in OF_ENTRY),
        *(shown.c[name] for name in OF_SCORE),
        status.label("status"),
        func.coalesce(rows.c.reasons, "").label("reasons"),
        *(rows.c[name] for name in OF_ROW[2:]),
        *(costs.c[name] for name in OF_COST),
    )
    return found.select_from(source).where(true(), *(conditions[name] for name in FILTERS if name in given - {"task"}))


@lru_cache(maxsize=512)
def count_entries(given: frozenset[str], dialect: str) -> Select[Any]:
    """The number of those entries."""
    from sqlalchemy import func, select

    return select(func.count()).select_from(list_entries(given, dialect).subquery())


@lru_cache(maxsize=512)
def page_entries(given: frozenset[str], dialect: str, sort: str) -> Select[Any]:
    """A page of them, sorted; parameters ``limit`` and ``offset``."""
    from sqlalchemy import bindparam

    wanted = list_entries(given, dialect)
    return wanted.order_by(*order_of(sort, wanted)).limit(bindparam("limit")).offset(bindparam("offset"))


@lru_cache(maxsize=4)
def one_entry(given: frozenset[str], dialect: str) -> Select[Any]:
    """The entry whose id is the parameter ``entry``."""
    from sqlalchemy import bindparam

    return list_entries(given, dialect).where(tables().entries.c.id == bindparam("entry"))


@lru_cache(maxsize=4)
def around_entry(given: frozenset[str], dialect: str) -> Select[Any]:
    """The entry whose id is ``entry``, with as many as ``reach`` on either side of it, in the order of the pages."""
    from sqlalchemy import Integer, bindparam, func, select

    wanted = list_entries(given, dialect)
    line = func.row_number().over(order_by=order_of("rank", wanted)).label("line")
    listed = wanted.add_columns(line).cte("listed")
    here = select(listed.c.line).where(listed.c.id == bindparam("entry")).scalar_subquery()
    reach = bindparam("reach", type_=Integer)
    return select(listed).where(listed.c.line.between(here - reach, here + reach)).order_by(listed.c.line)


def number_of(*, on_task: bool) -> Any:
    """The number of the board's task that the parameter ``task`` names, none where it has no such task; 0 of the overview."""
    from sqlalchemy import bindparam, literal, select

    tasks = tables().tasks
    return select(tasks.c.number).where(tasks.c.path == bindparam("task")).scalar_subquery() if on_task else literal(0)


def order_of(sort: str, wanted: Select[Any]) -> list[ColumnElement[Any]]:
    """Columns to order by: the one that was asked for, then the id, which no two entries share."""
    name = sort.removeprefix("-")
    column = wanted.selected_columns["position" if name == "rank" else name]
    asked = column.desc() if sort.startswith("-") else column.asc()
    return [asked.nulls_last(), wanted.selected_columns["id"].asc()]
