"""File-system checks of paths that a user typed; they return False instead of raising.

`pathlib` answers with an exception where a name is longer than the disk takes, holds a NUL or cannot be encoded. No such file is
there, and that is all anybody needs to know.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

_HOME = re.compile(r"^(?:[A-Za-z]:)?(?:/home/[^/]+|/Users/[^/]+|/root|~[^/]*)")
_PART = r"[^\s\\/'\"<>:,;()|\[\]]+"
_WITHIN = re.compile(
    rf"""(?<=['"])(?:~\w*/|/(?=\w)|[A-Za-z]:[\\/])[^'"\n]{{1,1000}}(?=['"])"""  # quoted, as Python's messages do: with blanks
    rf"""|(?:file://|(?<![\w.:/<~…\\-]))(?:~\w*/|/(?:{_PART}/)|[A-Za-z]:[\\/]+)(?:{_PART}[\\/]+)*{_PART}/?"""
)


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


def short(path: str) -> str:
    """The last two parts of an absolute path after an ellipsis, without the home of a user."""
    parts = [part for part in _HOME.sub("", path.replace("\\", "/")).split("/") if part]
    return "…/" + "/".join(parts[-2:])


def with_short_paths(text: str) -> str:
    """A message with its absolute paths as `short` has them; addresses of the web stay."""
    return _WITHIN.sub(lambda found: short(found[0].removeprefix("file://")), text)
