"""A checkpoint that lies beside the graph that is read: whether it is the same model, so far as their weights say."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchwright.checkpoints.files import digest_files, read_files
from benchwright.checkpoints.vectors import files_of
from benchwright.checkpoints.weights import CHECKPOINTS
from benchwright.data.api import Unreadable, read_json_as
from benchwright.errors import ModelError, StoreError
from benchwright.store.atomic import write_unsettled
from benchwright.types import Context

from .same_weights import lost_tensors
from .source import GraphSource

_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class CheckpointBeside:
    """What is said of it.

    Attributes:
        digest: As `transformers` reads it, where the graph holds every tensor of it; else None.
        note: How the two differ, or why that is not known; None where they hold the same.
    """

    digest: str | None = None
    note: str | None = None


def checkpoint_beside(source: GraphSource, context: Context) -> CheckpointBeside:
    """The checkpoint beside the graph of a source; nothing is said where there is none, or nothing but it."""
    if source.graph is None or not {*source.unread} & {*CHECKPOINTS}:
        return CheckpointBeside()
    name, graph = source.unread[0], source.graph.relative_to(source.folder).as_posix()
    try:
        checkpoint = read_files(source.folder, source.shown, source.config)
    except ModelError as error:
        return CheckpointBeside(note=f"{name} beside {graph} is no checkpoint that could be compared: {error.problem}")
    digest = digest_files((*checkpoint.files, *files_of(source.stated)), source.folder, context.workdir)
    known = hashlib.sha256(f"{source.digest}|{digest}".encode()).hexdigest()[:40]
    note = context.workdir / "compared" / known
    lost, count = _recall(note) or lost_tensors(checkpoint, source.graph)
    with contextlib.suppress(StoreError):
        write_unsettled(note, msgspec.json.encode((lost, count)))
    if not lost:
        return CheckpointBeside(digest=digest)
    shown = ", ".join(lost[:_NAMED]) + (", ..." if len(lost) > _NAMED else "")
    return CheckpointBeside(
        note=f"{len(lost)} of {count} tensors of {name} are not in {graph} as they are ({shown}): quantised, fused, left out, or of "
        f"another training; ?file={name} exports them"
    )


def _recall(note: Path) -> tuple[list[str], int] | None:
    try:
        return read_json_as(note.read_bytes(), tuple[list[str], int])
    except (OSError, Unreadable):
        return None
