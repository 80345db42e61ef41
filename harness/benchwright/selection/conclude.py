"""From a decision to the result of a selection: results of all candidates, objectives, quality retained of a parent, notes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from benchwright.comparison.systems import alarms_of, count_attempts
from benchwright.items import count, noun
from benchwright.quantities import positive_of
from benchwright.selection.constraints import undefined_reason
from benchwright.selection.decision import Decision, order_of, tied_with
from benchwright.selection.evaluator import Evaluator
from benchwright.selection.result import (
    SCHEMA,
    CandidateResult,
    Objective,
    SelectionData,
    Unranked,
)
from benchwright.selection.retention import retained_of, size_ratios_of
from benchwright.selection.text import to_html, to_text
from benchwright.selection.uncertainty import (
    Ties,
    optimism_of,
    probabilities_of,
    sensitivity_of,
    ties_of,
)
from benchwright.stats.selection import SelectionProbabilities, Sensitivity, knee, non_dominated

_FEW_UNITS = 30


class Selection(SelectionData, frozen=True, kw_only=True):
    """The result of a selection (`SelectionData`), with its text, HTML and data frame."""

    def to_pandas(self) -> Any:
        """A DataFrame with one row per ranked candidate, in order; each quantity as typed is a column."""
        from benchwright.results import to_frame

        rows = []
        for one in self.candidates:
            row = msgspec.to_builtins(one)
            values = row.pop("values")
            told = "; ".join(found.sentence for found in self.alarms if found.system == one.model)
            reasons = "; ".join(one.reasons)
            rows.append({"model": row.pop("model"), **values, **row, "reasons": reasons, "alarms": told})
        return to_frame(rows)

    def __str__(self) -> str:
        """The choice and the table of candidates, as text."""
        return to_text(self)

    def _repr_html_(self) -> str:
        """The same for a notebook."""
        return to_html(self)


def conclude(decision: Decision, evaluator: Evaluator) -> Selection:
    """The result of a selection, with the candidates in order, alarms and notes."""
    candidates = decision.candidates
    order = order_of(decision)
    winner = order[0] if decision.feasible.any() else None
    probabilities = probabilities_of(decision)
    tie = None if winner is None else ties_of(decision, winner)
    safe = sensitivity_of(decision, winner)
    optimism, if_equal = (None, None) if winner is None else optimism_of(decision, probabilities)
    results = _results(decision, order, probabilities, tie)
    paths = tuple(candidates.tasks)
    first = decision.objectives[0]
    return Selection(
        schema=SCHEMA,
        verdict="none feasible" if winner is None else "chosen",
        winner=None if winner is None else candidates.names[winner],
        equal=() if winner is None else tied_with(decision, winner),
        objectives=tuple(_objective(decision, number, safe) for number in range(len(decision.objectives))),
        rules=tuple(one.text for one in decision.question.requirements),
        candidates=results,
        unranked=tuple(Unranked(model=name, reason=why) for name, why in candidates.incomplete.items()),
        parent="" if candidates.parent is None else candidates.names[candidates.parent],
        retained=()
        if candidates.parent is None or not first.paths
        else tuple(retained_of(candidates, first, decision.question.objectives[0][0], evaluator)),
        size_ratios=() if candidates.parent is None else tuple(size_ratios_of(candidates, evaluator)),
        weight_share=None if safe is None else safe.share,
        attempts=count_attempts(candidates.systems, paths),
        optimism=optimism,
        optimism_if_equal=if_equal,
        paths=paths,
        family=0 if tie is None else tie[1].pairs,
        n={path: candidates.pairing(path).n for path in decision.candidates.measured},
        clusters={path: candidates.pairing(path).n_clusters for path in decision.candidates.measured},
        resamples=candidates.resamples,
        seed=candidates.seed,
        alarms=alarms_of(candidates.systems, {path: evaluator.needs.metrics.get(path, ()) for path in paths}),
        flags=tuple(_flags(decision, evaluator)),
    )


def _results(
    decision: Decision,
    order: Sequence[int],
    probabilities: SelectionProbabilities | None,
    tie: tuple[list[int], Ties] | None,
) -> tuple[CandidateResult, ...]:
    front = np.zeros(decision.criterion.size, dtype=np.bool_)
    rows = np.flatnonzero(decision.feasible)
    bend = None
    if rows.size:
        front[rows] = non_dominated(decision.values[:, rows].T)
        on_front = np.flatnonzero(front)
        at = knee(decision.values[:, on_front])
        bend = None if at is None else int(on_front[at])
    return tuple(_result(decision, at, probabilities, tie, front=bool(front[at]), is_knee=at == bend) for at in order)


def _result(
    decision: Decision,
    at: int,
    probabilities: SelectionProbabilities | None,
    tie: tuple[list[int], Ties] | None,
    *,
    front: bool,
    is_knee: bool,
) -> CandidateResult:
    values = {objective.name: known(objective.values[at]) for objective in decision.objectives}
    undefined = [
        undefined_reason(objective, at) for objective in decision.objectives if not math.isfinite(objective.values[at])
    ]
    found = CandidateResult(
        model=decision.candidates.names[at],
        values=values,
        feasible=bool(decision.feasible[at]),
        reasons=tuple(
            dict.fromkeys([*undefined, *(one.reasons[at] for one in decision.constraints if one.reasons[at])])
        ),
        front=front,
        knee=is_knee,
        utility=None if decision.scaled is None else known(decision.criterion[at]),
    )
    if probabilities is not None:
        found = msgspec.structs.replace(
            found,
            p_feasible=float(probabilities.feasible[at]),
            p_front=float(probabilities.front[at]),
            p_best=float(probabilities.best[at]),
            p_best_if_feasible=known(probabilities.best_if_feasible[at]),
        )
    if tie is None or at not in tie[0]:
        return found
    row, ends = tie[0].index(at), tie[1]
    return msgspec.structs.replace(
        found,
        behind=known(ends.behind[row]),
        low=known(ends.low[row]),
        high=known(ends.high[row]),
        p_adjusted=known(ends.p[row]),
        tied=bool(ends.tied[row]),
    )


def _objective(decision: Decision, number: int, safe: Sensitivity | None) -> Objective:
    found = decision.objectives[number]
    low, high = (None, None) if safe is None else safe.ranges[number]
    return Objective(
        text=found.name,
        direction="maximize" if found.higher else "minimize",
        value_unit=found.quantity.unit,
        weight=None if decision.question.weights is None else decision.question.weights[number],
        weight_low=low,
        weight_high=high,
        paths=found.paths,
    )


def _flags(decision: Decision, evaluator: Evaluator) -> list[str]:
    candidates, found = decision.candidates, list[str]()
    for objective in decision.objectives:
        found += objective.flags
    for path, metrics in evaluator.needs.metrics.items():
        labels = {name: positive_of(name, candidates.tasks[path]) for name in metrics}
        found += [f"{path}: {name} is that of {label!r}" for name, label in labels.items() if label is not None]
    for path in candidates.measured:
        pairing = candidates.pairing(path)
        found += [f"{path}: {flag}" for flag in pairing.flags]
        found += [
            f"{path}: {count(silent, noun(pairing.task))} without an answer by {name} count as wrong"
            for name, silent in candidates.count_unanswered(path).items()
        ]
        if pairing.n_clusters < 2:
            found.append(f"{path}: one independent unit, nothing tells how sure this is")
        elif pairing.n_clusters < _FEW_UNITS:
            found.append(f"{path}: only {pairing.n_clusters} independent units")
        limit = candidates.systems[0].store.read_cell(str(pairing.cells[0].key)).key.limit
        if limit is not None:
            found.append(f"{path}: first {limit:,} rows only: not a benchmark score")
    found += [
        f"{system.label} and {', '.join(system.also)} are one model, counted once"
        for system in candidates.systems
        if system.also
    ]
    found += [
        f"{system.label}: mean of {len(system.models)} seeds" for system in candidates.systems if system.has_replicates
    ]
    for drawn in decision.draws:
        lost = int((~np.isfinite(drawn)).any(axis=0).sum()) if drawn.shape[1] > 1 else 0
        if lost and np.isfinite(decision.values).all():
            found.append(
                f"{lost:,} of {candidates.resamples:,} resamples leave an objective undefined: nobody is best in them for it"
            )
    return list(dict.fromkeys(found))


def invalidated(found: Selection) -> Selection:
    """The result without a choice, if a requirement cannot be evaluated: "feasible" would mean less than requested."""
    results = tuple(
        msgspec.structs.replace(
            one, feasible=False, front=False, tied=False, knee=False, behind=None, low=None, high=None, p_adjusted=None,
            p_feasible=None, p_front=None, p_best=None, p_best_if_feasible=None,
            reasons=(
                *one.reasons,
                *(f"not measured: {text}" for text in found.unmeasured if not any(text.split(" ")[0] in why for why in one.reasons)),
            ),
        )
        for one in found.candidates
    )  # fmt: skip
    return msgspec.structs.replace(
        found, verdict="invalid", winner=None, equal=(), candidates=results, optimism=None, optimism_if_equal=None
    )


def known(value: float) -> float | None:
    """The value, or None for one that is undefined."""
    return float(value) if math.isfinite(value) else None
