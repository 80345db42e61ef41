"""The decision problem in numbers: objectives, feasibility, the order of the candidates."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.metrics.columns import Floats
from benchwright.selection.candidates import Candidates
from benchwright.selection.constraints import ConstraintResult
from benchwright.selection.measurement import Measurement
from benchwright.selection.question import Question
from benchwright.stats.selection import scaled_objectives


@dataclass(frozen=True, kw_only=True, eq=False)
class Decision:
    """The decision problem in numbers; rows are candidates, higher is better."""

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
    """Objectives of the candidates, the deciding value, and feasibility: all requirements satisfied, all objectives defined."""
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
    """Objectives and requirements that can change the choice but depend on a cost that was not measured.

    An objective, if a feasible model lacks it: it might be the best. A requirement, if no model is feasible and one might be. A
    model that is not known to satisfy a requirement is infeasible, and does not affect other models.
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
    """Candidates: feasible ones first, best first; ties by the other objectives, then in the given order."""
    keys = [decision.criterion, *decision.values]
    ranks = [
        [-float(key[at]) if math.isfinite(key[at]) else math.inf for key in keys]
        for at in range(decision.criterion.size)
    ]
    return sorted(range(decision.criterion.size), key=lambda at: (not decision.feasible[at], *ranks[at]))


def tied_with(decision: Decision, winner: int) -> tuple[str, ...]:
    """Feasible models with exactly the winner's deciding value, itself included; empty if it is the only one."""
    same = np.flatnonzero(
        decision.feasible & (np.abs(decision.criterion - decision.criterion[winner]) <= 1e-12)
    ).tolist()
    return tuple(decision.candidates.names[at] for at in same) if len(same) > 1 else ()
