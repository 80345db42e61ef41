"""Roles of models in a report: which one the others are compared with, and which are baselines and no candidates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchwright import registry
from benchwright.alarm import CONSTANT
from benchwright.errors import BenchwrightError, ConfigError, PluginError
from benchwright.formatting import finite
from benchwright.render.grid import Column, Grid, GridRow, label_systems
from benchwright.types import MayBeBaseline, ReportOptions, Run

_MOST_NAMED = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Roles:
    """Who is what in a report, by positions in ``grid.systems``.

    Attributes:
        reference: The model that others are compared with.
        why: Why it is that one, as the end of a sentence: ``named by --against``.
        baselines: Models that show what can be had for little, and are no candidates.
    """

    reference: int
    why: str
    baselines: frozenset[int] = frozenset()


def find_roles(grid: Grid, options: ReportOptions, runs: Sequence[Run] = ()) -> Roles | None:
    """Roles of a report's models; None where there is no model.

    Baselines are those named in ``options.baselines`` and those whose adapter says ``baseline = True``. Where that would leave no candidate,
    an adapter's word counts only for models that always give one answer: several classical models beside each other are what is chosen from,
    and compared with the best of them.
    The reference is the model named by
    ``options.against``; else a baseline, of several the best among those with most results (named ones first); else the exact model, where
    all others compute its checkpoint in other ways; else the best model. Neither depends on the order of runs.

    Args:
        grid: The models and their results.
        options: What was asked for.
        runs: Say which models compute one checkpoint (`Run.variants`).

    Raises:
        ConfigError: A name is of no model, or that of the reference is of several.
    """
    if not grid.systems:
        return None
    problems = _name_problems(grid.systems, options)
    if problems:
        raise ConfigError(problems)
    named = {at for name in options.baselines for at in positions_of(name, grid.systems)}
    baselines = _baselines(grid, named)
    if options.against is not None:
        (at,) = positions_of(options.against, grid.systems)
        return Roles(reference=at, why="named by --against", baselines=baselines)
    first = named or (
        baselines if all(_says_baseline(row) == (at in baselines) for at, row in enumerate(grid.systems)) else ()
    )
    if first:
        why = "the baseline" if len(first) == 1 else "the best of the baselines"
        return Roles(reference=best_of(grid, _with_most_results(grid, first)), why=why, baselines=baselines)
    exact = _exact_of(grid, runs, set(range(len(grid.systems))) - baselines)
    if exact is not None:
        return Roles(reference=exact, why="the exact one of the ways of computing this checkpoint", baselines=baselines)
    best = best_of(grid, set(range(len(grid.systems))) - baselines or range(len(grid.systems)))
    return Roles(reference=best, why=_why_best(grid), baselines=baselines)


def _exact_of(grid: Grid, runs: Sequence[Run], among: set[int]) -> int | None:
    """The one of some models that all others of them compute in other ways; None where there is no such model."""
    rows = [row for run in runs for row in run.variants if row.parent_key]
    parents = {row.parent_key for row in rows}
    variants = {row.key for row in rows} - parents
    keys = {
        at: {
            column.cells[at].key
            for column in grid.columns
            if at in column.cells and column.cells[at].status == "scored"
        }
        for at in among
    }
    exact = [at for at in among if keys[at] & parents]
    others = [keys[at] for at in among if at not in exact]
    is_of_all = len(exact) == 1 and bool(others) and all(own and own <= variants for own in others)
    return exact[0] if is_of_all else None


def _baselines(grid: Grid, named: set[int]) -> frozenset[int]:
    everybody = set(range(len(grid.systems)))
    found = named | {at for at, row in enumerate(grid.systems) if _says_baseline(row)}
    if found == everybody:
        found = named | {at for at in everybody if _is_constant_baseline(grid, at)}
    return frozenset(named if found == everybody else found)


def _is_constant_baseline(grid: Grid, at: int) -> bool:
    """Whether any result notes that the model always gives one answer, as is expected of it."""
    return any(one.code == CONSTANT for column in grid.columns if at in column.cells for one in column.cells[at].alarms)


def name_problems(runs: Sequence[Run], options: ReportOptions) -> list[BenchwrightError]:
    """What is wrong with the names of ``baselines`` and ``against``, one error for each, as `find_roles` would raise."""
    return _name_problems([row for _, row in label_systems(runs)], options)


def positions_of(name: str, systems: Sequence[GridRow]) -> tuple[int, ...]:
    """Positions of the models called ``MODEL`` or ``RUN:MODEL``; the first form may stand for models of several runs."""
    return tuple(at for at, row in enumerate(systems) if name in {row.model, *_full_names(row)} or name == row.label)


def best_of(grid: Grid, among: Iterable[int]) -> int:
    """The best of some models: the best score on most ranked tasks, then more won comparisons of scores, then more results, then its name.

    Scores are compared as they stand, so being the best here does not say that a difference is real.
    """
    chosen = sorted(among, key=lambda at: (grid.systems[at].label, grid.systems[at].run))
    strengths = _strengths(grid, chosen)
    return max(chosen, key=lambda at: strengths[at])


def _strengths(grid: Grid, among: Iterable[int]) -> dict[int, tuple[int, int, int]]:
    """How often each of some models has the best score, how many comparisons of scores it wins, how many results it has."""
    chosen = tuple(among)
    first = dict.fromkeys(chosen, 0)
    won = dict.fromkeys(chosen, 0)
    for column in grid.columns:
        values = _ranked_values(column, chosen)
        for at, one in values.items():
            first[at] += len(values) > 1 and one == max(values.values())
            won[at] += sum(one > other for other in values.values())
    results = _count_results(grid)
    return {at: (first[at], won[at], results[at]) for at in chosen}


def order_of(grid: Grid, roles: Roles, unbeaten: Mapping[int, int]) -> tuple[tuple[int, ...], str]:
    """Positions of candidates, best first, then of baselines; and how they are sorted, in words (none of one model).

    By the first official average where every candidate has it and all ranked tasks are of its suite, else by the score where there is one
    ranked task, else by the number of tasks on which no model is shown to be better (``unbeaten``, of each position), then as `best_of`.
    """
    everybody = range(len(grid.systems))
    candidates = [at for at in everybody if at not in roles.baselines]
    by_average = _first_average(grid, candidates or everybody)
    keys = _strengths(grid, everybody)
    name = {at: (grid.systems[at].label, grid.systems[at].run) for at in everybody}
    ranked = sum(bool(_ranked_values(column, everybody)) for column in grid.columns)

    def key(at: int) -> tuple[float, ...]:
        tested = unbeaten.get(at, 0) if ranked > 1 else 0
        return (-by_average.get(at, float("-inf")), -tested, *(-one for one in keys[at]))

    order = sorted(everybody, key=lambda at: (at in roles.baselines, key(at), name[at]))
    words = "by the number of tasks with the best score"
    if any(unbeaten.values()):
        words = "by the number of tasks on which none is shown to be better"
    words = "by name" if not ranked else "by the score" if ranked == 1 else words
    words = "by the first average" if by_average else words
    return tuple(order), words if len(order) > 1 else ""


def _first_average(grid: Grid, among: Iterable[int]) -> dict[int, float]:
    names = dict.fromkeys((score.suite, score.name) for _, score in grid.aggregates)
    first = next(iter(names), None)
    everybody = range(len(grid.systems))
    if first is None or any(_ranked_values(column, everybody) for column in grid.columns if column.suite != first[0]):
        return {}
    found = {
        at: known
        for at, score in grid.aggregates
        if (score.suite, score.name) == first and not score.missing and (known := finite(score.value)) is not None
    }
    return found if set(among) <= set(found) else {}


def _ranked_values(column: Column, chosen: Sequence[int]) -> dict[int, float]:
    """Scores of a ranked task, more is better, on the largest number of items; empty where scores are not ranked."""
    if column.is_view or column.is_hardware or not column.is_ranked or column.direction is None:
        return {}
    sign = 1 if column.direction == "higher" else -1
    scores = {at: score for at, score in column.scores().items() if at in set(chosen)}
    most = max((score.n for score in scores.values()), default=0)
    values = {at: finite(score.value) for at, score in scores.items() if score.n == most}
    return {at: sign * value for at, value in values.items() if value is not None}


def _with_most_results(grid: Grid, among: Iterable[int]) -> list[int]:
    results = _count_results(grid)
    chosen = list(among)
    most = max(results[at] for at in chosen)
    return [at for at in chosen if results[at] == most]


def _count_results(grid: Grid) -> dict[int, int]:
    found = dict.fromkeys(range(len(grid.systems)), 0)
    for column in grid.columns:
        for at in column.scores():
            found[at] += 1
    return found


def _why_best(grid: Grid) -> str:
    if len(grid.systems) == 1:
        return "the only model"
    return "the best score on most tasks" if sum(_count_results(grid).values()) else "the first by name"


def _says_baseline(row: GridRow) -> bool:
    """Whether the model's adapter says so; one that is not installed here says nothing."""
    if row.ref is None:
        return False
    try:
        adapter = registry.get("adapters", row.ref.adapter)
    except PluginError:
        return False
    return isinstance(adapter, MayBeBaseline) and adapter.baseline


def _name_problems(systems: Sequence[GridRow], options: ReportOptions) -> list[BenchwrightError]:
    found = [
        _unknown("--baseline", name, systems)
        for name in dict.fromkeys(options.baselines)
        if not positions_of(name, systems)
    ]
    if options.against is not None:
        at = positions_of(options.against, systems)
        if not at:
            found.append(_unknown("--against", options.against, systems))
        elif len(at) > 1:
            names = [name for one in at for name in _full_names(systems[one])[:1]]
            found.append(
                BenchwrightError(
                    f"--against {options.against!r} is the name of {len(at)} models",
                    expected=f"one of: {', '.join(names)}",
                    hint=f"say which: --against {names[0]}",
                )
            )
    return found


def _unknown(option: str, name: str, systems: Sequence[GridRow]) -> BenchwrightError:
    known = list(dict.fromkeys([*(row.model for row in systems), *(_full_names(row)[0] for row in systems)]))
    shown = ", ".join(known[:_MOST_NAMED]) + (", ..." if len(known) > _MOST_NAMED else "")
    hint = registry.suggest(name, known) or f"{option} {known[0]}" if known else "name a run that has models"
    return BenchwrightError(f"{option} {name!r}: no such model in this report", expected=f"one of: {shown}", hint=hint)


def _full_names(row: GridRow) -> tuple[str, ...]:
    return (f"{row.run}:{row.model}", *row.also)
