"""All submissions of a large board in one file below ``derived/``, so that they are read in a third of the time that their own files take.

A submission is taken from there where its file is the one that was read: same inode, size and times. The time of the last change of its inode
(ctime) cannot be set by whoever writes or unpacks a file, so a board that was copied, or brought along with its ``derived/``, is read from its own
files. `board check` always does so.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from benchwright import __version__
from benchwright.errors import BenchwrightError
from benchwright.store import atomic
from benchwright.types import Frozen
from benchwright_leaderboards.derived import FOLDER
from benchwright_leaderboards.entries import Submission

FILE = "submissions.msgpack"
LEAST = 32
"""Boards of fewer submissions are read as fast without it."""
_NEW = 8
"""The file is written again where more than one in so many submissions is not in it."""
_SETTLED = 2_000_000_000
"""Nanoseconds for which a file must have stood unchanged: one that is written twice within a tick of the clock has the same times both times."""
_SIGNED = 32

Read = tuple[Submission, str]
"""A submission with the SHA-256 of its file."""


class KeptSubmission(Frozen, frozen=True, kw_only=True, array_like=True):
    """A submission as it was read.

    Attributes:
        folder: Name of its folder.
        stamp: Inode, size, and when content and inode were last changed.
        digest: SHA-256 of its file.
        submission: What the file says.
    """

    folder: str
    stamp: tuple[int, int, int, int]
    digest: str
    submission: Submission


class Kept(Frozen, frozen=True, kw_only=True):
    """The content of `FILE`; another program may know other submissions."""

    made_with: str
    submissions: list[KeptSubmission]


def read_all(root: Path, files: Sequence[Path], read: Callable[[Path], Read]) -> list[Read]:
    """The submissions in some files of the board in ``root``, in their order; ``read`` reads a file that is not kept as it is now.

    Raises what ``read`` raises.
    """
    if len(files) < LEAST:
        return [read(file) for file in files]
    kept = {one.folder: one for one in _kept(root)}
    began, missing, found = time.time_ns(), 0, list[KeptSubmission]()
    for file in files:
        stamp = _stamp(file)
        one = kept.get(file.parent.name)
        if one is None or one.stamp != stamp or stamp is None:
            submission, digest = read(file)
            one = KeptSubmission(
                folder=file.parent.name, stamp=stamp or (0, 0, 0, 0), digest=digest, submission=submission
            )
            missing += 1
        found.append(one)
    if missing * _NEW > len(files):
        _keep(root, [one for one in found if max(one.stamp[2:]) < began - _SETTLED and any(one.stamp)])
    return [(one.submission, one.digest) for one in found]


def _stamp(file: Path) -> tuple[int, int, int, int] | None:
    """None where the file is none: reading it tells why."""
    try:
        told = os.lstat(file)
    except OSError:
        return None
    return told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns


def _kept(root: Path) -> list[KeptSubmission]:
    """What is kept; nothing where it is not what was written, or was written by another version."""
    try:
        content = (root / FOLDER / FILE).read_bytes()
        if hashlib.sha256(memoryview(content)[_SIGNED:]).digest() != content[:_SIGNED]:
            return []
        kept = msgspec.msgpack.decode(memoryview(content)[_SIGNED:], type=Kept)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return []
    return kept.submissions if kept.made_with == __version__ else []


def _keep(root: Path, submissions: list[KeptSubmission]) -> None:
    """A board that cannot be written is read all the same."""
    content = msgspec.msgpack.encode(Kept(made_with=__version__, submissions=submissions))
    with contextlib.suppress(OSError, BenchwrightError):
        (root / FOLDER).mkdir(exist_ok=True)
        atomic.write(root / FOLDER / FILE, hashlib.sha256(content).digest() + content)
