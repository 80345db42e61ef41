"""The summary of a report: one table of models by tasks per suite."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from benchwright.render.grid import Column, Grid
from benchwright.render.numbers import count, finite, interval, is_hundredfold, number
from benchwright.render.standing import Direction, Standing, standings
from benchwright.types import AggregateScore, CellResult, Score

Directions = Callable[[str], Direction | None]
"""Bare metric name -> which end is better, None when nobody knows."""

REPEATED = "more than one result in the run; the first is shown"


@dataclass(frozen=True, kw_only=True, slots=True)
class CellView:
    """One cell of a summary table, ready to print.

    Attributes:
        state: ``score``, ``problem`` (failed, missing, refused, undefined, no average) or ``absent`` (not in the run).
        sort: What the cell sorts by; None sorts last.
        n: Scored examples, where they differ from the column's; else empty.
        headline: Short word for a problem: ``failed``, ``no average``.
        reason: Why, in the words of the run.
    """

    state: Literal["score", "problem", "absent"]
    value: str = ""
    between: str = ""
    sort: float | None = None
    standing: Standing | None = None
    n: str = ""
    errored: int = 0
    truncated: int = 0
    flags: tuple[str, ...] = ()
    headline: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """A column head: its title and small lines below it.

    Attributes:
        anchor: Id of the section that tells more; empty when there is none.
    """

    title: str
    lines: tuple[str, ...] = ()
    anchor: str = ""
    aggregate: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A model's line; ``cells`` follow the heads of the table."""

    system: int
    label: str
    cells: tuple[CellView, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SuiteTable:
    """Models by tasks of one suite.

    Attributes:
        order: How rows are sorted, in words.
        partial: Why this table is no full result of the suite; empty when it is.
    """

    suite: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    order: str
    partial: str = ""


def summarise(grid: Grid, directions: Directions) -> tuple[SuiteTable, ...]:
    """One table per suite, in order of appearance; suites that only have aggregates come last."""
    suites = dict.fromkeys([*grid.suites, *(score.suite for _, score in grid.aggregates)])
    return tuple(_table(grid, suite, directions) for suite in suites)


def anchor(grid: Grid, column: Column) -> str:
    """Id of the section about a task; unique on the page."""
    return f"task-{grid.columns.index(column) + 1}"


def direction_of(column: Column, directions: Directions) -> Direction | None:
    """Which end of the task score is better; None when its metrics disagree or nobody knows them."""
    if column.card is None:
        return None
    found = {directions(metric) for metric in column.card.score_metrics}
    return found.pop() if len(found) == 1 else None


def bare(metric: str) -> str:
    """``accuracy`` of ``accuracy@1``."""
    return metric.rpartition("@")[0] or metric


def place(column: Column, directions: Directions) -> dict[int, Standing]:
    """Standing of each system on a task."""
    return standings(column.scores(), direction_of(column, directions))


def _table(grid: Grid, suite: str, directions: Directions) -> SuiteTable:
    columns = grid.of_suite(suite)
    found = _aggregates(grid, suite)
    heads = [_aggregate_head(scores) for scores in found.values()]
    parts = [_aggregate_cells(scores, len(grid.systems)) for scores in found.values()]
    for column in columns:
        heads.append(_task_head(grid, column))
        parts.append(_task_cells(column, len(grid.systems), directions))
    rows = [
        Row(system=at, label=system.label, cells=tuple(part[at] for part in parts))
        for at, system in enumerate(grid.systems)
        if any(part[at].state != "absent" for part in parts)
    ]
    rows, order = _sorted_rows(rows, heads)
    return SuiteTable(
        suite=suite, heads=tuple(heads), rows=tuple(rows), order=order, partial=_partial(grid, columns, found, rows)
    )


def _aggregates(grid: Grid, suite: str) -> dict[str, dict[int, AggregateScore]]:
    found: dict[str, dict[int, AggregateScore]] = {}
    for at, score in grid.aggregates:
        if score.suite == suite:
            found.setdefault(score.recipe, {}).setdefault(at, score)
    return found


def _aggregate_head(scores: Mapping[int, AggregateScore]) -> Head:
    first = next(iter(scores.values()))
    lines = (first.recipe,) if first.title else ()
    return Head(title=first.title or first.recipe, lines=lines, aggregate=True)


def _aggregate_cells(scores: Mapping[int, AggregateScore], systems: int) -> list[CellView]:
    as_scores = {
        at: Score(metric=score.recipe, value=score.value, low=score.low, high=score.high)
        for at, score in scores.items()
        if not _has_no_average(score)
    }
    placed = standings(as_scores, "higher")
    hundredfold = is_hundredfold(as_scores.values())
    return [
        _aggregate_cell(scores[at], placed.get(at), hundredfold=hundredfold) if at in scores else CellView(state="absent")
        for at in range(systems)
    ]


def _aggregate_cell(score: AggregateScore, standing: Standing | None, *, hundredfold: bool) -> CellView:
    if _has_no_average(score):
        missing = f"missing: {', '.join(score.missing)}" if score.missing else ""
        reason = "; ".join(part for part in (missing, score.reason) if part)
        return CellView(state="problem", headline="no average", reason=reason)
    return CellView(
        state="score",
        value=number(score.value, hundredfold=hundredfold),
        between=interval(score.low, score.high, hundredfold=hundredfold),
        sort=finite(score.value),
        standing=standing,
    )


def _has_no_average(score: AggregateScore) -> bool:
    return finite(score.value) is None or bool(score.missing)


def _task_head(grid: Grid, column: Column) -> Head:
    counts = {score.n for score in column.scores().values()}
    lines = [column.metric, column.split]
    if len(counts) == 1:
        lines.append(f"n = {count(counts.pop())}")
    elif counts:
        lines.append("n differs")
    if column.card is not None and column.card.diagnostic:
        lines.append("diagnostic, in no average")
    return Head(title=column.task, lines=tuple(line for line in lines if line), anchor=anchor(grid, column))


def _task_cells(column: Column, systems: int, directions: Directions) -> list[CellView]:
    placed = place(column, directions)
    differs = len({score.n for score in column.scores().values()}) > 1
    return [_task_cell(column, at, placed.get(at), differs=differs) for at in range(systems)]


def _task_cell(column: Column, at: int, standing: Standing | None, *, differs: bool) -> CellView:
    cell = column.cells.get(at)
    if cell is None:
        return CellView(state="absent")
    flags = cell_flags(cell) + ((REPEATED,) if at in column.repeated else ())
    score = cell.score
    if cell.status != "scored" or score is None:
        headline = cell.status if cell.status != "scored" else "no score"
        return CellView(state="problem", headline=headline, reason=cell.reason, flags=flags)
    errored, truncated = lost(cell)
    known = finite(score.value) is not None
    return CellView(
        state="score" if known else "problem",
        headline="" if known else "undefined",
        reason="" if known else cell.reason,
        value=number(score.value, hundredfold=column.hundredfold),
        between=interval(score.low, score.high, hundredfold=column.hundredfold),
        sort=finite(score.value),
        standing=standing,
        n=f"n = {count(score.n)}" if differs else "",
        errored=errored,
        truncated=truncated,
        flags=flags,
    )


def cell_flags(cell: CellResult) -> tuple[str, ...]:
    """Alarms of a cell and of its task score, each once."""
    of_score = cell.score.flags if cell.score is not None else ()
    return tuple(dict.fromkeys([*cell.flags, *of_score]))


def lost(cell: CellResult) -> tuple[int, int]:
    """Errored and truncated examples of a cell."""
    errored = max(cell.score.errored if cell.score else 0, cell.ledger.errored if cell.ledger else 0)
    return errored, cell.ledger.truncated if cell.ledger else 0


def _sorted_rows(rows: list[Row], heads: Sequence[Head]) -> tuple[list[Row], str]:
    leading = heads[0] if heads else None
    if leading is None or not (leading.aggregate or len(heads) == 1):
        return rows, "in the order they were asked for"
    if all(row.cells[0].sort is None for row in rows) or len(rows) < 2:
        return rows, "in the order they were asked for"
    ordered = sorted(rows, key=lambda row: -(row.cells[0].sort if row.cells[0].sort is not None else float("-inf")))
    return ordered, f"by {leading.title}"


def _partial(
    grid: Grid, columns: Sequence[Column], aggregates: Mapping[str, Mapping[int, AggregateScore]], rows: Sequence[Row]
) -> str:
    without = [
        grid.systems[row.system].label
        for row in rows
        if any(row.system in scores and _has_no_average(scores[row.system]) for scores in aggregates.values())
    ]
    if without:
        return f"no average for {', '.join(without)}, because tasks are missing"
    here = [row.system for row in rows]
    gaps = sum(at not in column.scores() for column in columns for at in here)
    return f"{gaps} of {len(columns) * len(here)} results are not there" if gaps else ""
