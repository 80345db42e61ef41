"""A question and its answers in numbers: objectives, rules kept, order, chances, ties."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.choosing.chances import Chances, chances
from benchwright.choosing.field import Field
from benchwright.choosing.judging import Judged
from benchwright.choosing.measured import Measured
from benchwright.choosing.rules import Quantity, Rule
from benchwright.choosing.ties import Ties, exact_ties, ties
from benchwright.choosing.unseen import beyond
from benchwright.choosing.weighing import Sensitivity, scaled, sensitivity
from benchwright.comparison.estimate import estimate_between
from benchwright.comparison.pairing import Pairing, Replicates
from benchwright.metrics.columns import Floats
from benchwright.stats.bootstrap_difference import BootstrapDifference, WidenedDifference
from benchwright.stats.difference import DifferenceEstimate, WeightedDifference
from benchwright.stats.selection import expected_optimism


@dataclass(frozen=True, kw_only=True)
class Question:
    """Rules, objectives (quantity, whether it is maximized) and weights that sum to 1 in their order."""

    rules: tuple[Rule, ...]
    goals: tuple[tuple[Quantity, bool], ...]
    weights: tuple[float, ...] | None = None

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Everything that is asked about."""
        return (*(rule.quantity for rule in self.rules), *(quantity for quantity, _ in self.goals))


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """A question and its answers in numbers; rows are candidates, higher is better."""

    arena: Field
    question: Question
    goals: tuple[Measured, ...]
    judged: tuple[Judged, ...]
    values: Floats
    """Objectives (m, k)."""
    draws: tuple[Floats, ...]
    """Each (k, R) or (k, 1)."""
    value: Floats
    """What decides (k)."""
    drawn: Floats
    """The same (k, R) or (k, 1)."""
    feasible: NDArray[np.bool_]
    table: Floats | None = None
    """Scaled objectives (m, k), where weights are given."""


def make_case(arena: Field, question: Question, goals: tuple[Measured, ...], judged: tuple[Judged, ...]) -> Case:
    """Objectives of the candidates, what decides, and who keeps every rule with every objective defined."""
    rows = slice(arena.candidates)
    values = np.stack([goal.sign * goal.values[rows] for goal in goals])
    draws = [goal.sign * goal.draws[rows] for goal in goals]
    table = None
    value, drawn = values[0], draws[0]
    if question.weights is not None:
        table, scaled_draws = scaled(values, draws)
        weights = np.array(question.weights)
        value = weights @ table
        drawn = sum((w * d for w, d in zip(weights, scaled_draws, strict=True)), np.zeros((len(value), 1)))
    kept = [one.kept[rows] for one in judged]
    feasible = np.logical_and.reduce([np.isfinite(values).all(axis=0), *kept])
    return Case(
        arena=arena,
        question=question,
        goals=goals,
        judged=judged,
        values=values,
        draws=tuple(draws),
        value=value,
        drawn=drawn,
        feasible=feasible,
        table=table,
    )


def unmeasured_in(case: Case) -> list[str]:
    """Objectives and rules on which the choice hangs although a cost behind them was not measured.

    An objective, where a model that keeps every rule has none: it might be the best. A rule, where no model is feasible and
    one might be. A model that is not known to keep a rule is never taken for one that does, and hinders nobody else.
    """
    rows = slice(case.arena.candidates)
    everyone = np.ones(case.arena.candidates, dtype=np.bool_)
    kept = np.logical_and.reduce([everyone, *(one.kept[rows] for one in case.judged)])
    open_ = [goal.text for goal in case.goals if goal.unknown and (kept & ~np.isfinite(goal.values[rows])).any()]
    if open_ or case.feasible.any():
        return open_
    possible = np.logical_and.reduce([everyone, *(one.kept[rows] | one.unknown[rows] for one in case.judged)])
    return [one.rule.text for one in case.judged if (one.unknown[rows] & possible).any()]


def order_of(case: Case) -> list[int]:
    """Candidates: feasible ones first, best first; equal ones by the other objectives, then as they were given."""
    keys = [case.value, *case.values]
    ranks = [[-float(key[at]) if math.isfinite(key[at]) else math.inf for key in keys] for at in range(case.value.size)]
    return sorted(range(case.value.size), key=lambda at: (not case.feasible[at], *ranks[at]))


def level_with(case: Case, winner: int) -> tuple[str, ...]:
    """Feasible models with exactly the winner's value of what decides, itself included; empty where it is alone."""
    same = np.flatnonzero(case.feasible & (np.abs(case.value - case.value[winner]) <= 1e-12)).tolist()
    return tuple(case.arena.names[at] for at in same) if len(same) > 1 else ()


def chances_of(case: Case) -> Chances | None:
    """None where a task has one unit: its resamples are all the same and would make everything certain."""
    if any(case.arena.pairing(path).n_clusters < 2 for path in case.arena.measured):
        return None
    kept = [one.kept_draws[: case.arena.candidates] for one in case.judged]
    feasible: NDArray[np.bool_] = np.asarray(np.isfinite(case.values).all(axis=0, keepdims=True)).T
    for one in kept:
        feasible = feasible & one
    count = max(drawn.shape[1] for drawn in (*case.draws, case.drawn, feasible))
    objectives = np.stack([np.broadcast_to(drawn, (len(case.value), count)) for drawn in case.draws])
    return chances(feasible, case.drawn, objectives)


def ties_of(case: Case, winner: int) -> tuple[list[int], Ties]:
    """Feasible candidates, and how far each is behind the winner."""
    rows = np.flatnonzero(case.feasible).tolist()
    if (case.drawn if case.question.weights is not None else case.draws[0]).shape[1] == 1:
        return rows, exact_ties(case.value[rows], rows.index(winner))
    names = [case.arena.names[at] for at in rows]
    known: dict[tuple[int, int], DifferenceEstimate | None] = {}

    def estimate(first: int, second: int) -> DifferenceEstimate | None:
        if (first, second) not in known:
            known[first, second] = _gain(case, rows[first], rows[second])
        return known[first, second]

    return rows, ties(names, rows.index(winner), estimate)


def _gain(case: Case, first: int, second: int) -> DifferenceEstimate | None:
    """What decides, second minus first, more is better: as `compare` has it where it is a mean of tasks, else by draws."""
    goal = case.goals[0]
    if case.question.weights is not None or not goal.is_quality or not goal.parts:
        return _drawn(case, first, second)
    one, other = (first, second) if goal.higher else (second, first)
    parts: list[tuple[float, DifferenceEstimate]] = []
    for part in goal.parts:
        found = estimate_between(*_metric_of(case.arena.two(part.path, one, other), part.metric))
        if found is None:
            return None
        parts.append((part.weight, found))
    if len(parts) == 1 and parts[0][0] == 1:
        return parts[0][1]
    return WeightedDifference(parts=tuple(parts))


def _metric_of(two: tuple[Pairing, Replicates, Replicates], metric: str) -> tuple[Pairing, str, Replicates, Replicates]:
    return two[0], metric, two[1], two[2]


def _drawn(case: Case, first: int, second: int) -> DifferenceEstimate:
    """From the shared draws of what decides, and beside them what they do not show."""
    draws = case.drawn if case.question.weights is not None else case.draws[0]
    apart = draws[second] - draws[first]
    goal = case.goals[0]
    paths = dict.fromkeys(path for one in case.goals if not one.is_certain for path in one.paths)
    seen = BootstrapDifference(
        value=float(case.value[second] - case.value[first]),
        draws=apart[np.isfinite(apart)],
        units=min(case.arena.pairing(path).n_clusters for path in paths),
        width=math.inf if case.question.weights is not None else goal.high - goal.low,
        resamples=apart.size,
    )
    return WidenedDifference(seen=seen, beyond=lambda alpha, _: _unseen(case, second, first, alpha))


def _unseen(case: Case, winner: int, other: int, alpha: float) -> float | None:
    """How far what decides may differ beyond what draws show; None where nothing tells."""
    if case.question.weights is None:
        return beyond(case.arena, case.goals[0], other, winner, alpha)
    widths = np.fmax.reduce(case.values, axis=1) - np.fmin.reduce(case.values, axis=1)
    total = 0.0
    for goal, weight, width in zip(case.goals, case.question.weights, widths.tolist(), strict=True):
        if width > 0:
            found = beyond(case.arena, goal, other, winner, alpha)
            if found is None:
                return None
            total += weight / width * found
    return total


def sensitivity_of(case: Case, winner: int | None) -> Sensitivity | None:
    """For which weights the winner stays first; None without weights or winner."""
    if winner is None or case.table is None or case.question.weights is None:
        return None
    rows = np.flatnonzero(case.feasible)
    place = int(np.flatnonzero(rows == winner)[0])
    return sensitivity(case.table[:, rows], np.array(case.question.weights), place, case.arena.seed)


def optimism_of(case: Case, chance: Chances | None) -> tuple[float | None, float | None]:
    """Of the first objective, where it alone decides and has draws, over all models that could have been chosen."""
    goal = case.goals[0]
    if case.question.weights is not None or goal.is_certain or chance is None:
        return None, None
    rows = np.flatnonzero((chance.feasible > 0) & np.isfinite(case.values[0]))
    draws = case.draws[0][rows]
    draws = draws[:, np.isfinite(draws).all(axis=0)]
    if not rows.size or 2 * draws.shape[1] < case.draws[0].shape[1]:
        return None, None
    found = expected_optimism(draws, case.values[0][rows])
    return found.expected, found.if_equal
