"""The whole machine held by one process at a time: two models that are timed at once slow each other down."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchwright.errors import BenchwrightError

if TYPE_CHECKING:
    from filelock import FileLock

LOCK = "BENCHWRIGHT_LOCK"
"""Variable that names the lock file: for containers that share a machine and not its temporary folder."""

_LOCKS = Path("/proc/locks")


@contextmanager
def whole_machine(say: Callable[[str], None]) -> Iterator[None]:
    """Hold the machine. The kernel frees it when the holder dies.

    Args:
        say: Called once, with what is waited for, where another process holds it.

    Raises:
        BenchwrightError: The lock file cannot be made or opened.
    """
    lock = _hold(say)
    try:
        yield
    finally:
        lock.release()


def _hold(say: Callable[[str], None]) -> FileLock:
    from filelock import FileLock, Timeout

    path: Path | None = None
    try:
        path = lock_file()
        lock = FileLock(path, mode=0o666, thread_local=False)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            pid = holder_of(path)
            who = "another process" if pid is None else f"process {pid}"
            say(f"waiting: {who} measures on this machine")
            lock.acquire()
    except OSError as error:
        raise BenchwrightError(
            f"the lock file {path or 'in the temporary folder'} cannot be opened: {error.strerror or error}",
            expected="a file that this user may write and that is no link: two processes must not measure at once",
            hint=f"name one: export {LOCK}=FILE",
        ) from error
    return lock


def lock_file() -> Path:
    """One file for the whole machine (``BENCHWRIGHT_LOCK`` names another); where that may not be written, or is no
    file (a link may be another user's trap, and is not followed), one of this user's.
    """
    if named := os.environ.get(LOCK):
        return Path(named)
    folder = Path(tempfile.gettempdir())
    shared = folder / "benchwright-profiles.lock"
    is_there = shared.is_symlink() or shared.exists()
    if is_there and (shared.is_symlink() or not shared.is_file() or not os.access(shared, os.W_OK)):
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
