"""File-system checks of paths that a user typed; they return False instead of raising.

`pathlib` answers with an exception where a name is longer than the disk takes, holds a NUL or cannot be encoded. No such file is
there, and that is all anybody needs to know.
"""

from __future__ import annotations

import os
from pathlib import Path


def exists(path: str | Path) -> bool:
    """Whether something is there that this user can see."""
    return os.path.exists(path)  # noqa: PTH110 - pathlib's raises


def is_file(path: str | Path) -> bool:
    """Whether a regular file is there."""
    return os.path.isfile(path)  # noqa: PTH113 - pathlib's raises


def is_folder(path: str | Path) -> bool:
    """Whether a folder is there."""
    return os.path.isdir(path)  # noqa: PTH112 - pathlib's raises


def is_same_file(one: str | Path, other: str | Path) -> bool:
    """Whether two paths lead to one file that is there."""
    try:
        return os.path.samefile(one, other)  # noqa: PTH121 - pathlib's raises
    except (OSError, ValueError):
        return False


def listing(folder: str | Path) -> list[Path]:
    """What lies in a folder, sorted; nothing where there is none, or where this user may not look."""
    try:
        return sorted(Path(entry.path) for entry in os.scandir(folder))
    except (OSError, ValueError):
        return []


def expanded(path: str | Path) -> Path:
    """The path with a leading `~` put in full where that user is known."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - pathlib's raises where there is no such user
