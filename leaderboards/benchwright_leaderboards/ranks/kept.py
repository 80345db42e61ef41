"""What is kept between one ranking and the next, in ``derived/ranks/``: rankings by the digest of their board, and of each task who was right
where, or the numbers of every pair.

Each entry's part is known by a digest of all that decides it: its submission, its stored answers, the task, the metrics and the form of these
files. What is not there under that digest is made anew; a file that cannot be read, or is not what was written, counts as absent.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

import benchwright
from benchwright import registry
from benchwright.errors import BenchwrightError
from benchwright.stats.all_pairs import pair_number, pair_positions
from benchwright.store import atomic
from benchwright.types import Frozen, Task
from benchwright_leaderboards.board import Board, PlacedEntry
from benchwright_leaderboards.pages import slug
from benchwright_leaderboards.ranks.outcomes import Flags, Places

DERIVED = Path("derived") / "ranks"
"""Folder of a board in which it is kept."""
_RANKINGS = 4
"""Rankings that are kept; those used last, so that two writers do not take them from one another."""
FORM = 3
"""Raised when what is kept, or how it is computed, changes."""
_SIGNED = 32

T = TypeVar("T", bound=Frozen)
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False, kw_only=True)
class KeptTask:
    """Arrays of a task, with the digest of every entry that they are about.

    Attributes:
        places: Digest of an entry's part -> its row.
        arrays: By name.
    """

    places: Mapping[str, int]
    arrays: Arrays


def digest_of_part(one: PlacedEntry, path: str, card: Task) -> str:
    """SHA-256 of what decides an entry's part of a task."""
    result = one.entry.result(path)
    assert result is not None
    metrics = [registry.get("metrics", name).id for name in card.score_metrics]
    parts = (
        FORM,
        benchwright.__version__,
        one.entry.id,
        one.submission.digest,
        path,
        result.digest,
        result.key,
        metrics,
    )
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def file_of(folder: Path, path: str) -> Path:
    """Where a task's arrays are kept."""
    return folder / "tasks" / f"{slug(path)}.npz"


def read_kept(file: Path) -> KeptTask | None:
    """What is kept in a file; None where there is nothing, or not what was written."""
    try:
        content = file.read_bytes()
        if hashlib.sha256(content[_SIGNED:]).digest() != content[:_SIGNED]:
            return None
        with np.load(io.BytesIO(content[_SIGNED:]), allow_pickle=False) as loaded:
            arrays = {name: loaded[name] for name in loaded.files}
        digests = arrays.pop("digests").tolist()
    except (OSError, ValueError, KeyError, EOFError):
        return None
    return KeptTask(places={digest: at for at, digest in enumerate(digests)}, arrays=arrays)


def has_shapes(kept: KeptTask, **shapes: tuple[int | None, ...]) -> bool:
    """Whether arrays are there with these shapes (None: whatever length): an earlier form of the program may have kept others."""
    return all(
        name in kept.arrays
        and kept.arrays[name].ndim == len(shape)
        and all(asked in (None, there) for asked, there in zip(shape, kept.arrays[name].shape, strict=True))
        for name, shape in shapes.items()
    )


def write_kept(file: Path, digests: Sequence[str], arrays: Arrays) -> None:
    """Keep a task's arrays, in place of what was there. A folder that cannot be written keeps nothing, and ranks are made anew each time."""
    held = io.BytesIO()
    named: dict[str, Any] = {**arrays, "digests": np.array(digests, dtype="U64")}
    np.savez(held, **named)
    content = held.getvalue()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        atomic.write(file, hashlib.sha256(content).digest() + content)
    except (OSError, BenchwrightError):
        return


def known_pairs(kept: KeptTask, digests: Sequence[str]) -> tuple[Flags, Places]:
    """Which pairs (P) of entries, by the digests of their parts, are kept, and the numbers of those there. Entries keep their order; a
    pair in another order is not known.
    """
    at = np.array([kept.places.get(digest, -1) for digest in digests], dtype=np.intp)
    one, other = (at[side] for side in pair_positions(len(digests)))
    there = (one >= 0) & (other > one)
    return there, pair_number(one[there], other[there], len(kept.places))


def digest_of_board(board: Board) -> str:
    """SHA-256 of all that decides a ranking: what ``board.toml`` says, every entry with its results, what was withdrawn."""
    spec = board.spec
    costs = (
        [one.entry.cost for one in board.entries] if spec.tie_breaker else []
    )  # they order rows, whose neighbours are told apart
    entries = [(one.entry.id, one.told, one.withdrawn is not None) for one in board.entries]
    parts = (FORM, benchwright.__version__, spec.task, spec.baselines, spec.tie_breaker, costs, entries)
    return hashlib.sha256(msgspec.json.encode(parts, order="deterministic")).hexdigest()


def read_ranking(folder: Path, digest: str, kind: type[T]) -> T | None:
    """The ranking that was kept for a board; None where there is none, or not what was written."""
    file = folder / f"{digest}.json"
    try:
        content = file.read_bytes()
        if hashlib.sha256(content[_SIGNED:]).digest() != content[:_SIGNED]:
            return None
        return msgspec.json.decode(content[_SIGNED:], type=kind)
    except (OSError, msgspec.MsgspecError):
        return None


def write_ranking(folder: Path, digest: str, ranking: Frozen) -> None:
    """Keep a ranking, and of others the latest. A folder that cannot be written keeps nothing."""
    content = msgspec.json.encode(ranking, order="deterministic")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        atomic.write(folder / f"{digest}.json", hashlib.sha256(content).digest() + content)
        kept = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in kept[_RANKINGS:]:
            file.unlink(missing_ok=True)
    except (OSError, BenchwrightError):
        return
