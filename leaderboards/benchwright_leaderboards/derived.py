"""What is kept below ``derived/`` of a board so that it need not be made twice: by the digest of all that it is made from, so never stale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchwright.errors import BenchwrightError
from benchwright.store import atomic

FOLDER = "derived"


def remember(root: Path, room: str, digest: str, make: Callable[[], bytes]) -> bytes:
    """What was kept for a digest, or what ``make`` gives, which is kept then; a board that cannot be written is read all the same.

    Args:
        root: Folder of the board.
        room: What it is, one word.
        digest: Of everything that decides it (`pages.digest_of_inputs`).
        make: Makes it.
    """
    path = root / FOLDER / room / digest[:2] / digest
    try:
        return path.read_bytes()
    except OSError:
        made = make()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write(path, made)
    except (OSError, BenchwrightError):
        pass  # kept for speed alone
    return made
