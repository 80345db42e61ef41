"""What an index is asked: entries page by page, results, neighbours, history. Whatever comes from outside is a bound parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchwright.errors import BenchwrightError
from benchwright_leaderboards.content import ORDER
from benchwright_leaderboards.index.open import Index
from benchwright_leaderboards.index.schema import tables

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select

PENDING = "pending"
"""Status of an entry that came after the rows of tables were kept."""
STATUSES = (*ORDER, PENDING)
_OF_ENTRY = "id submission name run adapter model team added trained_on attempt tasks baseline".split()  # noqa: SIM905
LARGEST_PAGE = 500
"""Most entries of a page."""
LONGEST = 1_000
"""Most characters of a value of a filter."""
FURTHEST = 10_000_000
"""Most rows before a page, and the last rank that can be asked for."""

SORTS: tuple[str, ...] = (
    "rank", "id", "name", "team", "adapter", "added", "attempt", "status", "score", "low", "high", "n", "errored",
    "latency", "throughput", "memory", "size", "parameters", "tasks",
)  # fmt: skip
"""Columns by which entries can be sorted; with ``-`` before the name from the greatest down."""


@dataclass(frozen=True, kw_only=True)
class EntryQuery:
    """Which entries, in which order, which page of them.

    Attributes:
        task: ``suite/task``: entries with a result on it, with their score and rank there; empty: all, with those of the board's mean.
        status: One of `STATUSES`.
        team, adapter: Exactly this.
        text: Stands in id, name, team, adapter, training data or note; capitals are as small letters.
        rank: Entries whose rank range begins at this rank or better.
        score: Entries of at least this score.
        baseline: Baselines alone, or all others.
        sort: One of `SORTS` (``rank`` is the order of the pages), ``-`` before it turns it round; what has no value comes last either way, ties go by id.
        limit: Entries of the page, 1 to `LARGEST_PAGE`.
        offset: Entries before it.
    """

    task: str = ""
    status: str | None = None
    team: str | None = None
    adapter: str | None = None
    text: str = ""
    rank: int | None = None
    score: float | None = None
    baseline: bool | None = None
    sort: str = "rank"
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, kw_only=True)
class IndexedCost:
    """What an entry costs, as `entries.Cost` says it; None: not measured."""

    latency: float | None
    throughput: float | None
    memory: float | None
    size: int | None
    parameters: int | None


COSTS = tuple(IndexedCost.__dataclass_fields__)


@dataclass(frozen=True, kw_only=True)
class IndexedEntry:
    """An entry in a list.

    Attributes:
        place: First and last rank; None where it is not ranked.
        status: One of `STATUSES`.
        reasons: Why it is not ranked; empty where it is.
        score: Its score on the task that was asked for, or its mean; None where it has none.
        low, high: Interval of the score; None where it has none.
        n: Items behind it, of a mean those of all tasks.
        errored: Items without an answer among them, counted as wrong.
        tasks: Number of tasks that it has results on.
    """

    id: str
    submission: str
    name: str
    run: str
    adapter: str
    model: str | None
    team: str
    added: str
    trained_on: str
    attempt: int
    status: str
    reasons: str
    is_baseline: bool
    tasks: int
    place: tuple[int, int] | None
    score: float | None
    low: float | None
    high: float | None
    n: int | None
    errored: int | None
    cost: IndexedCost


@dataclass(frozen=True, kw_only=True)
class EntriesFound:
    """A page of entries.

    Attributes:
        entries: Those of the page.
        total: Entries that match, on all pages.
    """

    entries: tuple[IndexedEntry, ...]
    total: int


def find_entries(index: Index, query: EntryQuery = EntryQuery()) -> EntriesFound:
    """A page of entries.

    Raises:
        BenchwrightError: The query names no column, status or page that there is; or the database fails.
    """
    from sqlalchemy import func, select

    check_query(query)
    with index.read() as connection:
        wanted = wanted_of(query, connection.dialect.name)
        total = connection.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
        page = wanted.order_by(*order_of(query.sort, wanted)).limit(query.limit).offset(query.offset)
        return EntriesFound(entries=tuple(map(read_entry, connection.execute(page).mappings())), total=total)


def find_entry(index: Index, name: str, task: str = "") -> IndexedEntry | None:
    """The entry of an id; None where there is none (with ``task``: none with a result on it)."""
    with index.read() as connection:
        wanted = wanted_of(EntryQuery(task=task), connection.dialect.name)
        row = connection.execute(wanted.where(tables().entries.c.id == name)).mappings().one_or_none()
        return None if row is None else read_entry(row)


def check_query(query: EntryQuery) -> None:
    """Raise BenchwrightError where a query asks for what cannot be."""
    if query.sort.removeprefix("-") not in SORTS:
        raise BenchwrightError(f"cannot sort by {query.sort!r}", expected=f"one of: {', '.join(SORTS)}; or -NAME")
    if query.status is not None and query.status not in STATUSES:
        raise BenchwrightError(f"no status is called {query.status!r}", expected=f"one of: {', '.join(STATUSES)}")
    if not 1 <= query.limit <= LARGEST_PAGE:
        raise BenchwrightError(f"a page of {query.limit} entries", expected=f"1 to {LARGEST_PAGE}")
    if not 0 <= query.offset <= FURTHEST:
        raise BenchwrightError(f"a page that begins after {query.offset} entries", expected=f"0 to {FURTHEST}")
    if query.rank is not None and not 1 <= query.rank <= FURTHEST:
        raise BenchwrightError(f"no rank is {query.rank}", expected=f"1 to {FURTHEST}")
    if query.score is not None and not abs(query.score) <= 1e9:
        raise BenchwrightError(f"no score is {query.score}", expected="a number")
    for value in (query.task, query.team or "", query.adapter or "", query.text):
        if len(value) > LONGEST:
            raise BenchwrightError(f"a filter of {len(value)} characters", expected=f"at most {LONGEST}")


def wanted_of(query: EntryQuery, dialect: str) -> Select[Any]:
    """The entries of a query, all pages, in no order."""
    from sqlalchemy import and_, func, literal, select, true

    made = tables()
    entries, rows, results, costs = made.entries, made.standings, made.results, made.costs
    number = number_of(query.task)
    told = costs.alias("told")
    told_last = select(func.max(told.c.given)).where(told.c.entry == entries.c.id).scalar_subquery()
    source = entries.outerjoin(costs, and_(costs.c.entry == entries.c.id, costs.c.given == told_last))
    source = source.outerjoin(rows, and_(rows.c.entry == entries.c.id, rows.c.number == number))
    if query.task:
        source = source.join(results, and_(results.c.entry == entries.c.id, results.c.number == number))
    shown = results if query.task else rows
    status = func.coalesce(rows.c.status, PENDING)
    found = select(
        *(entries.c[name] for name in _OF_ENTRY),
        *(shown.c[name] for name in ("score", "low", "high", "n", "errored")),
        status.label("status"),
        func.coalesce(rows.c.reasons, "").label("reasons"),
        rows.c.position,
        rows.c.first,
        rows.c.last,
        *(costs.c[name] for name in COSTS),
    ).select_from(source)
    within = func.strpos if dialect == "postgresql" else func.instr
    conditions: list[ColumnElement[bool]] = []
    for column, value in ((entries.c.team, query.team), (entries.c.adapter, query.adapter), (status, query.status)):
        if value is not None:
            conditions.append(column == value)
    if query.text:
        conditions.append(within(entries.c.search, literal(query.text.casefold(), entries.c.search.type)) > 0)
    if query.rank is not None:
        conditions.append(rows.c.first <= query.rank)
    if query.score is not None:
        conditions.append(shown.c.score >= query.score)
    if query.baseline is not None:
        conditions.append(entries.c.baseline == query.baseline)
    return found.where(true(), *conditions)


def number_of(task: str) -> Any:
    """The number of a board's task in a query, none where it has no such task; 0 of the overview."""
    from sqlalchemy import literal, select

    tasks = tables().tasks
    return select(tasks.c.number).where(tasks.c.path == task).scalar_subquery() if task else literal(0)


def order_of(sort: str, wanted: Select[Any]) -> list[ColumnElement[Any]]:
    """Columns to order by: the one that was asked for, then the id, which no two entries share."""
    name = sort.removeprefix("-")
    column = wanted.selected_columns["position" if name == "rank" else name]
    asked = column.desc() if sort.startswith("-") else column.asc()
    return [asked.nulls_last(), wanted.selected_columns["id"].asc()]


def read_entry(held: Mapping[Any, Any]) -> IndexedEntry:
    """The entry in a row of `wanted_of`."""
    return IndexedEntry(
        **{name: held[name] for name in IndexedEntry.__dataclass_fields__ if name in held},
        is_baseline=held["baseline"],
        place=None if held["first"] is None else (held["first"], held["last"]),
        cost=IndexedCost(**{name: held[name] for name in COSTS}),
    )
