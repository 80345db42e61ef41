"""The section `Quality against cost` of a report: scores against latency, memory and size, with the Pareto front of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from benchwright.comparison.report_section import DifferenceSection
from benchwright.comparison.result import Pair
from benchwright.formatting import finite, interval, seconds, value
from benchwright.profile_choice import scenarios_for
from benchwright.quantities import Unit
from benchwright.render.grid import Column, Grid
from benchwright.render.hardware import HardwareTable, memory_shown, tables_of
from benchwright.render.hardware_words import figure_of, is_known, machine_name, title_of, unit_of
from benchwright.render.robustness import Figure
from benchwright.report_content.pareto import (
    Better,
    FrontPlace,
    Spread,
    best_of,
    budget_steps,
    front_places,
    spread_of,
    told_apart,
)
from benchwright.report_content.roles import Roles
from benchwright.task_path import suite_of
from benchwright.types import MeasuredQuantity, Profile, Score

MOST_TABLES = 4
"""Tasks and machines of the section, those with most models; the section `Hardware` holds all."""
LEVEL = 0.05
"""Adjusted p at or below which two models are told apart."""
_TOLD = 2
"""Models that a cell names as those that dominate; more are counted."""
_FEW = 6
"""Models up to which a cell names so many; beside more it names one, for a table that can be read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CostAxis:
    """A cost that quality is drawn against.

    Attributes:
        quantity: By name: ``latency_p90``.
        title: In words.
        short: In few: ``latency``.
        scenario: How queries arrived when it was measured; empty where it is the model's own.
        unit: Of its values.
    """

    quantity: str
    title: str
    short: str
    scenario: str
    unit: Unit


@dataclass(frozen=True, kw_only=True, slots=True)
class CostCell:
    """A cost of a model, and where the model stands by it.

    Attributes:
        figure: The value with its interval; a dash where it was not measured.
        spread: The same as numbers; None where it was not measured.
        place: None where it was not measured.
        told: ``on the front``, ``may be dominated by minilm``, ``dominated by minilm``; or why there is no number.
    """

    figure: Figure
    spread: Spread | None
    place: FrontPlace | None
    told: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeOffRow:
    """A model: its quality, and its costs in the order of the axes."""

    system: int
    label: str
    is_baseline: bool
    quality: Figure
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
class _Quality:
    name: str
    rule: str
    direction: str
    unit: Unit
    scores: Mapping[int, Score]
    fewer: frozenset[int]
    path: str = ""


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
    quality = _quality(grid, table, measured)
    if quality is None:
        return None
    judged = [at for at in measured if at in quality.scores and at not in quality.fewer]
    if len(judged) < 2:
        return None
    axes = tuple(_axes(table, {at: measured[at] for at in judged}))
    if not axes:
        return None
    sign = 1 if quality.direction == "higher" else -1
    values = {at: sign * (quality.scores[at].value or 0.0) for at in judged}
    pairs = differences.pairs.get(quality.path, ()) if differences and quality.path else ()
    better = _better(grid, quality, pairs, sign)
    costs = [_costs(axis, {at: measured[at] for at in judged}) for axis in axes]
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
        decided_by=_decided_by(pairs),
        left_out=tuple(_left_out(grid, table, measured, quality)),
    )


def _quality(grid: Grid, table: HardwareTable, measured: Mapping[int, object]) -> _Quality | None:
    suite = suite_of(table.base)
    averages: dict[str, dict[int, Score]] = {}
    titles: dict[str, str] = {}
    for at, one in grid.aggregates:
        if one.suite == suite and one.value is not None and finite(one.value) is not None and not one.missing:
            averages.setdefault(one.name, {})[at] = Score(metric=one.name, value=one.value, low=one.low, high=one.high)
            titles[one.name] = one.title or one.name
    for name, scores in averages.items():
        if all(at in scores for at in measured):
            rule = "the official average of the suite whose texts were measured"
            return _Quality(
                name=titles[name], rule=rule, direction="higher", unit="fraction", scores=scores, fewer=frozenset()
            )
    column = _column(grid, table)
    if column is None or column.quantity is None or column.direction is None or not column.is_ranked:
        return None
    scores = {at: one for at, one in column.scores().items() if finite(one.value) is not None}
    most = max((one.n for one in scores.values()), default=0)
    return _Quality(
        name=f"{column.name}: {column.metric}",
        rule="the task whose texts were measured",
        direction=column.direction,
        unit=column.quantity.unit,
        scores=scores,
        fewer=frozenset(at for at, one in scores.items() if one.n < most),
        path=column.name,
    )


def _column(grid: Grid, table: HardwareTable) -> Column | None:
    mine = [column for column in grid.columns if column.name == table.base and not column.is_view]
    return next((column for column in mine if column.split == table.split), mine[0] if mine else None)


_SHORT = {
    "host_memory_peak": "memory",
    "gpu_memory_peak": "GPU memory",
    "size_bytes": "size",
    "parameters": "parameters",
}


def _axes(table: HardwareTable, measured: Mapping[int, Sequence[Profile]]) -> Iterable[CostAxis]:
    for names in (("latency_p90", "latency_p50"), (memory_shown(table),), ("size_bytes", "parameters")):
        for name in names:
            scenario = _scenario(name, measured.values())
            known = [one for mine in measured.values() if is_known(one := _measured(name, scenario, mine))]
            asked = [one for mine in measured.values() if (one := _measured(name, scenario, mine)) is not None]
            if len(known) < 2 or (name == "latency_p90" and len(known) < len(asked)):
                continue  # of a percentile that some models lack samples for, the median stands for all
            yield CostAxis(
                quantity=name,
                title=title_of(name),
                short=_SHORT.get(name, f"latency ({name.removeprefix('latency_')})"),
                scenario="" if name in ("size_bytes", "parameters") else scenario,
                unit=unit_of(name),
            )
            break


def _scenario(name: str, measured: Iterable[Sequence[Profile]]) -> str:
    """The scenario that most models have a value of the quantity in; of several the first choice."""
    known = Counter(
        one.scenario
        for mine in measured
        for one in mine
        if one.scenario in scenarios_for(name) and is_known(one.quantity(name))
    )
    order = scenarios_for(name)
    return max(order, key=lambda one: (known[one], -order.index(one)))


def _measured(name: str, scenario: str, profiles: Sequence[Profile]) -> MeasuredQuantity | None:
    """The quantity of a model in a scenario; a size in any, as it is the same in each."""
    own = name in ("size_bytes", "parameters")
    for profile in profiles:
        if own or (profile.scenario == scenario and (profile.spec.batch in (None, 1)) and not profile.spec.lengths):
            found = profile.quantity(name)
            if found is not None and (is_known(found) or not own):
                return found
    return None


def _costs(axis: CostAxis, measured: Mapping[int, Sequence[Profile]]) -> dict[int, tuple[Spread, MeasuredQuantity]]:
    found = {}
    for at, profiles in measured.items():
        one = _measured(axis.quantity, axis.scenario, profiles)
        known = None if one is None else finite(one.value)
        if one is not None and known is not None:
            spread = spread_of(known, finite(one.low), finite(one.high), is_exact=axis.unit != "seconds")
            found[at] = (spread, one)
    return found


def _better(grid: Grid, quality: _Quality, pairs: Sequence[Pair], sign: int) -> Better:
    """What is certain of two scores: by the paired test of the section `Differences` where there is one, else by their intervals."""
    labels = {system.label: at for at, system in enumerate(grid.systems)}
    tested: dict[tuple[int, int], int | None] = {}
    for pair in pairs:
        p = pair.p_adjusted if pair.p_adjusted is not None else pair.p
        if p is None or pair.delta is None or pair.first not in labels or pair.second not in labels:
            continue
        first, second = labels[pair.first], labels[pair.second]
        verdict = None if p > LEVEL or not pair.delta else (1 if sign * pair.delta > 0 else -1)
        tested[second, first] = verdict
        tested[first, second] = None if verdict is None else -verdict
    spreads = {at: spread_of(one.value or 0.0, finite(one.low), finite(one.high)) for at, one in quality.scores.items()}

    def better(one: int, other: int) -> int | None:
        if (one, other) in tested:
            return tested[one, other]
        found = told_apart(spreads[one], spreads[other])
        return None if found is None else sign * found

    return better


def _decided_by(pairs: Sequence[Pair]) -> str:
    if pairs:
        return "two scores are told apart by their paired difference (p adjusted for all pairs of models, 0.05)"
    return "two scores are told apart where their 95 % intervals do not overlap"


def _score_figure(score: Score, unit: Unit) -> Figure:
    return Figure(
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
        one = _measured(axis.quantity, axis.scenario, profiles)
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
    shown = ", ".join(grid.systems[at].label for at in models[:most])
    rest = len(models) - most
    return f"{shown} and {rest} more" if rest > 0 else shown


def _steps(
    grid: Grid, quality: _Quality, ranks: _Ranks, costs: Mapping[int, Spread], baselines: frozenset[int]
) -> Iterable[BudgetLine]:
    label = [system.label for system in grid.systems]
    values, better = ranks.values, ranks.better

    def told(at: int) -> str:
        return _score_figure(quality.scores[at], quality.unit).line

    steps = budget_steps({at: spread for at, spread in costs.items() if at not in baselines})
    lines: list[tuple[float, float, BudgetLine]] = []
    for step in steps:
        best, tied = best_of(step.fits, values, costs, better)
        perhaps = [at for at in step.may_fit if best is None or better(best, at) != 1]
        perhaps.sort(key=lambda at: (-values[at], at))
        cheap = [at for at in baselines if at in costs and costs[at].high <= step.budget]
        instead, _ = best_of(cheap, values, costs, better)
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
    grid: Grid, table: HardwareTable, measured: Mapping[int, object], quality: _Quality
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
