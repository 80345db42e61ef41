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
from benchwright.task_path import TaskPath
from benchwright.types import Frozen
from benchwright_leaderboards.spec_shape import shape_problems

SPEC = 1
"""Version of ``board.toml``."""
FILE = "board.toml"
COLUMNS = ("score", "difference", "slice", "latency", "size", "parameters", "badge", "team", "added", "attempts")
"""Columns that a board may show beside rank and model, in the order of their names here; ``columns`` of ``board.toml`` chooses."""
DEFAULT_COLUMNS = ("score", "difference", "slice", "latency", "size", "badge")
TIE_BREAKERS = ("latency", "size", "parameters", "attempts")
"""Columns that may order the rows of a tie."""
LEAST_WEIGHT, MOST_WEIGHT = 1e-6, 1e6
"""Bounds of weights: a sum of others would not hold more of a share than floating point keeps, or overflow."""
_URL = re.compile(r"https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[\w.~%+-]+)*/?", re.ASCII)
_PORTS = 2**16
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BoardTask(Frozen, frozen=True, kw_only=True):
    """A task of a board.

    Attributes:
        path: ``suite/task``.
        digest: SHA-256 of what decides what is asked and what is right there (`task_digest.digest_of`).
        weight: Of its score in the board's mean, in [`LEAST_WEIGHT`, `MOST_WEIGHT`].
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
    problems = list(shape_problems(table, BoardSpec, name))
    if not problems:
        spec = msgspec.convert(table, BoardSpec)
        problems = list(_problems(spec, name))
    if problems:
        raise ConfigError([problem if problem.hint else _corrected(problem) for problem in problems])
    return spec


def _corrected(problem: BenchwrightError) -> BenchwrightError:
    return BenchwrightError(problem.problem, expected=problem.expected, hint="correct that line; see docs/boards.md")


def _problems(spec: BoardSpec, name: str) -> Iterator[BenchwrightError]:
    if spec.schema != SPEC:
        yield BenchwrightError(f"{name}: schema {spec.schema}", expected=f"schema = {SPEC}")
    if not spec.title.strip():
        yield BenchwrightError(f"{name}: title {spec.title!r}", expected="the heading of the board")
    yield from _task_problems(spec, name)
    paths = [task.path for task in spec.task]
    yield from _list_problems(spec, name)
    if spec.rules.attempts is not None and spec.rules.attempts < 1:
        yield BenchwrightError(f"{name}: rules: attempts {spec.rules.attempts}", expected="1 or more, or no such line")
    if spec.url and not (_URL.fullmatch(spec.url) and _port(spec.url) < _PORTS):
        yield BenchwrightError(f"{name}: url {spec.url!r}", expected="an address like https://example.org/board/")
    if spec.measured_on is not None and spec.measured_on not in paths:
        yield BenchwrightError(f"{name}: measured_on {spec.measured_on!r}", expected=f"one of: {', '.join(paths)}")


def _list_problems(spec: BoardSpec, name: str) -> Iterator[BenchwrightError]:
    """Names that are there twice, are none, or are unknown."""
    for key, values in (("columns", spec.columns), ("baselines", spec.baselines), ("adapters", spec.rules.adapters)):
        for value in dict.fromkeys(value for value in values if values.count(value) > 1):
            yield BenchwrightError(f"{name}: {key}: {value!r} is there twice", expected="each once")
        if any(not value.strip() for value in values):
            yield BenchwrightError(f"{name}: {key}: a name without letters", expected="names, or [] for none")
    for column in spec.columns:
        if column not in COLUMNS and column.strip():
            yield BenchwrightError(f"{name}: unknown column {column!r}", expected=f"one of: {', '.join(COLUMNS)}")
    if spec.tie_breaker is not None and spec.tie_breaker not in TIE_BREAKERS:
        expected = f"one of: {', '.join(TIE_BREAKERS)}; no such line: by score"
        yield BenchwrightError(f"{name}: tie_breaker {spec.tie_breaker!r}", expected=expected)
    if spec.machine is not None and not spec.machine.strip():
        expected = "a name or digits of a fingerprint, as `benchwright doctor` tells it, or no such line"
        yield BenchwrightError(f"{name}: machine {spec.machine!r}", expected=expected)


def _task_problems(spec: BoardSpec, name: str) -> Iterator[BenchwrightError]:
    if not spec.task:
        yield BenchwrightError(f"{name}: no task", expected="a [[task]] with path and digest")
    paths = [task.path for task in spec.task]
    for path in dict.fromkeys(path for path in paths if paths.count(path) > 1):
        yield BenchwrightError(f"{name}: the task {path} is there twice", expected="each task once")
    for task in spec.task:
        if not _is_path(task.path):
            expected = "SUITE/TASK, as `benchwright list tasks` or the run of the board names it"
            yield BenchwrightError(f"{name}: path {task.path!r} names no task", expected=expected)
        if not _DIGEST.fullmatch(task.digest):
            yield BenchwrightError(f"{name}: {task.path}: digest {task.digest!r}", expected="64 hex digits")
        if not LEAST_WEIGHT <= task.weight <= MOST_WEIGHT:  # nan is not either
            expected = f"a number from {LEAST_WEIGHT:g} to {MOST_WEIGHT:,.0f}"
            yield BenchwrightError(f"{name}: {task.path}: weight {task.weight}", expected=expected)
        for key, digest in (("items", task.items), ("card", task.card)):
            if digest and not _DIGEST.fullmatch(digest):
                yield BenchwrightError(f"{name}: {task.path}: {key} {digest!r}", expected="64 hex digits, or nothing")


def _is_path(text: str) -> bool:
    try:
        path = TaskPath.parse(text)
    except BenchwrightError:
        return False
    return not {path.suite, path.task} & {".", ".."} and "/" not in path.task and text.isprintable()


def _port(url: str) -> int:
    return int(url.split("/")[2].partition(":")[2] or 0)
