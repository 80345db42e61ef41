"""The table of candidates: every model beside every task, average, behavioural test, verdict on bias and cost, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from benchwright import items, unranked
from benchwright.formatting import count, finite, interval, value
from benchwright.quantities import Unit
from benchwright.render.grid import Column, Grid
from benchwright.render.summary import anchor, lost
from benchwright.report_content.alarm_causes import AlarmList
from benchwright.report_content.averages import average_lines
from benchwright.report_content.candidate_costs import cost_groups
from benchwright.report_content.candidate_line import ABSENT, CandidateCell, CandidateLine, LineGroup, with_places
from benchwright.report_content.candidate_verdicts import bias_group
from benchwright.report_content.roles import Roles, order_of
from benchwright.report_content.standings import Standing, count_unbeaten
from benchwright.types import CellResult, Run

WIDEST = 10
"""Lines that a page has room for as columns beside the models' names; of more lines each is a row, and models are the columns."""
MOST_COLUMNS = 14
"""Models that a page has room for as columns."""
MOST_WITH_WORDS = 8
"""Models as columns whose cells have room for the word of a mark beside its sign."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CandidateModel:
    """A model of the table.

    Attributes:
        system: Its position in ``grid.systems``.
        label: Its name.
        role: ``baseline``, ``reference``, ``baseline, reference``, or nothing.
    """

    system: int
    label: str
    role: str

    @property
    def is_baseline(self) -> bool:
        """Whether it is set apart from candidates."""
        return self.role.startswith("baseline")


@dataclass(frozen=True, kw_only=True, slots=True)
class CandidateTable:
    """Models by lines; cells of a line follow the models.

    Attributes:
        models: Candidates first, best first, then baselines.
        groups: Lines under the suite, or what they have in common.
        order: How models are sorted, in words.
        turned: Whether lines are the rows and models the columns, as it is narrower.
        unmeasured: What was measured of no model: ``energy``.
        tested: Whether every mark is that of a paired test; ``some``: of some tasks; else intervals stand in.
    """

    models: tuple[CandidateModel, ...]
    groups: tuple[LineGroup, ...]
    order: str
    turned: bool
    unmeasured: tuple[str, ...]
    tested: Literal["all", "some", "none"]

    @property
    def is_wide(self) -> bool:
        """Whether there are so many models that a cell has room for the sign of its mark alone."""
        return len(self.models) > MOST_WITH_WORDS

    @property
    def lines(self) -> tuple[CandidateLine, ...]:
        """The lines of all groups."""
        return tuple(line for group in self.groups for line in group.lines)

    @property
    def has_top(self) -> bool:
        """Whether any cell is the best of its line."""
        return any(cell.is_top for line in self.lines for cell in line.cells)

    @property
    def has_scores(self) -> bool:
        """Whether any line is a task or an average."""
        return any(line.kind in ("task", "average") for line in self.lines)

    @property
    def has_signs(self) -> bool:
        """Whether any cell points at an alarm."""
        return any(cell.signs for line in self.lines for cell in line.cells)

    @property
    def marks(self) -> frozenset[str]:
        """Marks that stand in the table."""
        return frozenset(cell.mark for line in self.lines for cell in line.cells if cell.mark)


def candidate_table(
    runs: Sequence[Run], grid: Grid, roles: Roles | None, standings: Sequence[Standing], alarms: AlarmList
) -> CandidateTable | None:
    """The table over all suites; None where there is no model, or nothing to show."""
    if roles is None:
        return None
    systems, order = order_of(grid, roles, count_unbeaten(standings, range(len(grid.systems))))
    costs, unmeasured = cost_groups(runs, grid, alarms)
    groups = [*_suites(grid, standings, alarms), *bias_group(grid), *costs]
    shown = tuple(
        LineGroup(
            title=group.title,
            about=group.about,
            lines=tuple(line.in_order(systems) for line in group.lines),
        )
        for group in groups
        if group.lines
    )
    if not shown:
        return None
    lines = sum(len(group.lines) for group in shown)
    judged = [one for one in standings if one.is_ranked and len(one.places) > 1]
    tested = sum(one.tested for one in judged)
    return CandidateTable(
        models=tuple(_model(grid, roles, at) for at in systems),
        groups=shown,
        order=order,
        turned=lines > WIDEST and len(systems) <= MOST_COLUMNS,
        unmeasured=unmeasured,
        tested="all" if tested == len(judged) else "some" if tested else "none",
    )


def _model(grid: Grid, roles: Roles, at: int) -> CandidateModel:
    told = ["baseline"] if at in roles.baselines else []
    told += ["reference"] if at == roles.reference and len(grid.systems) > 1 else []
    return CandidateModel(system=at, label=grid.systems[at].label, role=", ".join(told))


def _suites(grid: Grid, standings: Sequence[Standing], alarms: AlarmList) -> Iterable[LineGroup]:
    names = dict.fromkeys([*(one.column.suite for one in standings), *(score.suite for _, score in grid.aggregates)])
    for suite in names:
        mine = [one for one in standings if one.column.suite == suite]
        splits = {one.column.split for one in mine}
        split = next(iter(splits)) if len(splits) == 1 else ""
        lines = [*average_lines(grid, suite), *(_task(grid, one, alarms, split=split) for one in mine)]
        yield LineGroup(title=suite, about=f"{split} split" if split else "", lines=tuple(lines))


def _task(grid: Grid, standing: Standing, alarms: AlarmList, *, split: str) -> CandidateLine:
    column = standing.column
    counts = {score.n for score in column.scores().values()}
    unit = column.unit
    cells = [_cell(grid, column, at, alarms, differs=len(counts) > 1, unit=unit) for at in range(len(grid.systems))]
    names = [one.task for one in grid.columns if not one.is_view and not one.is_hardware]
    return CandidateLine(
        title=column.task if names.count(column.task) == 1 else column.name,
        notes=_notes(column, counts, split=split),
        anchor=anchor(grid, column),
        kind="task",
        cells=with_places(cells, standing.places, tested=standing.tested),
    )


def _notes(column: Column, counts: set[int], *, split: str) -> tuple[str, ...]:
    notes = [column.metric, "" if split else column.split]
    if len(counts) == 1:
        unit = next(iter(score.unit for score in column.scores().values()))
        (n,) = counts
        notes.append(items.count(n, unit) if unit else f"n = {count(n)}")
    if column.direction == "lower":
        notes.append("lower is better")
    if column.quantity is not None and column.quantity.neutral is not None:
        notes.append(column.quantity.better)
    if column.card is not None and column.card.diagnostic:
        notes.append("diagnostic, in no average")
    if not column.is_ranked:
        notes.append(f"{unranked.why(column.card)}, in no average and no rank")
    return tuple(note for note in notes if note)


def _cell(grid: Grid, column: Column, at: int, alarms: AlarmList, *, differs: bool, unit: Unit) -> CandidateCell:
    cell = column.cells.get(at)
    if cell is None:
        return ABSENT
    signs = alarms.numbers(grid.systems[at].label, [column.name])
    score = cell.score
    if cell.status != "scored" or score is None or finite(score.value) is None:
        return CandidateCell(state="problem", text=_headline(cell), signs=signs)
    errored, truncated = lost(cell)
    lines = [f"n = {count(score.n)}"] if differs else []
    lines += [f"{count(errored)} errored"] if errored else []
    lines += [f"{count(truncated)} truncated"] if truncated else []
    lines += ["the first of several results"] if at in column.repeated else []
    return CandidateCell(
        state="score",
        text=value(score.value, unit),
        between=interval(score.low, score.high, unit),
        lines=tuple(lines),
        sort=finite(score.value),
        signs=signs,
    )


def _headline(cell: CellResult) -> str:
    if cell.status != "scored":
        return cell.status
    return "no score" if cell.score is None else "undefined"
