"""The top of a report: findings (coverage, leading models), alarms, and warnings about differences between runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec import structs

from benchwright.alarm import alarm, causes, cell_alarms, is_constant, note, place_alarms
from benchwright.formatting import count, finite, shorten
from benchwright.quantities import metric_title
from benchwright.render.gaps import gap_findings
from benchwright.render.grid import Column, Grid, RankTier
from benchwright.render.hardware_columns import ANCHOR
from benchwright.render.hardware_remarks import hardware_findings, machine_warnings
from benchwright.render.identity import swap_findings
from benchwright.render.summary import (
    REPEATED,
    Row,
    SuiteTable,
    anchor,
    lost,
)
from benchwright.types import Alarm, CellResult, PlacedAlarm, Run, Task

LONGEST_NAME = 60
"""Characters of a model's name within a sentence."""
_NOT_THERE = ("failed", "unfinished", "missing", "refused")
_TOP = {RankTier.BEST, RankTier.LEADING}


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """An alarm or a note with a link to its section of the page.

    Attributes:
        level: ``problem`` (no number), ``alarm`` (a number is there, but), ``caveat`` (what the card says of all numbers of the
            task, where it is no alarm), ``note``.
        anchor: Id of the section about the task.
    """

    level: Literal["problem", "alarm", "caveat", "note"]
    system: str
    where: str
    text: str
    anchor: str = ""


def list_alarms(grid: Grid) -> tuple[Remark, ...]:
    """All remarks by cause: results that are not there, then alarms, caveats and notes."""
    absent = [_at(grid, column, at, "problem", text) for column, at, text in problems(grid)]
    anchors = {column.name: anchor(grid, column) for column in grid.columns}
    anchors |= {profile.task_path: ANCHOR for _, profile in grid.profiles}
    told = [
        Remark(
            level="caveat" if cause.is_caveat and cause.severity == "note" else cause.severity,
            system=cause.who,
            where=cause.where,
            text=cause.sentence,
            anchor=anchors[cause.paths[0]] if len(cause.paths) == 1 else "",
        )
        for cause in causes(placed_alarms(grid))
    ]
    return (*absent, *sorted(told, key=lambda one: ("alarm", "caveat", "note").index(one.level)))


def list_findings(grid: Grid, tables: Sequence[SuiteTable]) -> tuple[str, ...]:
    """Sentences for the top of the page."""
    if not grid.columns and not grid.aggregates:
        return ("Nothing was measured: the run holds no results.",)
    found = [_coverage(grid)]
    for table in tables:
        found += _averages(table, _names(grid))
    found += swap_findings(grid)
    found += gap_findings(grid)
    found += hardware_findings(grid)
    return tuple(found)


def list_warnings(runs: Sequence[Run], grid: Grid) -> tuple[str, ...]:
    """What holds for whole runs: limited, or not alike; unfinished ones have a box of their own, with what is still to come."""
    found = [
        f"{run.name} was limited to {count(run.spec.limit)} examples per task; its numbers are no benchmark results."
        for run in runs
        if run.spec.limit is not None
    ]
    found += _differences(runs)
    found += machine_warnings(grid)
    found += [text for run in runs for text in run.apart]
    for column in grid.columns:
        counts = sorted({score.n for score in column.scores().values()})
        if len(counts) > 1:
            found.append(
                f"{column.name} ({column.split}): scored on different numbers of examples "
                f"({', '.join(count(n) for n in counts)}); scores of fewer stand apart, and pairs of models are compared on the items that both have."
            )
    return tuple(found)


def problems(grid: Grid) -> Iterator[tuple[Column, int, str]]:
    """Results that are not there: the task, the position of the model, and why. Those still to come are no problem."""
    for column in grid.columns:
        for at, cell in sorted(column.cells.items()):
            if cell.status in ("measured", "unfinished"):
                continue
            if cell.status != "scored" or cell.score is None:
                headline = cell.status if cell.status != "scored" else "no score"
                yield column, at, f"{headline}: {cell.reason}" if cell.reason else f"{headline}, no reason recorded"
            elif finite(cell.score.value) is None:
                yield column, at, "the task score is undefined"


def _at(grid: Grid, column: Column, at: int, level: Literal["problem", "alarm", "note"], text: str) -> Remark:
    label = grid.systems[at].label
    return Remark(level=level, system=label, where=column.name, text=text, anchor=anchor(grid, column))


def placed_alarms(grid: Grid) -> Iterator[PlacedAlarm]:
    """Alarms and notes of all results and profiles, under the names that models have in the report."""
    for column in grid.columns:
        for at, cell in sorted(column.cells.items()):
            told = _of_cell(cell, column.card_of(at), repeated=at in column.repeated)
            yield from place_alarms(grid.systems[at].label, column.name, told)
    for at, profile in grid.profiles:
        yield from place_alarms(grid.systems[at].label, profile.task_path, profile.alarms)


def _of_cell(cell: CellResult, card: Task | None, *, repeated: bool) -> list[Alarm]:
    told = [*cell_alarms(cell), *([REPEATED] if repeated else [])]
    if not is_constant(told):  # what metrics say of it follows from that
        told += _of_metrics(cell, card, told)
    errored, truncated = lost(cell)
    if errored and not any(one.code == "errored" for one in cell_alarms(cell)):
        told.append(alarm("errored", f"{count(errored)} examples errored: no answer, and not in the score"))
    if truncated:
        told.append(note("truncated", f"{count(truncated)} inputs truncated: the model saw less than the whole"))
    return told


def _of_metrics(cell: CellResult, card: Task | None, told: Sequence[Alarm]) -> list[Alarm]:
    """What metrics other than the score say, one for metrics that say the same."""
    metrics: dict[Alarm, list[str]] = {}
    for score in cell.scores:
        if score.slice is None:
            for one in score.alarms:
                metrics.setdefault(one, []).append(metric_title(score.metric, card))
    return [
        structs.replace(one, sentence=f"{', '.join(names)}: {one.sentence}")
        for one, names in metrics.items()
        if one not in told
    ]


def _coverage(grid: Grid) -> str:
    judged = [column for column in grid.columns if not column.is_hardware]
    cells = [cell for column in grid.columns for cell in column.cells.values()]
    states = Counter("without a score" if _is_unscored(cell) else cell.status for cell in cells)
    asked = len(grid.systems) * len(judged)
    views = sum(column.is_view for column in judged)
    absent = asked - sum(len(column.cells) for column in judged)
    parts = [f"{states[name]} {name}" for name in ("without a score", *_NOT_THERE) if states[name]]
    if absent:
        parts.append(
            f"{absent} not in any run" if len({system.run for system in grid.systems}) > 1 else f"{absent} not run"
        )
    models, tasks = _several(len(grid.systems), "model"), _several(len(judged) - views, "task")
    tasks += f" and {_several(views, 'view')}" if views else ""
    rest = f"; {', '.join(parts)}" if parts else ""
    measured = _several(states["measured"], "hardware profile") if len(judged) < len(grid.columns) else ""
    if not judged and measured:
        return f"{models}: {measured}{rest}."
    beside = f", and {measured}" if measured else ""
    return f"{models} on {tasks}: {states['scored']} of {_several(asked, 'result')} scored{beside}{rest}."


def _is_unscored(cell: CellResult) -> bool:
    """Whether there were answers and no number came of them, as where every example errored."""
    return cell.status == "scored" and (cell.score is None or finite(cell.score.value) is None)


def _averages(table: SuiteTable, names: Sequence[str]) -> list[str]:
    found = []
    for at, head in enumerate(table.heads):
        if not head.aggregate:
            continue
        name = " · ".join((head.title, *head.lines))
        there = [row for row in table.rows if row.cells[at].state == "score"]
        if not there:
            found.append(f"{name}: no average for any model, because tasks are missing.")
        elif len(there) == 1:
            found.append(f"{name}: {_with_value(there[0], at, names)}.")
        else:
            top = [row for row in there if row.cells[at].tier in _TOP]
            near = [names[row.system] for row in there if row.cells[at].tier is RankTier.NEAR]
            rest = f", not separable from {', '.join(near)}" if near else ""
            found.append(f"{name}: highest {', '.join(_with_value(row, at, names) for row in top)}{rest}.")
    return found


def _names(grid: Grid) -> list[str]:
    return shorten([system.label for system in grid.systems], LONGEST_NAME)


def _with_value(row: Row, at: int, names: Sequence[str]) -> str:
    cell = row.cells[at]
    return f"{names[row.system]} {cell.value} {cell.between}".rstrip()


def _differences(runs: Sequence[Run]) -> list[str]:
    if len(runs) < 2:
        return []
    found = []
    for field in ("limit", "seed", "device", "precision"):
        values = {"none" if (value := getattr(run.spec, field)) is None else str(value) for run in runs}
        if len(values) > 1:
            found.append(f"The runs differ in {field}: {', '.join(sorted(values))}.")
    for suite in sorted({suite for run in runs for suite in run.suites}):
        versions = {run.suites[suite] for run in runs if suite in run.suites}
        if len(versions) > 1:
            found.append(f"The runs used versions {', '.join(map(str, sorted(versions)))} of {suite}; not comparable.")
    for name in sorted({name for run in runs for name in run.tasks}):
        cards = [run.tasks[name] for run in runs if name in run.tasks]
        if any(card != cards[0] for card in cards):
            found.append(
                f"The runs used different definitions of {name}: it is described as in the first one, and results of several definitions are not compared."
            )
    return found


def _several(number: int, noun: str) -> str:
    return f"{count(number)} {noun}" if number == 1 else f"{count(number)} {noun}s"
