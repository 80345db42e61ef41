"""Paired differences of the models of a report, from its runs and records alone: what the section `Differences` shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from benchwright.comparison.difference import Difference, differ
from benchwright.comparison.pairing import pair_records
from benchwright.comparison.show import numbers_of, told
from benchwright.errors import BenchwrightError, NotComparable, StoreError
from benchwright.render.grid import Column, Grid
from benchwright.stats.multiplicity import holm
from benchwright.types import CellResult, Record, Run, Task

MOST = 12
"""Most models that a report compares; more are for `benchwright compare`."""

Records = Callable[[str], Sequence[Record]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A row of the section, as text."""

    task: str
    metric: str
    system: str
    value: str
    change: str
    between: str
    p: str
    adjusted: str
    flips: str
    verdict: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Differences:
    """The section: rows against the first model, and what could not be compared."""

    first: str
    lines: tuple[Line, ...]
    refused: tuple[str, ...]


def differences_of(runs: Sequence[Run], grid: Grid, records: Records) -> Differences | None:
    """Task scores of all models against the first model's; None for one model, or more than `MOST`."""
    if not 2 <= len(grid.systems) <= MOST:
        return None
    found: list[tuple[Difference, Task]] = []
    refused: list[str] = []
    for column in grid.columns:
        first = column.cells.get(0)
        if first is None or first.status != "scored" or column.card is None:
            continue
        kept = _read(first, records)
        for at, cell in column.cells.items():
            if at == 0 or cell.status != "scored":
                continue
            try:
                _check_runs(runs, grid, column, at)
                found.append((_difference(grid, column, at, kept, _read(cell, records)), column.card))
            except BenchwrightError as error:
                refused.append(f"{column.name}, {grid.systems[at].label}: {error.given}")
    if not found and not refused:
        return None
    tested = [at for at, (one, _) in enumerate(found) if one.p is not None]
    adjusted = dict(zip(tested, holm([found[at][0].p or 0.0 for at in tested]).tolist(), strict=True))
    lines = [
        _line(msgspec.structs.replace(one, p_adjusted=adjusted.get(at)), card) for at, (one, card) in enumerate(found)
    ]
    return Differences(first=grid.systems[0].label, lines=tuple(lines), refused=tuple(dict.fromkeys(refused)))


def _read(cell: CellResult, records: Records) -> Sequence[Record]:
    try:
        return records(str(cell.key)) if cell.key else ()
    except StoreError:
        return ()


def _check_runs(runs: Sequence[Run], grid: Grid, column: Column, at: int) -> None:
    """Raises NotComparable where labels or limits of two runs differ."""
    first, second = (next(run for run in runs if run.name == grid.systems[one].run) for one in (0, at))
    if first.tasks[column.name].label_names != second.tasks[column.name].label_names:
        raise NotComparable("other labels")
    if first.spec.limit != second.spec.limit:
        raise NotComparable("another --limit")


def _difference(grid: Grid, column: Column, at: int, first: Sequence[Record], second: Sequence[Record]) -> Difference:
    """The difference on the task's score. Raises NotComparable where items or texts differ."""
    card = column.card
    assert card is not None
    if not first or not second:
        raise NotComparable("records are not at hand")
    if [one.extra.get("inputs") for one in first] != [one.extra.get("inputs") for one in second]:
        raise NotComparable("other texts")
    names = [grid.systems[one].label for one in (0, at)]
    metric = "score" if len(card.score_metrics) > 1 else card.score_metrics[0]
    cells = (column.cells[0], column.cells[at])
    return differ(pair_records(column.name, card, names, cells, [first, second]), metric)


def _line(one: Difference, card: Task) -> Line:
    value, change, between, p, adjusted = numbers_of(one, card.score_metrics)
    flips = "" if one.fixed is None else f"{one.fixed:,} fixed, {one.broken:,} broken"
    return Line(
        task=one.path,
        metric=" + ".join(card.score_metrics),
        system=one.second,
        value=value,
        change=change,
        between=between,
        p=p,
        adjusted=adjusted,
        flips=flips,
        verdict=told(one),
    )
