"""The whole machine held by one process at a time: two models that are timed at once slow each other down."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = "BENCHWRIGHT_LOCK"
"""Variable that names the lock file: for containers that share a machine and not its temporary folder."""

_LOCKS = Path("/proc/locks")


@contextmanager
def whole_machine(say: Callable[[str], None]) -> Iterator[None]:
    """Hold the machine. The kernel frees it when the holder dies.

    Args:
        say: Called once, with what is waited for, where another process holds it.
    """
    from filelock import FileLock, Timeout

    path = lock_file()
    lock = FileLock(path, mode=0o666, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        pid = holder_of(path)
        who = "another process" if pid is None else f"process {pid}"
        say(f"waiting: {who} measures on this machine")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def lock_file() -> Path:
    """One file for the whole machine (``BENCHWRIGHT_LOCK`` names another); where another user's may not be opened, one of this user's."""
    if named := os.environ.get(LOCK):
        return Path(named)
    folder = Path(tempfile.gettempdir())
    shared = folder / "benchwright-profiles.lock"
    if shared.exists() and not os.access(shared, os.W_OK):
        return folder / f"benchwright-profiles-{os.getuid() if hasattr(os, 'getuid') else 0}.lock"
    return shared


def holder_of(path: Path) -> int | None:
    """Process id of who holds a lock file, by the kernel's list of locks (``/proc/locks``, Linux); None: it cannot be read, or is of
    another container, which has ids of its own.
    """
    try:
        of_file = path.stat()
        lines = _LOCKS.read_text().splitlines()
    except OSError:
        return None
    place = f"{os.major(of_file.st_dev):02x}:{os.minor(of_file.st_dev):02x}:{of_file.st_ino}"
    for line in lines:
        match line.split():  # who waits has an arrow after the number
            case [_, "FLOCK", _, "WRITE", pid, where, *_] if where == place and pid.isdecimal() and int(pid) > 0:
                return int(pid)
    return None
