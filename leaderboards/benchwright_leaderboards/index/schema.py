"""The tables of the index, one schema for SQLite and PostgreSQL.

They are made in a function, because SQLAlchemy is an extra and commands that need no index shall start without it.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from benchwright_leaderboards.index.text import given, kept

if TYPE_CHECKING:
    from sqlalchemy import Column, MetaData, Table
    from sqlalchemy.types import TypeEngine

SCHEMA = 1
"""Raised when what a column means changes; columns that come and go are seen without it."""
_WHOLE = 2**63


@dataclass(frozen=True, kw_only=True)
class Tables:
    """The tables.

    Attributes:
        meta: Name -> text: ``schema`` (`version`), ``board`` (digest of ``board.toml``), ``seen`` (digest of the files that were read),
            ``standings`` (digest of the rows of tables).
        submissions: One row for each folder of ``submissions/``: the stamp of its files and the digest of their content, by which a changed one
            is known.
        entries: One row for each entry.
        costs: What an entry costs, by the submission that told it; the one that was ``given`` last counts. NULL: not measured.
        tasks: The board's tasks, numbered from 1 in its order. By number, because a path may be longer than an index of a database takes.
        results: One row for each entry and task of the board.
        standings: The rows of the board's tables, by number of the task; 0: the overview.
        events: What happened to entries: added, withdrawn, measured, scored anew.
    """

    metadata: MetaData
    meta: Table
    submissions: Table
    entries: Table
    costs: Table
    tasks: Table
    results: Table
    standings: Table
    events: Table


@cache
def tables() -> Tables:
    """The tables; nothing of them is made in a database by this."""
    from sqlalchemy import MetaData

    make = _Maker(MetaData())
    return Tables(
        metadata=make.metadata,
        meta=make.table("meta", make.text("name", primary_key=True), make.text("value")),
        submissions=make.table(
            "submissions", make.text("id", primary_key=True), make.text("stamp"), make.text("content")
        ),
        entries=_entries(make),
        costs=_costs(make),
        tasks=make.table("tasks", make.count("number", primary_key=True, autoincrement=False), make.text("path")),
        results=_results(make),
        standings=_standings(make),
        events=_events(make),
    )


class _Maker:
    """Makes tables of one schema, and columns in the few forms that they have."""

    def __init__(self, metadata: MetaData) -> None:
        self.metadata, self._words = metadata, _words()

    def table(self, name: str, *columns: Column[Any]) -> Table:
        """A table of the schema."""
        from sqlalchemy import Table

        return Table(name, self.metadata, *columns)

    def text(self, name: str, **options: Any) -> Column[str]:
        """Text, ordered by its characters; never NULL unless the options say so."""
        from sqlalchemy import Column

        return Column(name, self._words, **{"nullable": False, **options})

    def number(self, name: str) -> Column[float]:
        """A number; NULL: it was not measured."""
        from sqlalchemy import Column, Double

        return Column(name, Double)

    def whole(self, name: str, **options: Any) -> Column[int]:
        """A whole number of 64 bits."""
        from sqlalchemy import BigInteger, Column

        return Column(name, BigInteger, **options)

    def count(self, name: str, **options: Any) -> Column[int]:
        """A small whole number."""
        from sqlalchemy import Column, Integer

        return Column(name, Integer, **options)

    def shown(self) -> list[Column[Any]]:
        """A score as tables show it."""
        return [*(self.number(name) for name in ("score", "low", "high")), self.whole("n"), self.whole("errored")]


def _entries(make: _Maker) -> Table:
    from sqlalchemy import Boolean, Column

    return make.table(
        "entries",
        make.text("id", primary_key=True),
        make.text("submission", index=True),
        make.count("place", nullable=False),
        make.text("name"),
        make.text("run"),
        make.text("adapter"),
        make.text("model", nullable=True),
        make.text("team"),
        make.text("added"),
        make.text("trained_on"),
        make.whole("attempt", nullable=False),
        make.count("tasks", nullable=False),
        Column("baseline", Boolean, nullable=False),
        make.text("search"),
    )


def _costs(make: _Maker) -> Table:
    return make.table(
        "costs",
        make.text("entry", primary_key=True),
        make.text("submission", primary_key=True, index=True),
        make.text("given"),
        *(make.number(name) for name in ("latency", "throughput", "memory")),
        *(make.whole(name) for name in ("size", "parameters")),
    )


def _results(make: _Maker) -> Table:
    return make.table(
        "results",
        make.text("entry", primary_key=True),
        make.count("number", primary_key=True),
        *(make.text(name) for name in ("digest", "key", "unit")),
        *make.shown(),
        make.whole("limit"),
        make.text("metrics"),
        make.text("records"),
    )


def _standings(make: _Maker) -> Table:
    return make.table(
        "standings",
        make.count("number", primary_key=True, autoincrement=False),
        make.text("entry", primary_key=True),
        make.count("position", nullable=False),
        make.text("status"),
        make.text("reasons"),
        *make.shown(),
        make.count("first"),
        make.count("last"),
    )


def _events(make: _Maker) -> Table:
    return make.table(
        "events",
        make.text("submission", primary_key=True),
        make.count("place", primary_key=True),
        *(make.text(name) for name in ("at", "what", "entry", "task", "why")),
    )


@cache
def version() -> str:
    """What tells one schema from another: its number and a digest of all columns."""
    columns = [
        f"{table.name}.{column.name} {type(column.type).__name__} {column.primary_key} {column.nullable}"
        for table in tables().metadata.sorted_tables
        for column in table.columns
    ]
    return f"{SCHEMA}-{hashlib.sha256(chr(10).join(columns).encode()).hexdigest()[:16]}"


def measured(value: float | None) -> float | None:
    """A number as it is stored: what is not finite was not measured, and databases disagree about it."""
    return value if value is not None and math.isfinite(value) else None


def counted(value: int | None) -> int | None:
    """A whole number as it is stored: one of more than 64 bits counts nothing."""
    return value if value is not None and -_WHOLE <= value < _WHOLE else None


def _words() -> TypeEngine[str]:
    """Text that comes back as it went in, and is ordered by its characters on every database."""
    from sqlalchemy import Dialect, Text
    from sqlalchemy.types import TypeDecorator

    class Words(TypeDecorator[str]):
        impl = Text
        cache_ok = True

        def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
            return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())

        def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
            return None if value is None else kept(value)

        def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
            return None if value is None else given(value)

    return Words()
