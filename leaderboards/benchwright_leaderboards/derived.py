"""What is kept below ``derived/`` of a board so that it need not be made twice: by the digest of all that it is made from, so never stale."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from pathlib import Path

from benchwright.errors import BenchwrightError
from benchwright.store import atomic

FOLDER = "derived"
_SIGNED = 32
"""Bytes of the SHA-256 that a kept file begins with: of what follows."""


def remember(root: Path, room: str, digest: str, make: Callable[[], bytes]) -> bytes:
    """What was kept for a digest, or what ``make`` gives, which is kept then; a board that cannot be written is read all the same.

    Args:
        root: Folder of the board.
        room: What it is, one word.
        digest: Of everything that decides it (`pages.digest_of_inputs`).
        make: Makes it.
    """
    path = root / FOLDER / room / digest[:2] / digest
    kept = _read(path)
    if kept is not None:
        return kept
    made = make()
    with contextlib.suppress(OSError, BenchwrightError):  # kept for speed alone
        atomic.write_unsettled(path, hashlib.sha256(made).digest() + made)
    return made


def remember_latest(root: Path, room: str, name: str, digest: str, make: Callable[[], bytes]) -> bytes:
    """The same under a name, in whose file only what was made last is kept: for what is large, and of which the latest alone is asked for again.

    Args:
        root: Folder of the board.
        room: What it is, one word.
        name: What it is of: a file name.
        digest: Of everything that decides it.
        make: Makes it.
    """
    path, mark = root / FOLDER / room / name, digest.encode()
    kept = _read(path, mark)
    if kept is not None:
        return kept
    made = make()
    with contextlib.suppress(OSError, BenchwrightError):  # kept for speed alone
        atomic.write_unsettled(path, _signature(mark, made) + made)
    return made


def _read(path: Path, mark: bytes = b"") -> bytes | None:
    """What is kept in a file; None where there is none, or not what was written for this mark."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    kept = content[_SIGNED:]
    return kept if _signature(mark, kept) == content[:_SIGNED] else None


def _signature(mark: bytes, kept: bytes) -> bytes:
    found = hashlib.sha256(mark)
    found.update(kept)
    return found.digest()
