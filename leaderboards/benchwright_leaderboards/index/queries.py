"""What an index is asked: entries page by page, results, neighbours, history. Whatever comes from outside is a bound parameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.errors import BenchwrightError
from benchwright_leaderboards.content import ORDER
from benchwright_leaderboards.index.open import Index
from benchwright_leaderboards.index.statements import (
    FILTERS,
    OF_COST,
    PENDING,
    SELECTED,
    around_entry,
    count_entries,
    one_entry,
    page_entries,
)

STATUSES = (*ORDER, PENDING)
"""``pending``: the entry came after the rows of tables were kept."""
MOST_AROUND = 50
"""Most neighbours on a side."""
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
    check_query(query)
    asked = _asked(query)
    with index.read() as connection:
        form = frozenset(asked), connection.dialect.name
        page = page_entries(*form, query.sort)
        rows = connection.execute(page, {**asked, "limit": query.limit, "offset": query.offset}).all()
        is_last = 0 < len(rows) < query.limit or not (rows or query.offset)
        total = query.offset + len(rows) if is_last else connection.execute(count_entries(*form), asked).scalar_one()
    return EntriesFound(entries=tuple(map(read_entry, rows)), total=total)


def find_entry(index: Index, name: str, task: str = "") -> IndexedEntry | None:
    """The entry of an id; None where there is none (with ``task``: none with a result on it). Raises StoreError."""
    asked = _asked(EntryQuery(task=task))
    with index.read() as connection:
        wanted = one_entry(frozenset(asked), connection.dialect.name)
        row = connection.execute(wanted, {**asked, "entry": name}).one_or_none()
    return None if row is None else read_entry(row)


def neighbours(index: Index, name: str, task: str = "", *, reach: int = 3) -> tuple[IndexedEntry, ...]:
    """An entry between those that stand around it in a table: up to ``reach`` above and as many below; empty where it is not in it.

    Args:
        index: Of the board.
        name: Id of the entry.
        task: Table of a task; empty: the overview.
        reach: Entries on a side, 1 to `MOST_AROUND`.

    Raises:
        BenchwrightError: ``reach`` is none, or the database fails.
    """
    if not 1 <= reach <= MOST_AROUND:
        raise BenchwrightError(f"{reach} neighbours on a side", expected=f"1 to {MOST_AROUND}")
    query = EntryQuery(task=task)
    check_query(query)
    asked = _asked(query)
    with index.read() as connection:
        wanted = around_entry(frozenset(asked), connection.dialect.name)
        rows = connection.execute(wanted, {**asked, "entry": name, "reach": reach}).all()
    return tuple(map(read_entry, rows))


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


def _asked(query: EntryQuery) -> dict[str, Any]:
    """Name of each filter that is set -> its value."""
    text = query.text.casefold()
    values = {"task": query.task or None, **{name: getattr(query, name) for name in FILTERS[1:]}, "text": text or None}
    return {name: value for name, value in values.items() if value is not None}


def read_entry(row: Sequence[Any]) -> IndexedEntry:
    """The entry in a row of `statements.list_entries`."""
    held = dict(zip(SELECTED, row, strict=False))
    first, last = held["first"], held["last"]
    return IndexedEntry(
        **{name: held[name] for name in _AS_THEY_ARE},
        is_baseline=held["baseline"],
        place=None if first is None else (first, last),
        cost=IndexedCost(**{name: held[name] for name in OF_COST}),
    )


_AS_THEY_ARE = tuple(name for name in IndexedEntry.__dataclass_fields__ if name in SELECTED)
