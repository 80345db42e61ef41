"""Bring an index up to date with the submissions of its board, or make it anew; both in one transaction."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchwright.errors import BenchwrightError
from benchwright.store.lease import lease
from benchwright_leaderboards.board import SUBMISSIONS
from benchwright_leaderboards.index.connect import APPLICATION, connect_file, is_damage, reading, unreachable, writing
from benchwright_leaderboards.index.listing import board_digest, content_of, digest_of_stamps, list_submissions
from benchwright_leaderboards.index.place import BESIDE, IndexPlace
from benchwright_leaderboards.index.rows import read_rows, task_rows
from benchwright_leaderboards.index.schema import tables, version
from benchwright_leaderboards.spec import BoardSpec, read_spec

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_BATCH = 100
"""Submissions whose rows are in memory at once."""
_NAMES = 500
"""Most values in a condition; databases bound them."""


@dataclass(frozen=True, kw_only=True)
class IndexChange:
    """What bringing an index up to date changed: numbers of submissions.

    Attributes:
        added: Read because they were new, or had changed.
        removed: Dropped because their folder is gone.
        rebuilt: Whether all of it was made anew.
    """

    added: int = 0
    removed: int = 0
    rebuilt: bool = False


def follow(root: Path, place: IndexPlace, engine: Engine, *, anew: bool = False) -> IndexChange:
    """Bring the index up to date with the board in ``root``; where nothing was written since, that is a listing and one query.

    With ``anew`` all of it is made anew; so it is where it has another schema, is of another ``board.toml``, or is damaged.

    Raises:
        BenchwrightError: A submission cannot be read, or the database fails; the index is as it was.
    """
    from sqlalchemy.exc import DBAPIError

    try:
        return _follow(root, place, engine, anew=anew)
    except DBAPIError as error:
        if not error.connection_invalidated and not (place.is_own and is_damage(error)):
            raise unreachable(place, error) from error
        damaged = not error.connection_invalidated
    if damaged:
        _replace(place, engine)
    try:  # once more: with a new file, or a new connection where the server had dropped one
        return _follow(root, place, engine, anew=anew or damaged)
    except DBAPIError as error:
        raise unreachable(place, error) from error


def marks(connection: Connection) -> dict[str, str]:
    """What the index says of itself: the table ``meta``; nothing where there is no index yet."""
    from sqlalchemy import inspect, select

    meta = tables().meta
    schema = connection.get_execution_options().get("schema_translate_map", {}).get(None)
    if not inspect(connection).has_table(meta.name, schema=schema):
        return {}
    return {row.name: row.value for row in connection.execute(select(meta.c.name, meta.c.value))}


def write_marks(connection: Connection, values: dict[str, str]) -> None:
    """Replace these rows of ``meta``."""
    from sqlalchemy import delete, insert

    meta = tables().meta
    connection.execute(delete(meta).where(meta.c.name.in_(values)))
    connection.execute(insert(meta), [{"name": name, "value": value} for name, value in values.items()])


def _follow(root: Path, place: IndexPlace, engine: Engine, *, anew: bool) -> IndexChange:
    read_spec(root)  # a folder without a board gets no index either
    if place.file is not None:
        _prepare_file(place.file, is_own=place.is_own)
    if not anew and _is_current(root, engine):
        return IndexChange()
    with writing(engine, place) as connection:
        # Listed now, with the index for ourselves: whoever committed before us is in the list, whoever comes after lists again.
        stamps, board = list_submissions(root), board_digest(root)
        found = marks(connection)
        rebuilt = anew or found.get("schema") != version() or found.get("board") != board
        spec = read_spec(root)
        if rebuilt:
            _make_tables(connection, place)
            _insert(connection, {"tasks": task_rows(spec)})
        change = _bring_up(connection, root, spec, stamps, rebuilt=rebuilt)
        told = {"schema": version(), "board": board, "seen": digest_of_stamps(stamps)}
        write_marks(connection, told)
        return change


def _is_current(root: Path, engine: Engine) -> bool:
    with reading(engine) as connection:
        found = marks(connection)
    told = {"schema": version(), "board": board_digest(root)}
    return all(found.get(name) == value for name, value in told.items()) and found.get("seen") == digest_of_stamps(
        list_submissions(root)
    )


def _bring_up(
    connection: Connection, root: Path, spec: BoardSpec, stamps: dict[str, str], *, rebuilt: bool
) -> IndexChange:
    from sqlalchemy import bindparam, select, update

    held = tables().submissions
    known = {row.id: row for row in connection.execute(select(held.c.id, held.c.stamp, held.c.content))}
    gone = [name for name in known if name not in stamps]
    to_read, same = dict[str, str](), list[dict[str, str]]()
    for name, stamp in stamps.items():
        if name in known and known[name].stamp == stamp:
            continue
        content = content_of(root / SUBMISSIONS / name)
        if name in known and known[name].content == content:  # copied or checked out: only its times differ
            same.append({"name": name, "now": stamp})
        else:
            to_read[name] = content
    _remove_rows(connection, [*gone, *(name for name in to_read if name in known)])
    if same:
        connection.execute(update(held).where(held.c.id == bindparam("name")).values(stamp=bindparam("now")), same)
    for names in _parts(list(to_read), _BATCH):
        rows = defaultdict[str, list[dict[str, Any]]](list)
        for name in names:
            rows["submissions"].append({"id": name, "stamp": stamps[name], "content": to_read[name]})
            for table, found in read_rows(root, spec, name).items():
                rows[table] += found
        _insert(connection, rows)
    return IndexChange(added=len(to_read), removed=len(gone), rebuilt=rebuilt)


def _insert(connection: Connection, rows: dict[str, list[dict[str, Any]]]) -> None:
    from sqlalchemy import insert
    from sqlalchemy.exc import IntegrityError

    for name, found in rows.items():
        if not found:
            continue
        try:
            connection.execute(insert(tables().metadata.tables[name]), found)
        except IntegrityError as error:
            raise BenchwrightError(
                "two entries of the board have one id",
                expected="an id for each entry",
                hint="`benchwright board check` tells which; take one of the submissions away",
            ) from error


def _remove_rows(connection: Connection, names: Sequence[str]) -> None:
    from sqlalchemy import delete, select

    made = tables()
    for some in _parts(names, _NAMES):
        entries = select(made.entries.c.id).where(made.entries.c.submission.in_(some))
        connection.execute(delete(made.results).where(made.results.c.entry.in_(entries)))
        for table in (made.entries, made.costs, made.events):
            connection.execute(delete(table).where(table.c.submission.in_(some)))
        connection.execute(delete(made.submissions).where(made.submissions.c.id.in_(some)))


def _make_tables(connection: Connection, place: IndexPlace) -> None:
    from sqlalchemy import inspect, text
    from sqlalchemy.schema import CreateSchema

    if place.schema is None:
        names = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        )
        quote = connection.dialect.identifier_preparer.quote_identifier
        for (name,) in names.all():
            connection.exec_driver_sql(f"DROP TABLE {quote(name)}")
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION}")
    elif place.schema not in inspect(connection).get_schema_names():
        connection.execute(CreateSchema(place.schema))
    else:
        tables().metadata.drop_all(connection)
    tables().metadata.create_all(connection, checkfirst=False)


def _prepare_file(file: Path, *, is_own: bool) -> None:
    """See that the file is there, ours, and that readers of it need not wait for writers (write-ahead log)."""
    if not file.exists():
        with _alone(file):  # made while nobody else may (`connect.connect_file`)
            if not file.exists():
                _remove(file)  # a log without its file would be played into the new one
                _set_up(file, is_own=is_own, makes=True)
    _set_up(file, is_own=is_own)


def _set_up(file: Path, *, is_own: bool, makes: bool = False) -> None:
    with contextlib.suppress(sqlite3.Error), contextlib.closing(connect_file(file, makes=makes)) as connection:
        (kind,) = connection.execute("PRAGMA application_id").fetchone()
        (held,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if held and kind != APPLICATION and not is_own:
            raise BenchwrightError(
                f"{file} is a database of something else",
                expected="the index of a board, or no file",
                hint="give --index another file",
            )
        if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            connection.execute("PRAGMA journal_mode = WAL")


def _alone(file: Path) -> AbstractContextManager[bool]:
    """Nobody else replaces the file while the block runs."""
    return lease(file.with_name(f"{file.name}.lock"), wait=True)


def _replace(place: IndexPlace, engine: Engine) -> None:
    assert place.file is not None
    with _alone(place.file):
        engine.dispose()
        _remove(place.file)


def _remove(file: Path) -> None:
    for end in ("", *BESIDE):
        file.with_name(file.name + end).unlink(missing_ok=True)


def _parts(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), size):
        yield names[start : start + size]
