"""A board: a folder with ``board.toml``, submissions and the texts that they share. Everything else in it can be made again.

board.toml
submissions/<id>/   submission.json, store/ (runs, cells, scores, measurements); withdrawn.json where entries were taken back
inputs/             texts of the data, once for all submissions
releases/<name>/    immutable snapshots
derived/            rank ranges and whatever else is kept for speed: may be deleted
index.sqlite        may be deleted
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import msgspec

from benchwright.comparison.systems import System, system_of
from benchwright.documents import Unreadable, read_json_as
from benchwright.errors import StoreError
from benchwright.store import Store
from benchwright.types import Ledger
from benchwright_leaderboards.collection import without_collection
from benchwright_leaderboards.entries import ENTRY, Cost, Entry, Submission, Withdrawal
from benchwright_leaderboards.kept_submissions import read_all
from benchwright_leaderboards.pages import digest_of_inputs
from benchwright_leaderboards.spec import BoardSpec, read_spec

SUBMISSIONS, FILE, WITHDRAWN = "submissions", "submission.json", "withdrawn.json"


class EntryStore(Store):
    """The store of a submission, whose texts are those of the board."""

    def __init__(self, root: Path, inputs: Path) -> None:
        super().__init__(root)
        self._inputs = inputs

    def inputs_path(self, address: str | None) -> Path:
        """Where the texts of a split lie: in the board, once for all submissions."""
        return self._inputs / Store(self._inputs.parent).inputs_path(address).name

    def changed(self, key: str, ledger: Ledger) -> list[str]:
        """Files of a cell that are not those that were written. Of texts the content counts, since another submission may have brought
        them, packed otherwise (`check`).
        """
        return super().changed(key, msgspec.structs.replace(ledger, texts=""))


@dataclass(frozen=True, kw_only=True)
class PlacedEntry:
    """An entry with where it came from.

    Attributes:
        entry: The entry; what was measured later is in its cost.
        submission: What it came with.
        root: Folder of the submission.
        withdrawn: Why it was taken back; None: it was not.
        told: SHA-256 of all that its submission says (`Board.told`).
    """

    entry: Entry
    submission: Submission
    root: Path
    withdrawn: Withdrawal | None = None
    told: str = ""

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
        withdrawals: Entry id -> why it was taken back.
        read: Submissions as files told them, each with the SHA-256 of its file.
    """

    root: Path
    spec: BoardSpec
    submissions: tuple[Submission, ...]
    withdrawals: Mapping[str, Withdrawal] = field(default_factory=dict)
    read: Sequence[tuple[Submission, str]] = field(default=(), repr=False, compare=False)

    @cached_property
    def told(self) -> tuple[str, ...]:
        """SHA-256 of all that each submission says, results computed anew and costs that came later too: that of its file; of one that was not
        read from a file (a value of it was replaced) that of its content.
        """
        of_files = {
            id(one): digest for one, digest in self.read
        }  # by identity: encoding them would take as long as reading them
        return tuple(of_files.get(id(one)) or digest_of_inputs(one) for one in self.submissions)

    @cached_property
    def entries(self) -> tuple[PlacedEntry, ...]:
        """All entries, in the order in which they were added, withdrawn ones too."""
        later: dict[str, Cost] = {name: cost for one in self.submissions for name, cost in one.measured.items()}
        return tuple(
            PlacedEntry(
                entry=msgspec.structs.replace(entry, cost=later[entry.id]) if entry.id in later else entry,
                submission=one,
                root=self.root / SUBMISSIONS / one.id,
                withdrawn=self.withdrawals.get(entry.id),
                told=told,
            )
            for one, told in zip(self.submissions, self.told, strict=True)
            for entry in one.entries
        )

    @cached_property
    def missing_baselines(self) -> tuple[str, ...]:
        """Baselines that ``board.toml`` names and that do not stand on the board: to be said wherever it is shown."""
        standing = {one.entry.id for one in self.entries if one.withdrawn is None}
        return tuple(name for name in self.spec.baselines if name not in standing)


def open_board(root: Path, *, anew: bool = False) -> Board:
    """The board in a folder; ``anew``: from its own files, whatever is kept of them.

    Raises:
        BenchwrightError: There is none.
        ConfigError: Its ``board.toml`` is wrong.
        StoreError: A submission cannot be read.
    """
    spec = read_spec(root)
    folders = submission_folders(root)
    files = [folder / FILE for folder in folders]
    with without_collection():
        read = [_read_with_digest(file) for file in files] if anew else read_all(root, files, _read_with_digest)
    read.sort(key=lambda found: (found[0].added, found[0].id))
    withdrawals = {name: why for folder in folders for name, why in read_withdrawals(folder).items()}
    return Board(root=root, spec=spec, submissions=tuple(one for one, _ in read), withdrawals=withdrawals, read=read)


def submission_folders(root: Path) -> list[Path]:
    """Folders of submissions, by name; drafts of processes that are at work, or were killed, are none."""
    return sorted(path for path in (root / SUBMISSIONS).glob("*") if path.is_dir() and not path.name.startswith("."))


def read_withdrawals(folder: Path) -> dict[str, Withdrawal]:
    """Entries of a submission that were taken back, by id. Raises StoreError where the file cannot be read."""
    path = folder / WITHDRAWN
    try:
        return read_json_as(path.read_bytes(), dict[str, Withdrawal])
    except FileNotFoundError:
        return {}
    except (OSError, Unreadable) as error:
        raise _unreadable(path, error) from error


def read_submission(path: Path) -> Submission:
    """The submission in a file. Raises StoreError where it cannot be read."""
    return _read_with_digest(path)[0]


def _read_with_digest(path: Path) -> tuple[Submission, str]:
    try:
        content = path.read_bytes()
        return read_json_as(content, Submission), hashlib.sha256(content).hexdigest()
    except (OSError, Unreadable) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError | Unreadable) -> StoreError:
    return StoreError(
        f"{path} cannot be read: {getattr(error, 'why', error)}",
        expected=f"a submission of schema {ENTRY}",
        hint="`benchwright board check` lists what is damaged; put the folder back from a copy, or remove it",
    )
