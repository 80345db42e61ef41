"""Runs of a store, read for their values alone: what a history does not ask for is skipped, not built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import msgspec

from benchwright.documents import Unreadable, Versioned, read_json_as
from benchwright.errors import BenchwrightError
from benchwright.store import Store
from benchwright.types import RESULTS, Alarm, AnyTask, ModelRef, Profile, Score

_NOTHING = msgspec.Raw(b"[]")


class StoredSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What a run was asked for, as far as a history tells it."""

    models: tuple[ModelRef, ...] = ()
    limit: int | None = None


class StoredCell(msgspec.Struct, frozen=True, kw_only=True):
    """A cell of a run; its scores are read when they are asked for."""

    model: str
    suite: str
    task: str
    split: str
    status: str
    key: str | None = None
    reason: str = ""
    score: msgspec.Raw = _NOTHING
    scores: msgspec.Raw = _NOTHING
    alarms: msgspec.Raw = _NOTHING

    @property
    def path(self) -> str:
        """``suite/task``, of a view ``view@suite/task``."""
        return f"{self.suite}/{self.task}"

    def read_scores(self) -> tuple[Score, ...]:
        """The task's score first, then those by metric and slice. Raises Unreadable."""
        whole = read_json_as(bytes(self.score), Score | None) if bytes(self.score) != b"[]" else None  # type: ignore[arg-type]
        return (*((whole,) if whole is not None else ()), *read_json_as(bytes(self.scores), tuple[Score, ...]))

    def read_alarms(self) -> tuple[Alarm, ...]:
        """Alarms and notes about every number of the cell. Raises Unreadable."""
        return read_json_as(bytes(self.alarms), tuple[Alarm, ...])


class _RunFile(msgspec.Struct, frozen=True, kw_only=True):
    schema: int
    spec: StoredSpec
    cells: tuple[StoredCell, ...]
    created: str
    complete: bool
    environment: dict[str, Any] = {}
    suites: dict[str, int] = {}
    tasks: dict[str, msgspec.Raw] = {}
    profiles: msgspec.Raw = _NOTHING


@dataclass(frozen=True, eq=False)
class StoredRun:
    """A run as a history reads it.

    Attributes:
        name: Of its file, by which every verb knows it.
    """

    name: str
    file: _RunFile

    @property
    def created(self) -> str:
        """When it was first begun: UTC, ISO 8601."""
        return self.file.created

    @property
    def complete(self) -> bool:
        """Whether it has ended."""
        return self.file.complete

    @property
    def cells(self) -> tuple[StoredCell, ...]:
        """Its cells."""
        return self.file.cells

    @property
    def suites(self) -> Mapping[str, int]:
        """Suite -> version."""
        return self.file.suites

    @property
    def limit(self) -> int | None:
        """``--limit``."""
        return self.file.spec.limit

    @property
    def benchwright(self) -> str:
        """The version of benchwright that scored it; empty where it does not say."""
        packages = self.file.environment.get("packages")
        return str(packages.get("benchwright", "")) if isinstance(packages, dict) else ""

    @cached_property
    def models(self) -> Mapping[str, ModelRef]:
        """Name -> reference of each model."""
        return {ref.name: ref for ref in self.file.spec.models}

    @cached_property
    def profiles(self) -> Mapping[str, Profile]:
        """Cell key -> hardware profile. Raises Unreadable."""
        return {one.key: one for one in read_json_as(bytes(self.file.profiles), tuple[Profile, ...])}

    def card_bytes(self, path: str) -> bytes:
        """The card of a task as it is written; empty where the run has none."""
        return bytes(self.file.tasks[path]) if path in self.file.tasks else b""


class UnreadableRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run that cannot be read, and why."""

    run: str
    reason: str


def read_runs(store: Store) -> tuple[tuple[StoredRun, ...], tuple[UnreadableRun, ...]]:
    """All runs of a store, oldest first (by when they were begun, then by name), and those that cannot be read."""
    found: list[StoredRun] = []
    skipped: list[UnreadableRun] = []
    for name in store.run_names():
        try:
            found.append(StoredRun(name, _read(store, name)))
        except Unreadable as error:
            skipped.append(UnreadableRun(run=name, reason=error.why))
        except OSError as error:
            skipped.append(UnreadableRun(run=name, reason=str(error.strerror or error)))
        except BenchwrightError as error:
            skipped.append(UnreadableRun(run=name, reason=error.problem))
    return tuple(sorted(found, key=lambda run: (moment(run.created) or _UNKNOWN, run.name))), tuple(skipped)


def moment(text: str) -> datetime | None:
    """The point in time that an ISO 8601 text means, in UTC where it says no zone; None where it means none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


_UNKNOWN = datetime.min.replace(tzinfo=UTC)


def _read(store: Store, name: str) -> _RunFile:
    content = store.run_path(name).read_bytes()
    try:
        found = read_json_as(content, _RunFile)
    except Unreadable as error:
        _check_format(content, error)
        raise
    if found.schema != RESULTS:
        raise _is_of_other_format(found.schema)
    return found


def _check_format(content: bytes, cause: Unreadable) -> None:
    """Raise Unreadable for a run of another format, which is no damage."""
    try:
        version = read_json_as(content, Versioned).schema
    except Unreadable:
        return
    if version != RESULTS:
        raise _is_of_other_format(version) from cause


def _is_of_other_format(version: int) -> Unreadable:
    return Unreadable(f"it was written in format {version}, and this version of benchwright reads format {RESULTS}")


def read_card(content: bytes) -> AnyTask | None:
    """A task's card from its bytes; None where there are none. Raises Unreadable."""
    return read_json_as(content, AnyTask) if content else None  # type: ignore[arg-type]
