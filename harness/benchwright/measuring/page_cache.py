"""Files taken out of the page cache, so that reading them again is reading them from the disk; and whether they are out."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PAGE = 4096
_LOOKS = 16
"""Places of a file that are looked at, evenly spread: a file is cached as a whole or in long pieces."""


@dataclass(frozen=True, kw_only=True)
class Eviction:
    """What became of the files.

    Attributes:
        cold: Whether no page that was looked at is cached any more; True where there are no files.
        reason: Why that cannot be said; empty where it is said.
        files: How many files.
        size: Bytes of all.
    """

    cold: bool
    reason: str = ""
    files: int = 0
    size: int = 0


def evict(paths: Iterable[Path]) -> Eviction:
    """Take files out of the page cache (``posix_fadvise``), and look whether they are out (``preadv`` with ``RWF_NOWAIT``).

    What another process maps, what is not yet on the disk, and file systems that live in memory stay cached. Nothing is deleted or
    changed. Looking makes the kernel read ahead where it looked, so that the files are taken out once more afterwards.
    """
    files = [path for path in dict.fromkeys(paths) if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    if not hasattr(os, "posix_fadvise"):
        return Eviction(cold=False, reason="this system has no posix_fadvise", files=len(files), size=size)
    try:
        for path in files:
            _drop(path)
        cached = [path for path in files if _is_cached(path)]
        for path in files:
            _drop(path)
    except OSError as error:
        reason = f"whether its files are in the page cache cannot be seen: {error.strerror or error}"
        return Eviction(cold=False, reason=reason, files=len(files), size=size)
    if cached:
        of_them = f"{len(cached)} of {len(files)} files of the model" if len(files) > 1 else "the file of the model"
        reason = f"{of_them} stayed in the page cache (mapped by another process, or a file system in memory)"
        return Eviction(cold=False, reason=reason, files=len(files), size=size)
    return Eviction(cold=True, files=len(files), size=size)


def _drop(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fdatasync(handle)  # a page that is not on the disk yet cannot be dropped
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)


def _is_cached(path: Path) -> bool:
    """Whether a page of the file can be read without waiting for the disk.

    Raises:
        OSError: The file system or the system cannot say (``EOPNOTSUPP``).
    """
    if not hasattr(os, "RWF_NOWAIT"):
        raise OSError(errno.EOPNOTSUPP, "this system has no RWF_NOWAIT")
    pages = -(-path.stat().st_size // _PAGE)
    handle = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_RANDOM)  # the kernel reads no more ahead than it must
        looked = {pages * number // _LOOKS for number in range(_LOOKS)} if pages else set()
        return any(_reads_at_once(handle, page * _PAGE) for page in sorted(looked))
    finally:
        os.close(handle)


def _reads_at_once(handle: int, offset: int) -> bool:
    try:
        return os.preadv(handle, [bytearray(1)], offset, os.RWF_NOWAIT) > 0
    except BlockingIOError:
        return False
