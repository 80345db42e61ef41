"""Leases on shards by file locks, which the kernel releases when the process dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchwright.store.atomic import store_errors


@contextmanager
def lease(path: Path, *, wait: bool = False) -> Iterator[bool]:
    """Hold the lock file at ``path``; yields False at once when another process holds it, unless told to wait.

    A lock, not a time stamp, because a killed owner must free it without anyone guessing how long to wait; it holds
    between processes of one machine and, on file systems with working locks (local, NFS 4), between machines.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path, blocking=wait, thread_local=False)
    with store_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout:
            yield False
            return
        except FileNotFoundError:
            # The owner finished the cell and removed the folder between mkdir and open: somebody else has it.
            yield False
            return
    try:
        yield True
    finally:
        lock.release()
