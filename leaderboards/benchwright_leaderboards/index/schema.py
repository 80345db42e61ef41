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
    from sqlalchemy import MetaData, Table
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
    from sqlalchemy import BigInteger, Boolean, Column, Double, Integer, MetaData, Table

    metadata, words = MetaData(), _words()

    def text(name: str, **options: Any) -> Column[str]:
        return Column(name, words, nullable=False, **options)

    def number(name: str) -> Column[float]:
        return Column(name, Double)

    def whole(name: str) -> Column[int]:
        return Column(name, BigInteger)

    def shown() -> list[Column[Any]]:
        return [number("score"), number("low"), number("high"), whole("n"), whole("errored")]

    return Tables(
        metadata=metadata,
        meta=Table("meta", metadata, text("name", primary_key=True), text("value")),
        submissions=Table(
            "submissions",
            metadata,
            text("id", primary_key=True),
            text("stamp"),
            text("content"),
        ),
        entries=Table(
            "entries",
            metadata,
            text("id", primary_key=True),
            text("submission", index=True),
            Column("place", Integer, nullable=False),
            text("name"),
            text("run"),
            text("adapter"),
            Column("model", words),
            text("team"),
            text("added"),
            text("trained_on"),
            Column("attempt", BigInteger, nullable=False),
            Column("tasks", Integer, nullable=False),
            Column("baseline", Boolean, nullable=False),
            text("search"),
        ),
        costs=Table(
            "costs",
            metadata,
            text("entry", primary_key=True),
            text("submission", primary_key=True, index=True),
            text("given"),
            number("latency"),
            number("throughput"),
            number("memory"),
            whole("size"),
            whole("parameters"),
        ),
        tasks=Table("tasks", metadata, Column("number", Integer, primary_key=True, autoincrement=False), text("path")),
        results=Table(
            "results",
            metadata,
            text("entry", primary_key=True),
            Column("number", Integer, primary_key=True),
            text("digest"),
            text("key"),
            text("unit"),
            *shown(),
            whole("limit"),
            text("metrics"),
            text("records"),
        ),
        standings=Table(
            "standings",
            metadata,
            Column("number", Integer, primary_key=True, autoincrement=False),
            text("entry", primary_key=True),
            Column("position", Integer, nullable=False),
            text("status"),
            text("reasons"),
            *shown(),
            Column("first", Integer),
            Column("last", Integer),
        ),
        events=Table(
            "events",
            metadata,
            text("submission", primary_key=True),
            Column("place", Integer, primary_key=True),
            text("at"),
            text("what"),
            text("entry"),
            text("task"),
            text("why"),
        ),
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
