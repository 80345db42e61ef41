"""The summary of a report: one table of models by tasks per suite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchwright import items, unranked
from benchwright.alarm import note
from benchwright.formatting import count, finite, interval, value
from benchwright.quantities import Unit, alarms_beside
from benchwright.render.grid import Column, Grid, RankTier, rank_tiers
from benchwright.render.hardware_columns import hardware_columns
from benchwright.render.summary_cells import CellView, Head
from benchwright.task_path import suite_of
from benchwright.types import AggregateScore, CellResult, Score

_AS_ASKED = "in the order they were asked for"
REPEATED = note("repeated", "more than one result in the run; the first is shown")


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
        split: The split of all its tasks; empty when they differ, and then each head names its own.
        partial: Why this table is no full result of the suite; empty when it is.
        is_measured: Whether it holds nothing but what was measured of hardware.
    """

    suite: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    order: str
    split: str = ""
    partial: str = ""
    is_measured: bool = False


def summarise(grid: Grid) -> tuple[SuiteTable, ...]:
    """One table per suite, in order of appearance; suites that only have aggregates come last.

    Views of tasks are in none: the section `Robustness` has their scores, and the list of alarms says which are not there. What was
    measured of a machine stands behind the scores of the suite whose texts were the inputs.
    """
    measured = (suite_of(profile.base) for _, profile in grid.profiles)
    suites = dict.fromkeys([*grid.suites, *(score.suite for _, score in grid.aggregates), *measured])
    tables = (_table(grid, suite) for suite in suites)
    return tuple(table for table in tables if table.heads)


def anchor(grid: Grid, column: Column) -> str:
    """Id of the section about a task; unique on the page."""
    return f"task-{grid.columns.index(column) + 1}"


def place(column: Column) -> dict[int, RankTier]:
    """Rank tier of each system on a task; on an unranked one every score stands alone, and so it does among tasks that share a name."""
    return rank_tiers(column.scores(), column.leads_by)


def _table(grid: Grid, suite: str) -> SuiteTable:
    columns = [column for column in grid.of_suite(suite) if not column.is_view]
    found = _aggregates(grid, suite)
    splits = {column.split for column in columns}
    split = splits.pop() if len(splits) == 1 else ""
    heads = [_aggregate_head(scores) for scores in found.values()]
    parts = [_aggregate_cells(scores, len(grid.systems)) for scores in found.values()]
    for column in columns:
        heads.append(_task_head(grid, column, split=split))
        parts.append(_task_cells(column, len(grid.systems)))
    judged = tuple(heads)
    for head, cells in hardware_columns(grid, suite):
        heads.append(head)
        parts.append(cells)
    rows = [
        Row(system=at, label=grid.systems[at].label, cells=tuple(part[at] for part in parts))
        for at in grid.rows
        if any(part[at].state not in ("absent", "unmeasured") for part in parts)
    ]
    lower = not found and len(columns) == 1 and columns[0].direction == "lower"
    if found or all(column.is_ranked for column in columns):
        rows, order = _sorted_rows(rows, judged, lower=lower)
    else:
        order = _AS_ASKED
    return SuiteTable(
        suite=suite,
        heads=tuple(heads),
        rows=tuple(rows),
        order=order,
        split=split,
        partial=_partial(columns, found, rows),
        is_measured=not judged,
    )


def _aggregates(grid: Grid, suite: str) -> dict[str, dict[int, AggregateScore]]:
    found: dict[str, dict[int, AggregateScore]] = {}
    for at, score in grid.aggregates:
        if score.suite == suite:
            found.setdefault(score.name, {}).setdefault(at, score)
    return found


def _aggregate_head(scores: Mapping[int, AggregateScore]) -> Head:
    first = next(iter(scores.values()))
    lines = (first.name,) if first.title else ()
    return Head(title=first.title or first.name, lines=lines, aggregate=True)


def _aggregate_cells(scores: Mapping[int, AggregateScore], systems: int) -> list[CellView]:
    as_scores = {
        at: Score(metric=score.name, value=score.value, low=score.low, high=score.high)
        for at, score in scores.items()
        if not _has_no_average(score)
    }
    placed = rank_tiers(as_scores, "higher")
    return [
        _aggregate_cell(scores[at], placed.get(at)) if at in scores else CellView(state="absent")
        for at in range(systems)
    ]


def _aggregate_cell(score: AggregateScore, tier: RankTier | None) -> CellView:
    if _has_no_average(score):
        missing = f"missing: {', '.join(score.missing)}" if score.missing else ""
        reason = "; ".join(part for part in (missing, score.reason) if part)
        return CellView(state="problem", headline="no average", reason=reason)
    return CellView(
        state="score",
        value=value(score.value),
        between=interval(score.low, score.high),
        sort=finite(score.value),
        tier=tier,
    )


def _has_no_average(score: AggregateScore) -> bool:
    return finite(score.value) is None or bool(score.missing)


def _task_head(grid: Grid, column: Column, *, split: str) -> Head:
    counts = {score.n for score in column.scores().values()}
    units = {score.unit for score in column.scores().values()}
    lines = [column.metric, "" if split else column.split]
    if len(counts) == 1:
        unit = units.pop()
        n = counts.pop()
        lines.append(items.count(n, unit) if unit else f"n = {count(n)}")
    elif counts:
        lines.append("n differs")
    if column.direction == "lower":
        lines.append("lower is better")
    if column.quantity is not None and column.quantity.neutral is not None:
        lines.append(column.quantity.better)
    if column.card is not None and column.card.diagnostic:
        lines.append("diagnostic, in no average")
    if not column.is_ranked:
        lines.append(f"{unranked.why(column.card)}, in no average and no rank")
    return Head(title=column.task, lines=tuple(line for line in lines if line), anchor=anchor(grid, column))


def _task_cells(column: Column, systems: int) -> list[CellView]:
    placed = place(column)
    differs = len({score.n for score in column.scores().values()}) > 1
    unit = column.unit
    return [_task_cell(column, at, placed.get(at), differs=differs, unit=unit) for at in range(systems)]


def _task_cell(column: Column, at: int, tier: RankTier | None, *, differs: bool, unit: Unit) -> CellView:
    cell = column.cells.get(at)
    if cell is None:
        return CellView(state="absent")
    told = alarms_beside(cell, column.card_of(at)) + ((REPEATED,) if at in column.repeated else ())
    score = cell.score
    if cell.status != "scored" or score is None:
        headline = cell.status if cell.status != "scored" else "no score"
        return CellView(state="problem", headline=headline, reason=cell.reason, alarms=told)
    errored, truncated = lost(cell)
    known = finite(score.value) is not None
    return CellView(
        state="score" if known else "problem",
        headline="" if known else "undefined",
        reason="" if known else cell.reason,
        value=value(score.value, unit),
        between=interval(score.low, score.high, unit),
        sort=finite(score.value),
        tier=tier,
        n=f"n = {count(score.n)}" if differs else "",
        errored=errored,
        truncated=truncated,
        alarms=told,
    )


def lost(cell: CellResult) -> tuple[int, int]:
    """Errored and truncated examples of a cell."""
    errored = max(cell.score.errored if cell.score else 0, cell.ledger.errored if cell.ledger else 0)
    return errored, cell.ledger.truncated if cell.ledger else 0


def _sorted_rows(rows: list[Row], heads: Sequence[Head], *, lower: bool) -> tuple[list[Row], str]:
    """Rows with the best value of the leading column first, and how they are sorted, in words."""
    leading = heads[0] if heads else None
    if leading is None or not (leading.aggregate or len(heads) == 1):
        return rows, _AS_ASKED
    if all(row.cells[0].sort is None for row in rows) or len(rows) < 2:
        return rows, _AS_ASKED
    sign = 1 if lower else -1
    ordered = sorted(rows, key=lambda row: (row.cells[0].sort is None, sign * (row.cells[0].sort or 0.0), row.system))
    return ordered, f"by {leading.title}"


def _partial(
    columns: Sequence[Column], aggregates: Mapping[str, Mapping[int, AggregateScore]], rows: Sequence[Row]
) -> str:
    here = [row.system for row in rows]
    found = []
    for name, scores in aggregates.items():
        without = sum(_has_no_average(score) for score in scores.values())
        if without:
            found.append(f"no {name} average for {without} of {len(scores)} models")
    gaps = sum(at not in column.scores() for column in columns for at in here)
    if gaps:
        found.append(f"{gaps} of {len(columns) * len(here)} results are not there")
    return "; ".join(found)
