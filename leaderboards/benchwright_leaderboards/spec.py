"""What a board is, as ``board.toml`` says it: tasks by digest, their weights, baselines, columns, rules for entries."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from benchwright.documents import Unreadable, read_toml_file
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.types import Frozen

SPEC = 1
"""Version of ``board.toml``."""
FILE = "board.toml"
COLUMNS = ("score", "difference", "slice", "latency", "size", "parameters", "badge", "team", "added", "attempts")
"""Columns that a board may show beside rank and model, in the order of their names here; ``columns`` of ``board.toml`` chooses."""
DEFAULT_COLUMNS = ("score", "difference", "slice", "latency", "size", "badge")
_URL = re.compile(r"https?://[A-Za-z0-9.:-]+(/[\w.~%+-]+)*/?", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BoardTask(Frozen, frozen=True, kw_only=True):
    """A task of a board.

    Attributes:
        path: ``suite/task``.
        digest: SHA-256 of what decides what is asked and what is right there (`task_digest.digest_of`).
        weight: Of its score in the board's mean; above 0.
        items: SHA-256 of what is answered there: ids, gold answers, clusters and groups (`task_digest.items_digest`), by which entries
            whose bundles hold no texts are held against the board; empty: entries of the board are held against one another.
        card: SHA-256 of what else of the card decides scores (`cards.card_digest`), of a task of a user's own data; empty elsewhere.
    """

    path: str
    digest: str
    weight: float = 1.0
    items: str = ""
    card: str = ""


class EntryRules(Frozen, frozen=True, kw_only=True):
    """Which entries a board takes.

    Attributes:
        whole_splits: Whether answers to a part of a split (``--limit``) are refused.
        adapters: Names of adapters whose models may enter; empty: all.
        attempts: Most entries of one team; None: any number.
    """

    whole_splits: bool = True
    adapters: tuple[str, ...] = ()
    attempts: int | None = None


class BoardSpec(Frozen, frozen=True, kw_only=True):
    """The content of ``board.toml``.

    Attributes:
        schema: Version of the file.
        title: Heading of the board.
        text: What the board is about, in Markdown.
        task: Its tasks, in the order in which they are shown.
        baselines: Names of entries that always stand on it, marked as such.
        columns: Of the overview, beside rank and model: names of `COLUMNS`.
        rules: Which entries it takes.
        machine: Fingerprint (its first 8 digits or more) or name of the one machine whose hardware profiles are shown; None: no
            hardware columns.
        measured_on: ``suite/task`` whose texts are the inputs of those profiles; None: the first task of the board that an entry was measured on.
        tie_breaker: Column by which rows of equal rank ranges are ordered; None: the score.
        url: Where the site is published, ``https://...``, so that links of feeds are absolute; empty: they are relative.
    """

    schema: int
    title: str
    task: tuple[BoardTask, ...]
    text: str = ""
    baselines: tuple[str, ...] = ()
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    rules: EntryRules = EntryRules()
    machine: str | None = None
    measured_on: str | None = None
    tie_breaker: str | None = None
    url: str = ""

    @property
    def weights(self) -> dict[str, float]:
        """``suite/task`` -> its share of the mean; shares sum to 1."""
        whole = math.fsum(task.weight for task in self.task)
        return {task.path: task.weight / whole for task in self.task}

    @property
    def address(self) -> str:
        """`url` with a slash at its end, before which the path of a page is put; empty where it is not told."""
        return f"{self.url.removesuffix('/')}/" if self.url else ""

    def digest(self, path: str) -> str | None:
        """The digest of a task; None where the board does not have it."""
        return next((task.digest for task in self.task if task.path == path), None)


def read_spec(root: Path) -> BoardSpec:
    """The specification of the board in a folder.

    Raises:
        BenchwrightError: There is no board.
        ConfigError: The file is wrong; every mistake is told.
    """
    path = root / FILE
    try:
        table, _ = read_toml_file(path)
    except (OSError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise BenchwrightError(f"{error.at(str(path))}: {error.why}", expected="TOML") from error
        raise BenchwrightError(
            f"no board in {root}: {FILE} cannot be read ({getattr(error, 'strerror', None) or error})",
            expected=f"a folder with {FILE}",
            hint="make one: benchwright board new DIR --from RUN",
        ) from error
    return spec_of(table, str(path))


def spec_of(table: Any, name: str) -> BoardSpec:
    """The specification in a TOML table; ``name`` is what messages call the file. Raises ConfigError."""
    try:
        spec = msgspec.convert(table, BoardSpec)
    except msgspec.ValidationError as error:
        raise ConfigError([BenchwrightError(f"{name}: {error}", hint="see docs/boards.md")]) from error
    problems = list(_problems(spec, name))
    if problems:
        raise ConfigError(problems)
    return spec


def _problems(spec: BoardSpec, name: str) -> Iterator[BenchwrightError]:
    if spec.schema != SPEC:
        yield BenchwrightError(f"{name}: schema {spec.schema}", expected=f"schema = {SPEC}")
    yield from _task_problems(spec, name)
    paths = [task.path for task in spec.task]
    for column in spec.columns:
        if column not in COLUMNS:
            yield BenchwrightError(f"{name}: unknown column {column!r}", expected=f"one of: {', '.join(COLUMNS)}")
    if spec.rules.attempts is not None and spec.rules.attempts < 1:
        yield BenchwrightError(f"{name}: rules: attempts {spec.rules.attempts}", expected="1 or more, or no such line")
    if spec.url and not _URL.fullmatch(spec.url):
        yield BenchwrightError(f"{name}: url {spec.url!r}", expected="an address like https://example.org/board/")
    if spec.measured_on is not None and spec.measured_on not in paths:
        yield BenchwrightError(f"{name}: measured_on {spec.measured_on!r}", expected=f"one of: {', '.join(paths)}")


def _task_problems(spec: BoardSpec, name: str) -> Iterator[BenchwrightError]:
    if not spec.task:
        yield BenchwrightError(f"{name}: no task", expected="a [[task]] with path and digest")
    paths = [task.path for task in spec.task]
    for path in dict.fromkeys(path for path in paths if paths.count(path) > 1):
        yield BenchwrightError(f"{name}: the task {path} is there twice", expected="each task once")
    for task in spec.task:
        if not _DIGEST.fullmatch(task.digest):
            yield BenchwrightError(f"{name}: {task.path}: digest {task.digest!r}", expected="64 hex digits")
        if not (math.isfinite(task.weight) and task.weight > 0):
            yield BenchwrightError(f"{name}: {task.path}: weight {task.weight}", expected="a number above 0")
        for key, digest in (("items", task.items), ("card", task.card)):
            if digest and not _DIGEST.fullmatch(digest):
                yield BenchwrightError(f"{name}: {task.path}: {key} {digest!r}", expected="64 hex digits, or nothing")
