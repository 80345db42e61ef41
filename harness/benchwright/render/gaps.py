"""The section `Gaps between groups` of a report and the tables of `show`: a metric in each group of people, ready to print."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from benchwright.alarm import is_constant
from benchwright.formatting import UNDEFINED, about, count, finite, interval, value
from benchwright.quantities import Unit, find_mean, metric_title
from benchwright.render.figure_budget import Chart, Sketch
from benchwright.render.forest import ForestRow, draw_forest
from benchwright.render.grid import Grid
from benchwright.render.identity import BAR, IntervalBar
from benchwright.render.shown_number import ShownNumber
from benchwright.stats.gaps import LARGEST_SCALE
from benchwright.types import LIMIT, Alarm, BiasVerdict, Gap, GroupGap, GroupValue, Task
from benchwright.unranked import why

FEW = 100
"""Items of a group below which its value is printed without emphasis."""
MOST_CHARTS = 16
MOST_GROUPS = 24
"""Groups in a chart, those with most items; the table of groups holds all."""

HOW_TO_READ = (
    "gap: largest minus smallest value between groups, x 100 where it is a fraction, with one-sided 95 % bounds. within: the upper bound is at",
    "most the limit; exceeds: the lower bound is above it; cannot tell: neither, which is no pass. (few): a group of fewer than 100 items",
)
_TITLES = {
    "selection_rate": "selection rate",
    "true_positive_rate": "true positive rate",
    "false_positive_rate": "false positive rate",
    "equalized_odds": "equalised odds",
    "subgroup_auc": "subgroup AUC",
    "bpsn_auc": "BPSN AUC",
    "bnsp_auc": "BNSP AUC",
    "positive_aeg": "positive equality gap",
    "negative_aeg": "negative equality gap",
}
"""Metrics of groups alone, as people read them."""
_KNOWN_AS = {
    "selection_rate": "demographic parity",
    "true_positive_rate": "equal opportunity",
}
EQUALIZED_ODDS = "equalized_odds"
_ORDER = {"exceeds": 0, "cannot tell": 1, "within": 2, None: 3}


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupCell:
    """A metric in one group.

    Attributes:
        group: Its name.
        figure: The value with its interval.
        n: Items.
        used: Items that the metric counts.
        few: Whether there are fewer than `FEW`.
    """

    group: str
    figure: ShownNumber
    n: int
    used: int
    few: bool

    @property
    def size(self) -> str:
        """``120``, or ``120, of which 43 count``."""
        return count(self.n) if self.n == self.used else f"{count(self.n)}, of which {count(self.used)} count"


@dataclass(frozen=True, kw_only=True, slots=True)
class GapRow:
    """One metric of one model between the groups of a slice.

    Attributes:
        system: The model.
        metric: What is compared, in words, with its label.
        known_as: What the gap of it is called, where it has a name.
        gap: Largest minus smallest, with its bounds.
        between: ``male over female``: the groups with the largest and the smallest value.
        ratio: Smallest divided by largest.
        limit: What is allowed, in words; empty where nothing was asked.
        state: The verdict; None without a limit.
        reasons: What would tell, where it cannot be told.
        bar: The bounds as they are drawn; None without.
        groups: Values by group.
        score: The numbers.
        alarms: Alarms and notes about the row.
    """

    system: str
    metric: str
    known_as: str
    gap: ShownNumber
    between: str
    ratio: ShownNumber
    limit: str
    state: BiasVerdict | None
    reasons: tuple[str, ...]
    bar: IntervalBar | None
    groups: tuple[GroupCell, ...]
    score: GroupGap
    alarms: tuple[Alarm, ...] = ()

    @property
    def verdict(self) -> str:
        """The verdict with the limit and what would tell, in one line; a dash where nothing was asked."""
        if self.state is None:
            return UNDEFINED
        return "; ".join((f"{self.state} ({self.limit})", *self.reasons))

    @property
    def values(self) -> str:
        """``female 81.20, male 85.00 (few)``."""
        return ", ".join(f"{one.group} {one.figure.text}{' (few)' if one.few else ''}" for one in self.groups)


@dataclass(frozen=True, kw_only=True, slots=True)
class GapTable:
    """The gaps between the groups of one slice of one task.

    Attributes:
        base: ``suite/task``.
        split: Which split.
        slice: Name of the slice.
        sizes: ``female 61, male 59``: items of each group.
        scale: Where the drawn scale ends, in per cent.
        rows: By metric, models in the order of the report.
    """

    base: str
    split: str
    slice: str
    sizes: str
    scale: int
    rows: tuple[GapRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class GapSection:
    """A table with its charts."""

    table: GapTable
    charts: tuple[Chart, ...]


def gap_sections(grid: Grid) -> tuple[GapSection, ...]:
    """A section for each task and slice of people, with charts of what exceeds first; none for a grid without."""
    return tuple(
        GapSection(table=table, charts=tuple(_charts(at, table))) for at, table in enumerate(gap_tables(grid), start=1)
    )


def gap_tables(grid: Grid) -> tuple[GapTable, ...]:
    """The tables of a report, under the names that models have there."""
    cards = {column.name: column.card for column in grid.columns if column.card is not None}
    return gaps_by_slice([(grid.systems[at].label, gap) for at, gap in grid.gaps], cards)


def gaps_by_slice(gaps: Iterable[tuple[str, GroupGap]], cards: Mapping[str, Task]) -> tuple[GapTable, ...]:
    """A table for each task and slice; gaps are (what the model is called, gap), ``cards`` by ``suite/task``."""
    found: dict[tuple[str, str, str], list[tuple[str, GroupGap]]] = {}
    for system, gap in gaps:
        found.setdefault((gap.task_path, gap.split, gap.slice), []).append((system, gap))
    return tuple(_table(several, cards.get(base)) for (base, _, _), several in found.items())


def gap_findings(grid: Grid) -> list[str]:
    """A sentence for each slice and model: which metrics exceed their limit, are within it, or cannot be told."""
    found = []
    disputed = {column.name: why(column.card) for column in grid.columns}
    for table in gap_tables(grid):
        reason = disputed.get(table.base, "")
        base = f"{table.base} ({reason})" if reason else table.base
        for system in dict.fromkeys(row.system for row in table.rows):
            mine: dict[str, list[str]] = {}
            limits = set()
            for row in table.rows:
                if row.system == system and row.state is not None:
                    mine.setdefault(row.state, []).append(row.metric)
                    limits.add(row.limit)
            parts = [
                f"{state}: {', '.join(mine[state])}" for state in ("exceeds", "within", "cannot tell") if state in mine
            ]
            same = any(is_constant(row.alarms) for row in table.rows if row.system == system)
            if parts:
                said = next(iter(limits)) if len(limits) == 1 else "limits of their own"
                found.append(
                    f"Gaps between groups of {table.slice} in {base}, {system}, against the {said}: {'; '.join(parts)}."
                    + (" It always says the same, whoever is meant." if same else "")
                )
    return found


def _table(gaps: Sequence[tuple[str, GroupGap]], card: Task | None) -> GapTable:
    first = gaps[0][1]
    order = {key: at for at, key in enumerate(dict.fromkeys((gap.metric, gap.label) for _, gap in gaps))}
    scale = _scale(gap for _, gap in gaps)
    sizes = {group.group: group.n for _, gap in gaps for group in gap.groups}
    return GapTable(
        base=first.task_path,
        split=first.split,
        slice=first.slice,
        sizes=", ".join(f"{name} {count(n)}" for name, n in sizes.items()),
        scale=scale,
        rows=tuple(
            _row(*one, card, scale / 100) for one in sorted(gaps, key=lambda one: order[one[1].metric, one[1].label])
        ),
    )


def _scale(gaps: Iterable[GroupGap]) -> int:
    """The end of a scale in per cent, a multiple of ten, that holds every upper bound of a fraction."""
    ends = [end for gap in gaps for end in (gap.gap.high, 2 * (gap.gap.limit or 0)) if end is not None and end <= 1]
    return next((end for end in range(10, 100, 10) if max(ends, default=0.1) * 100 <= end), 100)


def _row(system: str, gap: GroupGap, card: Task | None, scale: float) -> GapRow:
    unit = unit_of_gap(gap.metric)
    found = gap.gap
    known = found.value is not None
    return GapRow(
        system=system,
        metric=title_of(gap, card),
        known_as=_KNOWN_AS.get(gap.metric, ""),
        gap=ShownNumber(
            text=value(found.value, unit), between=interval(found.low, found.high, unit), sort=finite(found.value)
        ),
        between=f"{found.highest} over {found.lowest}" if known and found.highest != found.lowest else "",
        ratio=_ratio(gap),
        limit=_limit(found.limit, unit),
        state=found.verdict,
        reasons=_reasons(gap),
        bar=_bar(found, scale) if unit == "fraction" else None,
        groups=tuple(_cell(group, unit) for group in gap.groups),
        score=gap,
        alarms=gap.alarms,
    )


def _limit(limit: float | None, unit: Unit) -> str:
    """``limit 5 points (the default)``; empty where nothing was asked."""
    if limit is None:
        return ""
    said = f"{100 * limit:.4g} points" if unit == "fraction" else value(limit, unit)
    by_default = " (the default)" if limit == LIMIT and unit == "fraction" else ""
    return f"limit {said}{by_default}"


def title_of(gap: GroupGap, card: Task | None) -> str:
    """``true positive rate (good)``; a metric of the task as elsewhere."""
    if gap.metric in _TITLES:
        return f"{_TITLES[gap.metric]} ({gap.label})" if gap.label else _TITLES[gap.metric]
    return metric_title(gap.metric, card)


def unit_of_gap(metric: str) -> Unit:
    """Rates and areas are fractions; a metric of the task has its own unit."""
    if metric in _TITLES:
        return "fraction"
    found = find_mean((metric,))
    return "number" if found is None else found.unit


def _reasons(gap: GroupGap) -> tuple[str, ...]:
    same = ("it always says the same",) if is_constant(gap.alarms) else ()
    return (*same, *_in_doubt(gap))


def _in_doubt(gap: GroupGap) -> tuple[str, ...]:
    """Why nothing can be told, or how many items would tell."""
    found = gap.gap
    if found.verdict != "cannot tell":
        return ()
    if found.value is None:
        return (found.method or "fewer than two groups have a value",)
    if found.high is None:
        return ("one of the two rates has no gap" if gap.metric == EQUALIZED_ODDS else "a group has no bounds",)
    if found.needed is None:
        if found.limit is not None and math.isclose(found.value, found.limit, abs_tol=1e-12):
            return ("the gap that is seen is the limit",)
        return (f"more than {LARGEST_SCALE:,.0f} times as many items would be needed, at the values seen",)
    return (f"{about(found.needed, above=gap.n)} items in place of {count(gap.n)} would tell, at the values seen",)


def _ratio(gap: GroupGap) -> ShownNumber:
    found = gap.ratio
    if found is None or found.value is None:
        return ShownNumber(text=UNDEFINED)
    ends = "" if found.low is None or found.high is None else f"[{found.low:.3f}, {found.high:.3f}]"
    return ShownNumber(text=f"{found.value:.3f}", between=ends, sort=found.value)


def _bar(gap: Gap, scale: float) -> IntervalBar | None:
    if gap.value is None or gap.limit is None:
        return None
    ends = [None if end is None else round(min(end / scale, 1.0) * BAR, 1) for end in (gap.low, gap.high)]
    return IntervalBar(
        value=round(min(gap.value / scale, 1.0) * BAR, 1),
        limit=round(min(gap.limit / scale, 1.0) * BAR, 1),
        low=ends[0] if ends[1] is not None else None,
        high=ends[1] if ends[0] is not None else None,
    )


def _cell(group: GroupValue, unit: Unit) -> GroupCell:
    score = group.score
    return GroupCell(
        group=group.group,
        figure=ShownNumber(
            text=value(score.value, unit), between=interval(score.low, score.high, unit), sort=finite(score.value)
        ),
        n=group.n,
        used=group.used,
        few=group.n < FEW,
    )


def _charts(at: int, table: GapTable) -> list[Chart]:
    found: list[Chart] = []
    for number, row in enumerate(sorted(table.rows, key=lambda row: _ORDER[row.state]), start=1):
        if len(found) == MOST_CHARTS:
            break
        if row.score.metric == EQUALIZED_ODDS:
            continue  # its values are those of one of the two rates, which has a chart
        known = [group for group in row.score.groups if group.score.value is not None]
        shown = sorted(known, key=lambda group: -group.n)[:MOST_GROUPS]
        few = {cell.group for cell in row.groups if cell.few}
        hidden = len(known) - len(shown)
        more = f"; {hidden} smaller groups are in the table" if hidden else ""
        draw = partial(
            draw_forest,
            [
                ForestRow(label=f"{group.group} (few)" if group.group in few else group.group, score=group.score)
                for group in shown
            ],
            name=f"gaps-{at}-{number}",
            title=f"{table.base}, {row.system}: {row.metric} by {table.slice}",
            description="One line per group; the table of groups holds the same numbers.",
            unit=unit_of_gap(row.score.metric),
        )
        if shown:
            found.append(
                Chart(
                    title=row.metric,
                    about=f"by {table.slice}, {row.system}{more}",
                    sketch=Sketch(subject="gaps", name=f"gaps-{at}-{number}", draw=draw),
                )
            )
    return found
