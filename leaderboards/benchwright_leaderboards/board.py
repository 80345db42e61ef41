"""A board: a folder with ``board.toml``, submissions and the texts that they share. Everything else in it can be made again.

board.toml
submissions/<id>/   submission.json, store/ (runs, cells, scores); withdrawn.json where an entry was taken back
inputs/             texts of the data, once for all submissions
releases/<name>/    immutable snapshots
derived/            rank ranges and whatever else is kept for speed: may be deleted
index.sqlite        may be deleted
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchwright.comparison.systems import System, system_of
from benchwright.documents import Unreadable, read_json_as
from benchwright.errors import StoreError
from benchwright.store import Store
from benchwright_leaderboards.entries import ENTRY, Entry, Submission
from benchwright_leaderboards.spec import BoardSpec, read_spec


class EntryStore(Store):
    """The store of a submission, whose texts are those of the board."""

    def __init__(self, root: Path, inputs: Path) -> None:
        super().__init__(root)
        self._inputs = inputs

    def inputs_path(self, address: str | None) -> Path:
        """Where the texts of a split lie: in the board, once for all submissions."""
        return self._inputs / Store(self._inputs.parent).inputs_path(address).name


@dataclass(frozen=True, kw_only=True)
class PlacedEntry:
    """An entry with where it came from."""

    entry: Entry
    submission: Submission
    root: Path
    """Folder of the submission."""

    def store(self) -> EntryStore:
        """The store with its predictions."""
        return EntryStore(self.root / "store", self.root.parent.parent / "inputs")

    def system(self) -> System:
        """The entry as comparisons know it, labelled by its id."""
        from dataclasses import replace

        store = self.store()
        return replace(system_of(store.read_run(self.entry.run), (self.entry.name,), store=store), label=self.entry.id)


@dataclass(frozen=True, kw_only=True)
class Board:
    """A board as it stands.

    Attributes:
        root: Its folder.
        spec: What ``board.toml`` says.
        submissions: In the order in which they were added.
    """

    root: Path
    spec: BoardSpec
    submissions: tuple[Submission, ...]

    @cached_property
    def entries(self) -> tuple[PlacedEntry, ...]:
        """All entries, in the order in which they were added."""
        return tuple(
            PlacedEntry(entry=entry, submission=one, root=self.root / "submissions" / one.id)
            for one in self.submissions
            for entry in one.entries
        )


def open_board(root: Path) -> Board:
    """The board in a folder.

    Raises:
        BenchwrightError: There is none.
        ConfigError: Its ``board.toml`` is wrong.
        StoreError: A submission cannot be read.
    """
    spec = read_spec(root)
    found = sorted(_submissions(root), key=lambda one: (one.added, one.id))
    return Board(root=root, spec=spec, submissions=tuple(found))


def _submissions(root: Path) -> Iterator[Submission]:
    for path in sorted((root / "submissions").glob("*/submission.json")):
        if not path.parent.name.startswith("."):
            yield read_submission(path)


def read_submission(path: Path) -> Submission:
    """The submission in a file. Raises StoreError where it cannot be read."""
    try:
        found = read_json_as(path.read_bytes(), Submission)
    except (OSError, Unreadable) as error:
        raise StoreError(
            f"{path} cannot be read: {getattr(error, 'why', error)}",
            expected=f"a submission of schema {ENTRY}",
            hint="`benchwright board check` lists what is damaged; put the folder back from a copy, or remove it",
        ) from error
    return found
