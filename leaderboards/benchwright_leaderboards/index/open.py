"""Open the index of a board, up to date."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchwright.errors import StoreError
from benchwright_leaderboards.index.connect import engine_of, reading, unreachable, writing
from benchwright_leaderboards.index.listing import board_digest
from benchwright_leaderboards.index.place import IndexPlace, is_kept, own_place, place_of
from benchwright_leaderboards.index.schema import version
from benchwright_leaderboards.index.sync import IndexChange, follow

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_TRIES = 3


class Index:
    """An index that is open; threads may share it. `open_index` makes one.

    Attributes:
        root: Folder of the board.
        place: Where it lies; in a temporary folder where it would be in that of the board and nobody may write there.
    """

    def __init__(self, root: Path, place: IndexPlace) -> None:
        self.root = root
        self._board = board_digest(root)
        self._scratch: TemporaryDirectory[str] | None = None
        if place.is_own and not os.access(root, os.W_OK):  # a board may be served from where nobody may write
            self._scratch = TemporaryDirectory(prefix="benchwright-index-")
            place = own_place(Path(self._scratch.name))
        self.place = place

    @cached_property
    def engine(self) -> Engine:
        """Its connections."""
        return engine_of(self.place)

    def refresh(self, *, anew: bool = False) -> IndexChange:
        """Bring it up to date with the board: whoever keeps it open does so now and then; or make all of it anew.

        Raises:
            BenchwrightError: A submission cannot be read, or the database fails.
        """
        self._board = board_digest(self.root)
        return follow(self.root, self.place, self.engine, anew=anew)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that reads one state of this board, and of no other that writes to the same place.

        Raises:
            StoreError: The database fails.
        """
        from sqlalchemy.exc import DBAPIError
        from sqlalchemy.exc import TimeoutError as NoConnection

        with ExitStack() as stack:
            try:
                connection = self._opened(stack)
                yield connection
            except (DBAPIError, NoConnection) as error:
                raise unreachable(self.place, error) from error

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that has the index for itself."""
        from sqlalchemy.exc import DBAPIError

        try:
            with writing(self.engine, self.place) as connection:
                yield connection
        except DBAPIError as error:
            raise unreachable(self.place, error) from error

    def close(self) -> None:
        """Close its connections."""
        self.engine.dispose()
        if self._scratch is not None:
            self._scratch.cleanup()

    def _opened(self, stack: ExitStack) -> Connection:
        from sqlalchemy.exc import DBAPIError, OperationalError

        for _ in range(_TRIES):
            try:
                with ExitStack() as inner:
                    connection = inner.enter_context(reading(self.engine))
                    if self._is_ours(connection):
                        stack.enter_context(inner.pop_all())
                        return connection
            except OperationalError as error:
                if error.connection_invalidated:
                    continue  # the server has dropped a connection that was kept; a new one will do
                if self.place.file is None:
                    raise unreachable(self.place, error) from error
            except DBAPIError:
                pass  # no such table, or a damaged file: made anew now
            self.refresh()
        raise StoreError(
            f"the index at {self.place.shown} is written by another board",
            expected="an index of its own for each board",
            hint="give one of them another --index (of PostgreSQL: another ?board=NAME)",
        )

    def _is_ours(self, connection: Connection) -> bool:
        from sqlalchemy import select

        from benchwright_leaderboards.index.schema import tables

        meta = tables().meta
        found = {row.name: row.value for row in connection.execute(select(meta.c.name, meta.c.value))}
        return found.get("schema") == version() and found.get("board") == self._board


@contextmanager
def open_index(root: Path, url: str | None = None) -> Iterator[Index]:
    """The index of the board in ``root``, up to date: at ``url``, else where `place.VARIABLE` says, else in its folder.

    Raises:
        BenchwrightError: There is no board, a submission cannot be read, a package is missing, or the database fails.
    """
    index = Index(root, place_of(root, url))
    try:
        index.refresh()
        yield index
    finally:
        index.close()


def rebuild(root: Path, url: str | None = None) -> tuple[Index, IndexChange]:
    """Make the index of a board anew; returns it, closed, and what was read.

    Raises:
        BenchwrightError: As `open_index`.
    """
    index = Index(root, place_of(root, url))
    try:
        return index, index.refresh(anew=True)
    finally:
        index.close()


def follow_where_kept(root: Path) -> None:
    """Bring the index of a board up to date where it has one; who has just changed the board does so.

    Raises:
        BenchwrightError: It fails; the board is well, and the next who opens its index mends it.
    """
    if is_kept(root):
        with open_index(root):
            pass
