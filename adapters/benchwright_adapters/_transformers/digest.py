"""One digest for a set of files; that of a file which has not changed is remembered."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterable
from pathlib import Path

from benchwright.errors import ModelError, StoreError
from benchwright.store import atomic

_SETTLED_NS = 2_000_000_000
"""A file changed less than this ago may change again without its clock showing it, so it is not remembered yet."""


def digest_files(files: Iterable[Path], folder: Path, workdir: Path) -> str:
    """SHA-256 over (name relative to ``folder``, SHA-256 of content) of each file, in the order of names.

    Args:
        files: Files below ``folder``.
        folder: The checkpoint; where it lies does not matter.
        workdir: Where digests of single files are remembered, by path, size and the file's own clocks.

    Raises:
        ModelError: A file cannot be read.
    """
    whole = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.relative_to(folder).as_posix()):
        whole.update(f"{path.relative_to(folder).as_posix()}\0{_digest_file(path, workdir)}\n".encode())
    return whole.hexdigest()


def _digest_file(path: Path, workdir: Path) -> str:
    try:
        state = path.stat()
        identity = f"{path.resolve()}|{state.st_size}|{state.st_mtime_ns}|{state.st_ctime_ns}|{state.st_ino}"
        note = workdir / "digests" / hashlib.sha256(identity.encode()).hexdigest()[:40]
        known = _recall(note)
        if known is not None:
            return known
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"cannot read {path.name} of the checkpoint: {error.strerror}") from error
    if time.time_ns() - max(state.st_mtime_ns, state.st_ctime_ns) > _SETTLED_NS:
        _remember(note, found)
    return found


def _recall(note: Path) -> str | None:
    try:
        text = note.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return None
    return text if len(text) == 64 else None


def _remember(note: Path, digest: str) -> None:
    """Keep a digest; a folder that cannot be written only costs time."""
    with contextlib.suppress(StoreError):
        atomic.write(note, digest.encode())
