"""Limits that a container (a control group of Linux, version 1 or 2) puts on this process; elsewhere there are none.

Groups are nested, and each may have a limit of its own: the least one holds. Where the group of a process is not to be seen from
within its container, the groups that are seen are those of the container itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/")
"""Tests give a folder with files of another machine."""

_UNLIMITED = 2**60
"""Version 1 writes the largest number of pages where there is no limit."""


def cpu_quota(root: Path = ROOT) -> float | None:
    """Processors' worth of time that this process may use, such as 1.5; None: no limit, or none can be read."""
    found = [
        quota for folder in _folders(root, "cpu") for quota in (_quota_2(folder), _quota_1(folder)) if quota is not None
    ]
    return min(found, default=None)


def memory_limit(root: Path = ROOT) -> int | None:
    """Bytes that this process may hold together with others of its container; None: no limit, or none can be read."""
    names = ("memory.max", "memory.limit_in_bytes")
    found = [_number(folder / name) for folder in _folders(root, "memory") for name in names]
    return min((int(limit) for limit in found if limit is not None and limit < _UNLIMITED), default=None)


def throttled_seconds(root: Path = ROOT) -> float | None:
    """Seconds so far that the processor quota kept processes of this container waiting; None: it cannot be read."""
    found = [seconds for folder in _folders(root, "cpu") if (seconds := _throttled(folder / "cpu.stat")) is not None]
    return max(found, default=None)


def _folders(root: Path, controller: str) -> Iterator[Path]:
    """The group of this process and those around it, in every hierarchy that may hold the controller."""
    mount = root / "sys/fs/cgroup"
    for line in text_of(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        inside = path.strip("/")
        if not names:
            yield from _upward(mount, inside)
        elif controller in names.split(","):
            for name in dict.fromkeys((names, controller)):
                yield from _upward(mount / name, inside)


def _upward(mount: Path, inside: str) -> Iterator[Path]:
    parts = [] if ".." in inside else inside.split("/")
    for depth in range(len(parts), -1, -1):
        yield mount.joinpath(*parts[:depth])


def _quota_2(folder: Path) -> float | None:
    limit, _, period = text_of(folder / "cpu.max").partition(" ")
    return _ratio(limit, period)


def _quota_1(folder: Path) -> float | None:
    return _ratio(text_of(folder / "cpu.cfs_quota_us"), text_of(folder / "cpu.cfs_period_us"))


def _ratio(limit: str, period: str) -> float | None:
    try:
        quota = int(limit) / int(period)
    except (ValueError, ZeroDivisionError):
        return None
    return quota if quota > 0 else None


def _throttled(file: Path) -> float | None:
    """``throttled_usec`` of version 2, ``throttled_time`` in nanoseconds of version 1."""
    fields = dict(line.split(" ", 1) for line in text_of(file).splitlines() if " " in line)
    for name, unit in (("throttled_usec", 1e-6), ("throttled_time", 1e-9)):
        if fields.get(name, "").strip().isdigit():
            return int(fields[name]) * unit
    return None


def _number(file: Path) -> int | None:
    text = text_of(file)
    return int(text) if text.isdigit() else None


def text_of(file: Path) -> str:
    """What a file of the kernel says, without white space around it; empty where it cannot be read."""
    try:
        return file.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
