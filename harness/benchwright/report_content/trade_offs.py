"""The section `Quality against cost` of a report: scores against latency, memory and size, with the Pareto front of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from benchwright.comparison.report_section import DifferenceSection
from benchwright.formatting import finite, interval, name_some, seconds, value
from benchwright.quantities import Unit
from benchwright.render.grid import Grid
from benchwright.render.hardware import HardwareTable, tables_of
from benchwright.render.hardware_words import figure_of, machine_name
from benchwright.render.shown_number import ShownNumber
from benchwright.report_content.cost_axes import CostAxis, find_axes, quantity_on, read_costs
from benchwright.report_content.pareto import (
    Better,
    FrontPlace,
    Spread,
    best_within_budget,
    budget_steps,
    front_places,
)
from benchwright.report_content.roles import Roles
from benchwright.report_content.trade_off_quality import Quality, better_by, decided_by, find_quality
from benchwright.types import MeasuredQuantity, Profile, Score

MOST_TABLES = 4
"""Tasks and machines of the section, those with most models; the section `Hardware` holds all."""
_TOLD = 2
"""Models that a cell names as those that dominate; more are counted."""
_FEW = 6
"""Models up to which a cell names so many; beside more it names one, for a table that can be read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CostCell:
    """A cost of a model, and where the model stands by it.

    Attributes:
        figure: The value with its interval; a dash where it was not measured.
        spread: The same as numbers; None where it was not measured.
        place: None where it was not measured.
        told: ``on the front``, ``may be dominated by minilm``, ``dominated by minilm``; or why there is no number.
    """

    figure: ShownNumber
    spread: Spread | None
    place: FrontPlace | None
    told: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeOffRow:
    """A model: its quality, and its costs in the order of the axes."""

    system: int
    label: str
    is_baseline: bool
    quality: ShownNumber
    score: Score
    costs: tuple[CostCell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetLine:
    """What a latency budget allows, in words.

    Attributes:
        budget: ``20 ms``.
        until: ``to 50 ms``: up to and with this budget the same holds; ``and more``: of every larger one; empty: of this budget alone.
        best: The candidate with the best value that fits for certain; empty where none does.
        score: Its score with the interval.
        instead: Where no candidate fits, the best baseline that does.
        tied: Candidates that fit for certain, and are not told apart from it.
        perhaps: Candidates that may fit, and that the best one is not certainly better than.
    """

    budget: str
    until: str
    best: str
    score: str
    instead: str
    tied: tuple[str, ...]
    perhaps: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeOff:
    """Models measured on one task and one machine.

    Attributes:
        base: ``suite/task`` whose texts were the inputs.
        machine: In one word.
        device: ``cpu`` or ``cuda``.
        quality: What the score is: ``glue/sst2: accuracy``, or an official average by its name.
        rule: Why it is this one.
        direction: Which end of it is better.
        unit: Of it.
        axes: Costs that at least two models have.
        rows: Models, best first.
        steps: What latency budgets allow.
        decided_by: How two scores are told apart, in words.
        left_out: Models that are in no picture, with the reason.
    """

    base: str
    machine: str
    device: str
    quality: str
    rule: str
    direction: str
    unit: Unit
    axes: tuple[CostAxis, ...]
    rows: tuple[TradeOffRow, ...]
    steps: tuple[BudgetLine, ...]
    decided_by: str
    left_out: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeOffSection:
    """The section: a trade-off for each task and machine, and how many are not shown."""

    items: tuple[TradeOff, ...]
    hidden: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ranks:
    """Qualities, higher is better, and what is certain of two of them."""

    values: Mapping[int, float]
    better: Better


def find_trade_offs(grid: Grid, roles: Roles | None, differences: DifferenceSection | None) -> TradeOffSection | None:
    """The section; None where no task and machine has two models with both a score and a cost.

    Models of one picture were measured on one task, machine and device, and a cost in one scenario. Quality is the official average of
    the suite whose texts were measured, where every model measured there has it; else the score of the task itself.
    """
    found = [one for table in tables_of(grid) if (one := _trade_off(grid, table, roles, differences)) is not None]
    found.sort(key=lambda one: -len(one.rows))
    shown = found[:MOST_TABLES]
    return TradeOffSection(items=tuple(shown), hidden=len(found) - len(shown)) if shown else None


def _trade_off(
    grid: Grid, table: HardwareTable, roles: Roles | None, differences: DifferenceSection | None
) -> TradeOff | None:
    position = {system.label: at for at, system in enumerate(grid.systems)}
    measured = {position[row.system]: row.profiles for row in table.rows if row.system in position}
    quality = find_quality(grid, table, measured)
    if quality is None:
        return None
    judged = [at for at in measured if at in quality.scores and at not in quality.fewer]
    if len(judged) < 2:
        return None
    axes = tuple(find_axes(table, {at: measured[at] for at in judged}))
    if not axes:
        return None
    sign = 1 if quality.direction == "higher" else -1
    values = {at: sign * (quality.scores[at].value or 0.0) for at in judged}
    pairs = differences.pairs.get(quality.path, ()) if differences and quality.path else ()
    better = better_by(grid, quality, pairs, sign)
    costs = [read_costs(axis, {at: measured[at] for at in judged}) for axis in axes]
    stand = [front_places(values, {at: spread for at, (spread, _) in known.items()}, better) for known in costs]
    baselines = roles.baselines if roles else frozenset()
    latency = next((known for axis, known in zip(axes, costs, strict=True) if axis.unit == "seconds"), {})
    timed = {at: spread for at, (spread, _) in latency.items()}
    rows = [
        TradeOffRow(
            system=at,
            label=grid.systems[at].label,
            is_baseline=at in baselines,
            quality=_score_figure(quality.scores[at], quality.unit),
            score=quality.scores[at],
            costs=tuple(
                _cell(grid, axis, known.get(at), places.get(at), measured[at])
                for axis, known, places in zip(axes, costs, stand, strict=True)
            ),
        )
        for at in sorted(judged, key=lambda at: (-values[at], at))
    ]
    return TradeOff(
        base=table.base,
        machine=machine_name(table.machine),
        device=table.device,
        quality=quality.name,
        rule=quality.rule,
        direction=quality.direction,
        unit=quality.unit,
        axes=axes,
        rows=tuple(rows),
        steps=tuple(_steps(grid, quality, _Ranks(values=values, better=better), timed, baselines)),
        decided_by=decided_by(pairs),
        left_out=tuple(_left_out(grid, table, measured, quality)),
    )


def _score_figure(score: Score, unit: Unit) -> ShownNumber:
    return ShownNumber(
        text=value(score.value, unit), between=interval(score.low, score.high, unit), sort=finite(score.value)
    )


def _cell(
    grid: Grid,
    axis: CostAxis,
    known: tuple[Spread, MeasuredQuantity] | None,
    place: FrontPlace | None,
    profiles: Sequence[Profile],
) -> CostCell:
    if known is None:
        one = quantity_on(axis.quantity, axis.scenario, profiles)
        how = f" as {axis.scenario.replace('_', ' ')}" if axis.scenario else ""
        told = one.reason if one is not None and one.reason else f"not measured{how}"
        return CostCell(figure=figure_of(None, axis.quantity), spread=None, place=None, told=told)
    spread, one = known
    told = "" if place is None else _place_text(grid, place)
    return CostCell(figure=figure_of(one, axis.quantity), spread=spread, place=place, told=told)


def _place_text(grid: Grid, place: FrontPlace) -> str:
    if place.by:
        return f"dominated by {_names(grid, place.by)}"
    if place.maybe_by:
        may = f"may be dominated by {_names(grid, place.maybe_by)}"
        return f"on the front, {may}" if place.on_front else may
    return "on the front"


def _names(grid: Grid, models: Sequence[int]) -> str:
    most = _TOLD if len(grid.systems) <= _FEW else 1
    return name_some([grid.systems[at].label for at in models], most)


def _steps(
    grid: Grid, quality: Quality, ranks: _Ranks, costs: Mapping[int, Spread], baselines: frozenset[int]
) -> Iterable[BudgetLine]:
    label = [system.label for system in grid.systems]
    values, better = ranks.values, ranks.better

    def told(at: int) -> str:
        return _score_figure(quality.scores[at], quality.unit).line

    steps = budget_steps({at: spread for at, spread in costs.items() if at not in baselines})
    lines: list[tuple[float, float, BudgetLine]] = []
    for step in steps:
        best, tied = best_within_budget(step.fits, values, costs, better)
        perhaps = [at for at in step.may_fit if best is None or better(best, at) != 1]
        perhaps.sort(key=lambda at: (-values[at], at))
        cheap = [at for at in baselines if at in costs and costs[at].high <= step.budget]
        instead, _ = best_within_budget(cheap, values, costs, better)
        line = BudgetLine(
            budget="",
            until="",
            best="" if best is None else label[best],
            score="" if best is None else told(best),
            instead="" if best is not None or instead is None else f"{label[instead]} {told(instead)}",
            tied=tuple(label[at] for at in tied),
            perhaps=tuple(label[at] for at in perhaps),
        )
        # What fits only grows with the budget, so a line that holds of two budgets holds of all between them.
        start = lines.pop()[0] if lines and lines[-1][2] == line else step.budget
        lines.append((start, step.budget, line))
    for start, end, line in lines:
        until = "and more" if end == steps[-1].budget else f"to {seconds(end)}" if end > start else ""
        yield replace(line, budget=seconds(start), until=until)


def _left_out(
    grid: Grid, table: HardwareTable, measured: Mapping[int, object], quality: Quality
) -> Iterable[tuple[str, tuple[str, ...]]]:
    reasons: dict[str, list[str]] = {}
    for at, system in enumerate(grid.systems):
        if at not in measured:
            reasons.setdefault(f"not measured on {table.base} on this machine", []).append(system.label)
        elif at not in quality.scores:
            reasons.setdefault("measured, but without a score here", []).append(system.label)
        elif at in quality.fewer:
            reasons.setdefault("scored on fewer items than the others", []).append(system.label)
    yield from ((reason, tuple(labels)) for reason, labels in reasons.items())
