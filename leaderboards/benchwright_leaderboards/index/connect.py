"""Connections to an index: transactions that read one state, and transactions of writers, one at a time."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from benchwright.errors import StoreError
from benchwright_leaderboards.index.place import IndexPlace

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

APPLICATION = 0x62776978
"""What SQLite files of ours say they are (``bwix``)."""
PATIENCE = 120.0
"""Seconds that a writer waits for another one."""
_MORE = 35
"""Connections beside the five that are kept open: as many as a server has threads, none of which then waits for another."""
_CONNECT = 10
"""Seconds that a server has to answer at all, where the URL says no other ``connect_timeout``."""
_WRITES = "benchwright_writes"
_DAMAGED = frozenset({10, 11, 14, 26})
"""SQLite: it cannot be read, is malformed, cannot be opened, is no database."""


def engine_of(place: IndexPlace) -> Engine:
    """An engine, which connects when it is first used; threads may share it."""
    from sqlalchemy import create_engine, event

    if place.schema is not None:
        options: dict[str, Any] = {"schema_translate_map": {None: place.schema}}
        wait = {} if "connect_timeout" in place.url.query else {"connect_timeout": _CONNECT}
        return create_engine(place.url, max_overflow=_MORE, execution_options=options, connect_args=wait)
    assert place.file is not None
    engine = create_engine(place.url, max_overflow=_MORE, creator=partial(connect_file, place.file))
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction in which everything is of one moment."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        connection.begin()
        yield connection  # closing it rolls back: there is nothing to commit


@contextmanager
def writing(engine: Engine, place: IndexPlace) -> Iterator[Connection]:
    """A transaction that has the index for itself: a second writer waits, then sees what the first has written."""
    from sqlalchemy import text

    with engine.connect() as connection:
        connection.execution_options(**{_WRITES: True})
        with connection.begin():
            if place.schema is not None:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _key(place.schema)})
            yield connection


def is_damage(error: BaseException) -> bool:
    """Whether an error of SQLAlchemy says that a SQLite file is damaged, or none."""
    return getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def unreachable(place: IndexPlace, error: BaseException) -> StoreError:
    """The error of a database that fails: its own first line, in which drivers name no password."""
    told = str(getattr(error, "orig", None) or type(error).__name__).strip().split("\n")[0]
    secret = place.url.password
    told = told.replace(str(secret), "***") if secret else told
    return StoreError(
        f"the index at {place.shown} fails: {told}",
        expected="a database that can be reached and written",
        hint="check the server and --index; nothing is lost: an index is made again from the submissions",
    )


def connect_file(file: Path, *, makes: bool = False) -> sqlite3.Connection:
    """A connection to a SQLite file. Only ``makes`` makes one that is not there: a log left by another one would be played into it."""
    address = f"file:{quote(os.fsencode(file))}?mode={'rwc' if makes else 'rw'}"
    return sqlite3.connect(address, uri=True, timeout=PATIENCE, check_same_thread=False)


def _prepare(connection: Any, _record: Any) -> None:
    """Transactions begin when we say so; readers see the state before a writer's while it writes."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _key(schema: str) -> int:
    return int.from_bytes(hashlib.sha256(schema.encode()).digest()[:8], "big", signed=True)
