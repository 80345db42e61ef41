"""Which runs a process is at work on: a lock beside the run's file, which the kernel drops when the process dies."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from benchwright.store.atomic import store_errors


@contextlib.contextmanager
def at_work(lock: Path) -> Iterator[None]:
    """Hold a lock file for as long as a run is computed; several processes may, which share its cells.

    Where the system has no such locks nothing is held.

    Raises:
        StoreError: The store cannot be written.
    """
    with store_errors(lock):
        held = _hold(lock)
    try:
        yield
    finally:
        if held is not None:
            _let_go(lock, held)


def is_at_work(lock: Path) -> bool | None:
    """Whether some process holds the lock file; None where the system cannot tell."""
    try:
        import fcntl
    except ImportError:
        return None
    try:
        descriptor = os.open(lock, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return None
    else:
        return False
    finally:
        os.close(descriptor)


def _hold(lock: Path) -> int | None:
    """The locked file; again where another process removed it between opening and locking."""
    try:
        import fcntl
    except ImportError:
        return None
    lock.parent.mkdir(parents=True, exist_ok=True)
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        except OSError:  # a file system without locks
            os.close(descriptor)
            return None
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(descriptor), lock.stat()):
                return descriptor
        os.close(descriptor)


def _let_go(lock: Path, descriptor: int) -> None:
    """Close the file, and remove it where nobody else holds it."""
    import fcntl

    with contextlib.suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lock.unlink(missing_ok=True)
    os.close(descriptor)
