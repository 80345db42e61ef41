"""A question and its answers in numbers: objectives, requirements kept, the order of the candidates."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.metrics.columns import Floats
from benchwright.selection.candidates import Candidates
from benchwright.selection.constraints import ConstraintResult
from benchwright.selection.evaluator import Measurement
from benchwright.selection.question import Question
from benchwright.stats.selection import scaled_objectives


@dataclass(frozen=True, kw_only=True, eq=False)
class Decision:
    """A question and its answers in numbers; rows are candidates, higher is better."""

    candidates: Candidates
    question: Question
    objectives: tuple[Measurement, ...]
    constraints: tuple[ConstraintResult, ...]
    values: Floats
    """Objectives (m, k)."""
    draws: tuple[Floats, ...]
    """Each (k, R) or (k, 1)."""
    criterion: Floats
    """What decides (k): the first objective, or the weighted sum."""
    criterion_draws: Floats
    """The same (k, R) or (k, 1)."""
    feasible: NDArray[np.bool_]
    scaled: Floats | None = None
    """Scaled objectives (m, k), where weights are given."""


def make_decision(
    candidates: Candidates,
    question: Question,
    objectives: tuple[Measurement, ...],
    constraints: tuple[ConstraintResult, ...],
) -> Decision:
    """Objectives of the candidates, what decides, and who keeps every requirement with every objective defined."""
    rows = slice(candidates.n_candidates)
    values = np.stack([objective.quantity.sign * objective.values[rows] for objective in objectives])
    draws = [objective.quantity.sign * objective.draws[rows] for objective in objectives]
    table = None
    criterion, criterion_draws = values[0], draws[0]
    if question.weights is not None:
        table, scaled_draws = scaled_objectives(values, draws)
        weights = np.array(question.weights)
        criterion = weights @ table
        criterion_draws = sum(
            (w * d for w, d in zip(weights, scaled_draws, strict=True)), np.zeros((len(criterion), 1))
        )
    kept = [one.kept[rows] for one in constraints]
    feasible = np.logical_and.reduce([np.isfinite(values).all(axis=0), *kept])
    return Decision(
        candidates=candidates,
        question=question,
        objectives=objectives,
        constraints=constraints,
        values=values,
        draws=tuple(draws),
        criterion=criterion,
        criterion_draws=criterion_draws,
        feasible=feasible,
        scaled=table,
    )


def unmeasured_in(decision: Decision) -> list[str]:
    """Objectives and rules on which the choice hangs although a cost behind them was not measured.

    An objective, where a model that keeps every rule has none: it might be the best. A rule, where no model is feasible and
    one might be. A model that is not known to keep a rule is never taken for one that does, and hinders nobody else.
    """
    rows = slice(decision.candidates.n_candidates)
    everyone = np.ones(decision.candidates.n_candidates, dtype=np.bool_)
    kept = np.logical_and.reduce([everyone, *(one.kept[rows] for one in decision.constraints)])
    open_ = [
        objective.name
        for objective in decision.objectives
        if objective.unknown and (kept & ~np.isfinite(objective.values[rows])).any()
    ]
    if open_ or decision.feasible.any():
        return open_
    possible = np.logical_and.reduce([everyone, *(one.kept[rows] | one.unknown[rows] for one in decision.constraints)])
    return [one.requirement.text for one in decision.constraints if (one.unknown[rows] & possible).any()]


def order_of(decision: Decision) -> list[int]:
    """Candidates: feasible ones first, best first; equal ones by the other objectives, then as they were given."""
    keys = [decision.criterion, *decision.values]
    ranks = [
        [-float(key[at]) if math.isfinite(key[at]) else math.inf for key in keys]
        for at in range(decision.criterion.size)
    ]
    return sorted(range(decision.criterion.size), key=lambda at: (not decision.feasible[at], *ranks[at]))


def level_with(decision: Decision, winner: int) -> tuple[str, ...]:
    """Feasible models with exactly the winner's value of what decides, itself included; empty where it is alone."""
    same = np.flatnonzero(
        decision.feasible & (np.abs(decision.criterion - decision.criterion[winner]) <= 1e-12)
    ).tolist()
    return tuple(decision.candidates.names[at] for at in same) if len(same) > 1 else ()
