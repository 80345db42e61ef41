"""What is kept between one ranking and the next, in ``derived/ranks/``: of each task who was right where, or the numbers of every pair; rankings
themselves are kept by `ranks.kept_ranking`.

Each entry's part is known by a digest of all that decides it: its submission, its stored answers, the task, the metrics and the form of these
files. What is not there under that digest is made anew; a file that cannot be read, or is not what was written, counts as absent.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

import benchwright
from benchwright import registry
from benchwright.errors import BenchwrightError
from benchwright.stats.all_pairs import pair_number, pair_positions
from benchwright.store import atomic
from benchwright.types import Task
from benchwright_leaderboards.board import PlacedEntry
from benchwright_leaderboards.pages import slug
from benchwright_leaderboards.ranks.kept_ranking import FORM, SIGNED
from benchwright_leaderboards.ranks.outcomes import Flags, Places

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
        if hashlib.sha256(content[SIGNED:]).digest() != content[:SIGNED]:
            return None
        with np.load(io.BytesIO(content[SIGNED:]), allow_pickle=False) as loaded:
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
