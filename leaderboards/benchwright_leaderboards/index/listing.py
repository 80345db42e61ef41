"""What lies in a board's ``submissions/``, without reading it: by this an index knows whether it is behind."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from benchwright_leaderboards.board import SUBMISSIONS
from benchwright_leaderboards.spec import FILE


def list_submissions(root: Path) -> dict[str, str]:
    """Name of the folder -> stamp over name, size, time of change and number of each JSON file directly in it, sorted by name.

    A file that is written anew has another stamp, whatever it says; equal stamps mean that nothing was written since.
    """
    return {folder.name: _stamp(folder.path) for folder in _folders(root / SUBMISSIONS)}


def board_digest(root: Path) -> str:
    """SHA-256 of ``board.toml``; it decides which rows are partial or stale, so another one means another index."""
    try:
        return hashlib.sha256((root / FILE).read_bytes()).hexdigest()
    except OSError:
        return ""  # whoever reads the board says what is missing


def digest_of_stamps(stamps: dict[str, str]) -> str:
    """SHA-256 over names and stamps."""
    lines = "\n".join(f"{name} {stamp}" for name, stamp in sorted(stamps.items()))
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()


def content_of(folder: Path) -> str:
    """SHA-256 of the JSON files directly in a folder: equal on every machine and for every copy."""
    found = hashlib.sha256()
    for name, _ in _files(str(folder)):
        found.update(name.encode("utf-8", "surrogatepass") + b"\0")
        found.update(hashlib.sha256((folder / name).read_bytes()).digest())
    return found.hexdigest()


def _folders(parent: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(parent) as entries:
            found = [one for one in entries if one.is_dir() and not one.name.startswith(".")]
    except OSError:
        return
    yield from sorted(found, key=lambda one: one.name)


def _files(folder: str) -> list[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        return sorted((one.name, one.stat()) for one in entries if one.name.endswith(".json"))


def _stamp(folder: str) -> str:
    told = [f"{name}:{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ino}" for name, stat in _files(folder)]
    return hashlib.sha256("\n".join(told).encode("utf-8", "surrogatepass")).hexdigest()
