"""What a model page says of an entry that no other entry decides: slices, alarms, metrics, what was run, digests. Made once, and kept by digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from benchwright.alarm import in_order
from benchwright.caveats import caveat_alarms
from benchwright.errors import BenchwrightError
from benchwright.formatting import interval, value
from benchwright.items import count, noun
from benchwright.quantities import metric_title, quantity_of, unit_of
from benchwright.render.grid import Column
from benchwright.report_content.how_run import RunCommand, command_of
from benchwright.report_content.roles import Roles
from benchwright.report_content.slices import SliceFinder, SliceSection
from benchwright.types import Alarm, Run, RunSpec, Task
from benchwright_leaderboards.board import PlacedEntry
from benchwright_leaderboards.entry_grid import EntryGrid, entry_grid
from benchwright_leaderboards.result_alarms import find_alarms

MOST_SLICES = 40
"""Slices of a page, the largest gaps first."""
_TOLD = frozenset({"errored", "truncated", "limited", "contested"})
"""Codes that the board finds itself, beside those of `benchwright.score.alarms`; of them what a run says is not repeated."""


@dataclass(frozen=True, kw_only=True)
class AlarmLine:
    """An alarm or a note, with its task; ``handed_in``: the run tells of it, and the board cannot look for it in the predictions."""

    path: str
    alarm: Alarm
    handed_in: bool


@dataclass(frozen=True, kw_only=True)
class MetricLine:
    """A metric of a task, written."""

    path: str
    title: str
    value: str
    between: str
    n: str
    method: str


@dataclass(frozen=True, kw_only=True)
class SliceLine:
    """A slice of a task against the rest of it, written: the score on it, on the rest, the gap with its 95 % interval, adjusted p."""

    path: str
    slice: str
    metric: str
    n: int
    unit: str
    texts: tuple[str, str, str, str, str]
    is_real: bool
    is_worse: bool | None


@dataclass(frozen=True, kw_only=True)
class EntryPart:
    """The part.

    Attributes:
        alarms: Alarms first, then notes.
        slices: Worse than on the rest first, then the others, each by size; at most `MOST_SLICES`.
        more_slices: How many more there are.
        family: Slices that were tested; p is adjusted over all of these.
        small: Slices that are too small to be tested.
        problem: Why slices and alarms are missing; empty where they are there.
        command: What makes the run again; None where the run cannot be read.
    """

    alarms: tuple[AlarmLine, ...]
    metrics: tuple[MetricLine, ...]
    slices: tuple[SliceLine, ...]
    more_slices: int
    family: int
    small: int
    command: RunCommand | None
    problem: str = ""


def entry_part(one: PlacedEntry, paths: Sequence[str]) -> EntryPart:
    """The part of an entry on tasks of its board. Nothing in it quotes a text of an item."""
    try:
        side = entry_grid([one], paths, inputs=False)
    except BenchwrightError as error:
        return EntryPart(
            alarms=(), metrics=(), slices=(), more_slices=0, family=0, small=0, command=None, problem=error.problem
        )
    told, problem = list[AlarmLine](), ""
    finder = SliceFinder(side.grid, Roles(reference=0, why=""))
    for column in side.grid.columns:
        try:
            told += _alarms(side, column)
            finder.add(column, None, side.counted)
        except BenchwrightError as error:
            problem = problem or f"{column.name}: {error.problem}"
    section = finder.section()
    rows = _ordered(section) if section is not None else []
    return EntryPart(
        alarms=tuple(sorted(told, key=lambda line: line.alarm.severity == "note")),
        metrics=tuple(line for column in side.grid.columns for line in _metrics(one, column)),
        slices=tuple(rows[:MOST_SLICES]),
        more_slices=max(0, len(rows) - MOST_SLICES),
        family=section.family_within if section is not None else 0,
        small=len(section.small) + section.more_small if section is not None else 0,
        command=command_of(_narrowed(side.runs[0], one), one.entry.run),
        problem=problem,
    )


def _alarms(side: EntryGrid, column: Column) -> list[AlarmLine]:
    """What the board finds in the predictions, then what the run tells of and the board cannot find there."""
    one, run, card = side.entries[0], side.runs[0], column.card
    assert card is not None
    found = [*_found(side, column, card), *caveat_alarms(card)]
    known = {*_TOLD, *(line.code for line in found)}
    told = next(own for own in run.cells if own.model == one.entry.name and own.task_path == column.name).alarms
    ours = [AlarmLine(path=column.name, alarm=line, handed_in=False) for line in in_order(found)]
    theirs = [
        AlarmLine(path=column.name, alarm=line, handed_in=True)
        for line in told
        if line.code not in known and line.code not in _FOUND_HERE
    ]
    return [*ours, *theirs]


def _found(side: EntryGrid, column: Column, card: Task) -> tuple[Alarm, ...]:
    """Alarms of the result, or where the board did not look for any when it was scored, what it finds now."""
    one = side.entries[0]
    result = one.entry.result(column.name)
    if result is None:
        return ()
    if result.alarms is not None:
        return result.alarms
    is_constant = one.store().read_cell(result.key).facts.constant
    records = side.records(str(column.cells[0].key))
    return find_alarms(card, records, limit=result.limit, is_constant=is_constant)


_FOUND_HERE = frozenset(
    {
        "constant",
        "constant-baseline",
        "gold",
        "unknown-types",
        "permuted",
        "shifted",
        "below-chance",
        "below-no-information",
    }
)
"""Codes of `benchwright.score.alarms`: where it finds nothing, a run that tells of it is not believed."""


def _metrics(one: PlacedEntry, column: Column) -> list[MetricLine]:
    result = one.entry.result(column.name)
    card = column.card
    if result is None or card is None:
        return []
    lines = []
    for score in result.scores:
        unit = (
            quantity_of(score.metric.partition("@")[0], card).unit
            if score.metric != "score"
            else unit_of(card.score_metrics)
        )
        lines.append(
            MetricLine(
                path=column.name,
                title=metric_title(score.metric, card),
                value=value(score.value, unit),
                between=interval(score.low, score.high, unit),
                n=count(score.n, score.unit or noun(card)),
                method=score.method,
            )
        )
    return lines


def _ordered(section: SliceSection) -> list[SliceLine]:
    """Real losses first, then other gaps below 0, then those above; each by size."""
    told = {(one.row.task, one.row.slice): one.row for one in section.hard}
    rows = [told.get((row.task, row.slice), row) for row in section.within if row.p is not None]
    rows.sort(key=lambda row: (not (row.is_real and row.is_worse), row.is_worse is not True, -abs(row.delta or 0.0)))
    return [
        SliceLine(
            path=row.task,
            slice=row.slice,
            metric=row.metric,
            n=row.n,
            unit=row.unit,
            texts=row.texts,
            is_real=row.is_real,
            is_worse=row.is_worse,
        )
        for row in rows
    ]


def _narrowed(run: Run, one: PlacedEntry) -> RunSpec:
    """The specification with this model alone."""
    return msgspec.structs.replace(run.spec, models=tuple(ref for ref in run.spec.models if ref.name == one.entry.name))
