"""Where the index of a board lies: a SQLite file in its folder, or a database by URL, whose secrets nobody is told."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from benchwright.errors import BenchwrightError

if TYPE_CHECKING:
    from sqlalchemy import URL

VARIABLE = "BENCHWRIGHT_BOARD_INDEX"
"""Environment variable with the URL of the index; `--index` goes before it."""
FILE = "index.sqlite"
BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside its file while somebody writes, or was killed at it."""
_EXPECTED = "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE, or sqlite:///FILE"
_SPELLINGS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "sqlite": "sqlite"}
_SCHEMA = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True, kw_only=True)
class IndexPlace:
    """Where an index lies.

    Attributes:
        shown: The place as messages name it, without user, password or options.
        schema: Schema of PostgreSQL, which belongs to this board alone; None: SQLite.
        file: Of SQLite; None: PostgreSQL.
        is_own: Whether it is the file in the board's folder, which may be replaced whatever is in it.
    """

    url: URL = field(repr=False)
    shown: str
    schema: str | None = None
    file: Path | None = None
    is_own: bool = False


def place_of(root: Path, url: str | None = None) -> IndexPlace:
    """Where the index of the board in ``root`` lies: ``url``, else what `VARIABLE` says, else `FILE` in its folder.

    Several boards in one database of PostgreSQL have a schema each: ``?board=NAME`` of the URL, else one named by the folder.

    Raises:
        BenchwrightError: The URL is none of these, or a package is missing.
    """
    _need("sqlalchemy", "board")
    text = url or os.environ.get(VARIABLE) or ""
    if not text:
        return own_place(root)
    found = _parsed(text)
    if found.drivername == "sqlite":
        if not found.database or found.database == ":memory:" or found.query:
            raise _refused("it names no file")
        return _file(Path(found.database), is_own=False)
    _need("psycopg", "postgres")
    name = found.query.get("board")
    schema = name if isinstance(name, str) else _named_by(root)
    if not _SCHEMA.fullmatch(schema):
        raise BenchwrightError(
            "the URL of the index names a board that no schema can be called by",
            expected="board=NAME with at most 40 of a-z, 0-9 and _",
        )
    return IndexPlace(
        url=found.difference_update_query(["board"]),
        shown=f"{found.drivername}://{found.host or ''}{f':{found.port}' if found.port else ''}/{found.database or ''}",
        schema=f"benchwright_{schema}",
    )


def own_place(folder: Path) -> IndexPlace:
    """The file in a folder, which is replaced where it is anything else."""
    return _file(folder / FILE, is_own=True)


def is_kept(root: Path) -> bool:
    """Whether a board has an index already, in its folder or by `VARIABLE`: then who changes the board brings it up to date."""
    return bool(os.environ.get(VARIABLE)) or (root / FILE).exists()


def _file(path: Path, *, is_own: bool) -> IndexPlace:
    from sqlalchemy import URL

    return IndexPlace(url=URL.create("sqlite", database=str(path)), shown=str(path), file=path, is_own=is_own)


def _parsed(text: str) -> URL:
    """The URL in a text. What is wrong with it is not repeated: a password may be in any part of a URL that is misspelt."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise _refused("it cannot be read") from None
    url = url.set(drivername=_SPELLINGS.get(url.drivername, url.drivername))
    if url.drivername not in _SPELLINGS.values():
        raise _refused("it is of another kind of database")
    if any(sign in (url.host or "") for sign in "@:") and not (url.host or "").startswith("["):
        raise _refused("its host is none; an @ or : of a password is written %40 or %3A")
    return url


def _refused(why: str) -> BenchwrightError:
    return BenchwrightError(
        f"the URL of the index is not understood: {why}",
        expected=_EXPECTED,
        hint=f"correct --index or {VARIABLE}, or leave both out for the file {FILE} in the board's folder",
    )


def _need(package: str, extra: str) -> None:
    if find_spec(package) is None:
        raise BenchwrightError(
            f"the index of a board needs {package}, which is not installed",
            expected=f"the extra `{extra}`",
            hint=f'pip install "benchwright[{extra}]"',
        )


def _named_by(root: Path) -> str:
    place = os.path.realpath(root)
    name = re.sub(r"[^a-z0-9]+", "_", Path(place).name.lower())[:20].strip("_")
    return f"{name or 'board'}_{hashlib.sha256(place.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
