"""The board as a server knows it: read whole, replaced whole when the folder changed, kept where it cannot be read."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from benchwright.errors import BenchwrightError
from benchwright_leaderboards.board import SUBMISSIONS, PlacedEntry, open_board
from benchwright_leaderboards.content import BoardContent, assemble_board
from benchwright_leaderboards.pages import Page
from benchwright_leaderboards.pair_content import PairRoom, pair_room
from benchwright_leaderboards.releases import FOLDER as RELEASES
from benchwright_leaderboards.site import pages_of
from benchwright_leaderboards.spec import FILE

LOG = logging.getLogger("benchwright.board")
CHECK_SECONDS = 2.0
"""How often the folder is looked at: what was added is served so many seconds later, and the time that its ranks take."""

RETRY_SECONDS = 10.0
"""After how long a state of the files that could not be read is tried again."""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A board at one moment.

    Attributes:
        content: What it says.
        signature: Of the files that it was read from.
    """

    content: BoardContent
    signature: str

    @cached_property
    def pages(self) -> Mapping[str, Page]:
        """Address without its first ``/`` -> page."""
        return {page.path: page for page in pages_of(self.content)}

    @cached_property
    def pairs(self) -> PairRoom:
        """What pages of two entries have in common."""
        return pair_room(self.content)

    @cached_property
    def entries(self) -> Mapping[str, PlacedEntry]:
        """Entry id -> entry."""
        return {one.entry.id: one for one in self.content.board.entries}


def read_snapshot(root: Path) -> Snapshot:
    """The board in a folder as it stands now.

    Raises:
        BenchwrightError: It cannot be read.
    """
    try:
        signature = signature_of(root)  # before the files are read: what changes meanwhile is seen the next time
    except OSError:
        signature = ""  # no board; opening it says what is missing
    found = Snapshot(content=replace(assemble_board(open_board(root)), served=True), signature=signature)
    _ = found.pages, found.entries
    return found


def signature_of(root: Path) -> str:
    """A digest of what changes when a board does: time and size of ``board.toml``, times of submissions and releases; no file is read.

    Raises:
        OSError: The folder is not there.
    """
    told = os.stat(root / FILE)  # noqa: PTH116 - as scandir below, which gives the rest
    parts = [(FILE, told.st_mtime_ns, told.st_size)]
    for folder in (SUBMISSIONS, RELEASES):
        with contextlib.suppress(FileNotFoundError), os.scandir(root / folder) as found:
            parts += sorted((one.name, one.stat().st_mtime_ns, 0) for one in found if not one.name.startswith("."))
    return hashlib.sha256(repr(parts).encode()).hexdigest()


class BoardState:
    """The latest snapshot of a board, kept up to date by a thread of its own; must be closed.

    Args:
        root: Folder of the board.
        seconds: How often the folder is looked at.
        prepare: Called with each new snapshot before it is served.
        follow: Called with what is served after each look, changed or not: the index is brought up to date there. What it cannot do now it
            does at a later look; pages do not wait for it.

    Attributes:
        snapshot: What is served.
        problem: Why a later state could not be read; empty where the snapshot is the latest.
        index_problem: Why the index could not be brought up to date the last time; empty where it was.
    """

    def __init__(
        self,
        root: Path,
        *,
        seconds: float = CHECK_SECONDS,
        prepare: Callable[[Snapshot], None] = lambda _: None,
        follow: Callable[[BoardContent], None] = lambda _: None,
    ) -> None:
        self.root, self.seconds, self._prepare, self._follow = root, seconds, prepare, follow
        self.problem = self.index_problem = ""
        self.snapshot = read_snapshot(root)
        self._prepare(self.snapshot)
        self._stop = threading.Event()
        self._failed, self._again = "", 0.0
        self._thread: threading.Thread | None = None
        self.follow()

    def start(self) -> None:
        """Begin to look at the folder."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._watch, name="board", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=self.seconds)
            self._thread = None

    def refresh(self) -> bool:
        """Read the board anew if its files changed; returns whether there is a new snapshot. One that cannot be read leaves the last one.

        What could not be read is tried again when a file changes, and after `RETRY_SECONDS`: a folder that is being copied changes inside.
        """
        try:
            signature = signature_of(self.root)
            if signature == self.snapshot.signature and not self.problem:
                return False
            if signature == self._failed and time.monotonic() < self._again:
                return False
            found = read_snapshot(self.root)
            self._prepare(found)
        except (BenchwrightError, OSError) as error:
            self._fail(error)
            return False
        self._failed = self.problem = ""
        self.snapshot = found
        return True

    def follow(self) -> None:
        """Bring the index up to date with what is served; why that fails stands in `index_problem`."""
        if self.problem:
            return  # the index of a board that cannot be read is left to those who can read it
        try:
            self._follow(self.snapshot.content)
        except (BenchwrightError, OSError) as error:
            told = told_of(error)
            if told != self.index_problem:
                LOG.warning("lists of entries are not up to date: %s", told)
            self.index_problem = told
        else:
            self.index_problem = ""

    def _fail(self, error: Exception) -> None:
        """Say once for each state of the files that they cannot be read."""
        problem = told_of(error)
        if problem != self.problem:
            LOG.warning("the board cannot be read, its last state is served: %s", problem)
            self.problem = problem
        self._again = time.monotonic() + RETRY_SECONDS
        try:
            self._failed = signature_of(self.root)
        except OSError:
            self._failed = ""

    def _watch(self) -> None:
        while not self._stop.wait(self.seconds):
            try:
                self.refresh()
                self.follow()
            except Exception:  # a fault of ours must not end the watching; it stands in the log with its place
                LOG.exception("the board could not be read")


def told_of(error: Exception) -> str:
    """An error in a line."""
    return getattr(error, "problem", "") or getattr(error, "strerror", "") or str(error)
