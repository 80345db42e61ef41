"""A submission takes its place: texts first, then its folder, whole, by one rename; what killed processes left is cleared away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from benchwright.errors import BenchwrightError
from benchwright.paths import is_file
from benchwright.store import Store, atomic
from benchwright.store.folder import to_json
from benchwright_leaderboards.board import FILE, SUBMISSIONS, EntryStore, open_board
from benchwright_leaderboards.entries import Submission
from benchwright_leaderboards.incoming import Incoming

INPUTS = "inputs"


def digest_files(incoming: Incoming) -> dict[str, str]:
    """Path below ``store/`` -> SHA-256 of every file of what is to be added, texts left out."""
    root = incoming.store.root
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0] != INPUTS
    }


def place(root: Path, made: Submission, incoming: Incoming) -> None:
    """Put texts and the submission into a board. Texts are named by the content of the data; with the folder the entries are there.

    Raises:
        BenchwrightError: It cannot be written, or the board has other texts under that name; no entry is there then.
    """
    store = EntryStore(root / SUBMISSIONS / made.id / "store", root / INPUTS)
    for path in sorted((incoming.store.root / INPUTS).glob("*.parquet")):
        _place_texts(store.inputs_path(path.stem), path, incoming.store)
    with atomic.new_folder(root / SUBMISSIONS / made.id, what="the submission") as draft:
        for name in made.files:
            atomic.write(draft / "store" / name, (incoming.store.root / name).read_bytes())
        atomic.write(draft / FILE, to_json(made))


def _place_texts(place: Path, path: Path, incoming: Store) -> None:
    """Texts that the board has are kept; others of the same address must be of the same items (a file may be packed otherwise)."""
    if not is_file(place):
        atomic.write(place, path.read_bytes())
        return
    if place.read_bytes() == path.read_bytes():
        return
    theirs = Store(place.parent.parent).read_inputs(place.stem)
    if incoming.read_inputs(path.stem) != theirs:
        raise BenchwrightError(
            f"not added: the board has other texts of {path.stem}",
            expected="the texts of the same data",
            hint="`benchwright board check` says whether those of the board are whole",
        )


def tidy(root: Path) -> list[Path]:
    """Remove drafts of killed processes, and texts that no submission uses; returns them. To be called by whoever holds the lock.

    Raises:
        StoreError: A submission cannot be read, so that nobody knows which texts it uses; nothing is removed.
    """
    needed = {f"{name}.parquet" for one in open_board(root).submissions for name in one.inputs}
    folders: Iterable[Path] = (root, root / SUBMISSIONS, root / INPUTS)
    gone = [path for folder in folders for path in atomic.sweep(folder)]
    for path in sorted((root / INPUTS).glob("*.parquet")):
        if path.name not in needed:
            path.unlink()
            gone.append(path)
    return gone
