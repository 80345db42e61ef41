"""A graph made here, in the store's folder of models under its digest: once, whole or not at all, by one process of several."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchwright.store.atomic import store_errors
from benchwright.store.lease import lease
from benchwright.types import Context

from .report import ExportReport, read_report, write_report

_POLL_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """Something that is made once.

    Attributes:
        digest: Over everything that decides it.
        what: What is made, for whoever waits: ``exporting ./sst2``.
    """

    digest: str
    what: str

    def place(self, context: Context) -> Path:
        """Where it lies when it is finished."""
        return models_of(context) / self.digest[:40]


def models_of(context: Context) -> Path:
    """The store's folder of models, or one that may be thrown away where there is no store."""
    return context.models if context.models != Path() else context.workdir / "models"


def digest_of(decisive: dict[str, Any]) -> str:
    """SHA-256, in hex, over what decides a derivation."""
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def derive(wanted: Derivation, context: Context, make: Callable[[Path], ExportReport]) -> Path:
    """The folder of a derivation, made now unless it is there; of several processes one makes it and the others wait.

    Args:
        wanted: What it is.
        context: Where the store is, and whom to tell.
        make: Writes all files into an empty folder; returns the report, which is written last.

    Raises:
        StoreError: There is no room, or the store cannot be written.
    """
    place = wanted.place(context)
    side = place.parent / ".exports" / place.name
    while not is_finished(place, wanted.digest):
        with lease(side.with_suffix(".lock")) as mine:
            if mine and not is_finished(place, wanted.digest):
                context.tell(wanted.what, 0, 0)
                _make(place, side, make)
        if not mine:
            context.tell(f"another process is {wanted.what}", 0, 0)
            time.sleep(_POLL_SECONDS)
    return place


def is_finished(place: Path, digest: str) -> bool:
    """Whether a derivation is there, whole."""
    report = read_report(place)
    return report is not None and report.digest == digest


def _make(place: Path, draft: Path, make: Callable[[Path], ExportReport]) -> None:
    with store_errors(place):
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
    try:
        report = make(draft)
        with store_errors(place):
            write_report(draft, report)
            for path in draft.iterdir():
                with path.open("rb") as file:
                    os.fsync(file.fileno())
            shutil.rmtree(place, ignore_errors=True)  # what lies there has no report, so it was never finished
            draft.rename(place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def size_of(place: Path) -> int:
    """Bytes of a folder that was made here, its report left out."""
    return sum(path.stat().st_size for path in place.iterdir() if path.name != "export.json")
