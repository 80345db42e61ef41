"""Rankings that are kept in ``derived/ranks/``, by the digest of all that decides them; read by builds and the server, which make none."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TypeVar

import msgspec

import benchwright
from benchwright.errors import BenchwrightError
from benchwright.store import atomic
from benchwright.types import Frozen
from benchwright_leaderboards.board import Board

DERIVED = Path("derived") / "ranks"
"""Folder of a board in which it is kept."""
FORM = 3
"""Raised when what is kept, or how it is computed, changes."""
SIGNED = 32
"""Bytes of the SHA-256 that a kept file begins with: of what follows."""
_RANKINGS = 4
"""Rankings that are kept; those used last, so that two writers do not take them from one another."""

_SUFFIX = ".msgpack"

T = TypeVar("T", bound=Frozen)


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
    file = folder / f"{digest}{_SUFFIX}"
    try:
        content = file.read_bytes()
        if hashlib.sha256(content[SIGNED:]).digest() != content[:SIGNED]:
            return None
        return msgspec.msgpack.decode(content[SIGNED:], type=kind)
    except (OSError, msgspec.MsgspecError):
        return None


def write_ranking(folder: Path, digest: str, ranking: Frozen) -> None:
    """Keep a ranking, and of others the latest. A folder that cannot be written keeps nothing."""
    content = msgspec.msgpack.encode(ranking, order="deterministic")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        atomic.write(folder / f"{digest}{_SUFFIX}", hashlib.sha256(content).digest() + content)
        kept = sorted(folder.glob(f"*{_SUFFIX}"), key=lambda file: file.stat().st_mtime, reverse=True)
        earlier = folder.glob("*.json")  # how rankings were kept before
        for file in (*kept[_RANKINGS:], *earlier):
            file.unlink(missing_ok=True)
    except (OSError, BenchwrightError):
        return
