"""The result of `history`: lines of points, what changed between points, and what was left out."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from benchwright.comparison.difference import REAL
from benchwright.score_history.stored import UnreadableRun
from benchwright.types import Alarm, Frozen

SCHEMA = 1

LineBy = Literal["name", "source", "one"]
"""What makes points one line: the model's name, the adapter with the path (whatever the name), or everything that was chosen."""

MarkKind = Literal[
    "data",
    "metric",
    "rules",
    "split",
    "limit",
    "suite",
    "machine",
    "scenario",
    "unknown",
    "model",
    "engine",
    "adapter",
    "options",
    "labels",
    "libraries",
    "precision",
    "device",
    "seed",
    "benchwright",
]
"""What changed: the first nine break a line, the others are told."""


class Mark(Frozen, frozen=True, kw_only=True):
    """What changed between a measurement and the one before it.

    Attributes:
        kind: What it is about.
        breaks: Whether values on its two sides are not compared.
        sentence: From what to what.
    """

    kind: MarkKind
    breaks: bool
    sentence: str


class Change(Frozen, frozen=True, kw_only=True):
    """A value minus an earlier one of its line.

    Attributes:
        against: Run of the earlier value; ``RUN:MODEL`` where lines are no names of models.
        value: Difference in the metric's own units: paired over the items that both answered, else of the two values as they stand.
        low: Lower end of the 95 % interval of a paired difference; None where there is none.
        high: Upper end.
        p: Two-sided p at no difference; None where there is none.
        p_adjusted: The same after Holm over all changes of this history that have a p and belong to a ranked task.
        verdict: ``better``, ``worse``, ``identical``, ``not distinguishable`` (``higher`` or ``lower`` where neither is better),
            ``undefined``, or ``not paired``.
        paired: Whether both were held against one another item by item.
        why: Why they were not.
        n: Items, in the unit of the metric.
        fixed: Items that only the later one answers correctly; None where answers are not right or wrong.
        broken: Items that only the earlier one answers correctly.
        method: How the interval was made.
        flags: What a reader of it must know.
    """

    against: str
    value: float | None
    verdict: str
    paired: bool
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    why: str = ""
    n: int = 0
    fixed: int | None = None
    broken: int | None = None
    method: str = ""
    flags: tuple[str, ...] = ()

    @property
    def is_real(self) -> bool:
        """Whether it is a difference that its interval and its adjusted p tell from none."""
        return self.verdict in REAL


class HistoryPoint(Frozen, frozen=True, kw_only=True):
    """A measurement of a line, or a run in which there is none.

    Attributes:
        run: The run in which it was first.
        date: When that run was begun: UTC, ISO 8601.
        model: What the model is called there.
        source: Adapter, path and revision of the model there.
        status: As of a cell: ``scored``, ``measured``, ``failed``, ``missing``, ``refused``, ``unfinished``; of a scored cell without
            this metric or slice ``absent``.
        reason: Why there is no value.
        key: The cell.
        digest: Of the model; empty where it has none, or where it is not known.
        metric: ``name@version``, several joined by ``+``; a hardware quantity by its bare name.
        value: In the metric's own unit; None where there is none.
        low: Lower end of its 95 % interval.
        high: Upper end.
        n: How many of ``unit`` it rests on.
        unit: What is counted.
        machine: Of a hardware quantity the fingerprint of the machine, or the name that its owner gave it.
        also: Later runs that took the same stored answers before anything else was measured: no further measurement.
        first_in: Where an earlier point of the line holds the same stored answers: its run.
        older: Where today's metric has another version than the value: both.
        alarms: Alarms about the value.
        marks: What changed since the measurement before.
        change: Against the measurement before; None for the first, and behind a mark that breaks the line.
    """

    run: str
    date: str
    model: str
    source: str
    status: str
    reason: str = ""
    key: str | None = None
    digest: str = ""
    metric: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    unit: str = ""
    machine: str = ""
    also: tuple[str, ...] = ()
    first_in: str = ""
    older: str = ""
    alarms: tuple[Alarm, ...] = ()
    marks: tuple[Mark, ...] = ()
    change: Change | None = None

    @property
    def is_measured(self) -> bool:
        """Whether it has a value."""
        return self.value is not None

    @property
    def breaks(self) -> bool:
        """Whether it is not compared with what stands before it."""
        return any(mark.breaks for mark in self.marks)


class Line(Frozen, frozen=True, kw_only=True):
    """Points of one model on one task, oldest first.

    Attributes:
        name: Of the model, or what else makes it a line.
        path: ``suite/task``.
        metric: As it was asked for: a bare name.
        title: The metric as people read it.
        unit: Of values, as `benchwright.quantities` names units.
        direction: Which end is better: ``higher``, ``lower`` or ``neither``.
        slice: ``name=value``; None: all items.
        unranked: Why the task enters no family of tests; empty for a ranked task.
        points: The shown ones.
        earlier: How many points stand before the first that is shown.
        since: The last point against the first of the same unbroken stretch, where that is not its neighbour.
    """

    name: str
    path: str
    metric: str
    title: str
    unit: str
    direction: str
    points: tuple[HistoryPoint, ...]
    slice: str | None = None
    unranked: str = ""
    earlier: int = 0
    since: Change | None = None

    @property
    def measured(self) -> tuple[HistoryPoint, ...]:
        """Points with a value."""
        return tuple(point for point in self.points if point.is_measured)

    @property
    def last(self) -> HistoryPoint | None:
        """The last point with a value."""
        return self.measured[-1] if self.measured else None

    @property
    def stretches(self) -> tuple[tuple[HistoryPoint, ...], ...]:
        """Points with a value, cut where a mark breaks the line: values are compared within a stretch alone."""
        found: list[list[HistoryPoint]] = []
        for point in self.measured:
            if point.breaks or not found:
                found.append([])
            found[-1].append(point)
        return tuple(map(tuple, found))


class HistoryData(Frozen, frozen=True, kw_only=True):
    """Lines over the runs of a store.

    Attributes:
        schema: Version of this form.
        metric: As it was asked for.
        task: As it was asked for; empty: every task.
        by: What makes points one line.
        runs: How many runs were read.
        lines: In the order of tasks, then of lines, as they first appear.
        skipped: Runs that cannot be read.
        family: Number of changes over which p is adjusted.
        confidence: Of every interval.
    """

    schema: int
    metric: str
    task: str
    by: LineBy
    runs: int
    lines: tuple[Line, ...]
    slice: str | None = None
    since: str = ""
    skipped: tuple[UnreadableRun, ...] = ()
    family: int = 0
    confidence: float = 0.95


def as_json(found: HistoryData) -> dict[str, Any]:
    """The history as JSON values."""
    value: dict[str, Any] = msgspec.to_builtins(found)
    return value


def rows(found: HistoryData) -> list[dict[str, Any]]:
    """One row per point, the change and the marks flattened into it."""
    told = []
    for line in found.lines:
        for point in line.points:
            row: dict[str, Any] = {"line": line.name, "path": line.path, "slice": line.slice}
            row |= {
                name: getattr(point, name)
                for name in (
                    "run",
                    "date",
                    "model",
                    "source",
                    "digest",
                    "status",
                    "metric",
                    "value",
                    "low",
                    "high",
                    "n",
                    "unit",
                )
            }
            change = point.change
            row |= {f"change_{name}": getattr(change, name) if change else None for name in _OF_CHANGE}
            row["breaks"] = point.breaks
            row["marks"] = "; ".join(mark.sentence for mark in point.marks)
            row["machine"] = point.machine
            row["also"] = " ".join(point.also)
            told.append(row)
    return told


_OF_CHANGE = ("against", "value", "low", "high", "p", "p_adjusted", "verdict")
