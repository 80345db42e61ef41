"""Uncertainty of a decision: probabilities over resamples, ties with the winner, selection bias, sensitivity to weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.comparison.difference import way_of
from benchwright.comparison.estimate import estimate_system_difference
from benchwright.comparison.pairwise import adjusted, every_pair, find_pair
from benchwright.metrics.columns import Floats
from benchwright.selection.candidates import Candidates
from benchwright.selection.decision import Decision
from benchwright.selection.measurement import Measurement
from benchwright.selection.retention import retention_data
from benchwright.stats.bootstrap_difference import MANY_UNITS, BootstrapDifference, WidenedDifference
from benchwright.stats.difference import DifferenceEstimate, WeightedDifference, add_in_quadrature
from benchwright.stats.retention import RetentionData
from benchwright.stats.selection import (
    SelectionProbabilities,
    Sensitivity,
    expected_optimism,
    selection_probabilities,
    sensitivity,
)

_TINY = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class Ties:
    """Models not significantly different from the winner; arrays over models (k), NaN if undefined.

    Attributes:
        behind: Distance behind the winner.
        low: Lower end of its interval, for the pair alone.
        high: Upper end.
        p: Two-sided p of no difference, Holm-adjusted over all pairs of models.
        tied: Whether the interval holds 0 or p is above the level: not shown to be worse.
        pairs: Number of pairs that p is adjusted for.
    """

    behind: Floats
    low: Floats
    high: Floats
    p: Floats
    tied: NDArray[np.bool_]
    pairs: int = 0


def exact_ties(values: Floats, winner: int) -> Ties:
    """Ties of an objective without sampling error, as a size: only equal models are tied."""
    behind = values[winner] - values
    nothing = np.full(values.size, np.nan)
    return Ties(behind=behind, low=behind, high=behind, p=nothing, tied=np.abs(behind) <= _TINY)


def untold_ties(values: Floats, winner: int) -> Ties:
    """Of an objective that was measured one model after another: how far behind, and no p, for no interval holds the time between."""
    exact, nothing = exact_ties(values, winner), np.full(values.size, np.nan)
    return Ties(behind=exact.behind, low=nothing, high=nothing, p=nothing, tied=exact.tied)


def ties(
    names: Sequence[str], winner: int, estimate: Callable[[int, int], DifferenceEstimate | None], *, alpha: float = 0.05
) -> Ties:
    """Ties with the winner; ``estimate`` gives the difference of two positions, second minus first, higher is better."""
    (pairs,) = adjusted([every_pair("", names, estimate)])
    rows = [_row(winner, other, estimate, alpha) for other in range(len(names))]
    found = [find_pair(pairs, "", names[winner], name) for name in names]
    p = [math.nan if one is None or one.p_adjusted is None else one.p_adjusted for one in found]
    behind, low, high = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    is_apart = [
        ahead > _TINY and way_of(lower, upper, value, level=alpha) > 0
        for ahead, lower, upper, value in zip(behind, low, high, p, strict=True)
    ]
    return Ties(
        behind=behind,
        low=low,
        high=high,
        p=np.array(p),
        tied=~np.array(is_apart, dtype=np.bool_),
        pairs=sum(pair.p is not None for pair in pairs),
    )


def _row(
    winner: int, other: int, estimate: Callable[[int, int], DifferenceEstimate | None], alpha: float
) -> tuple[float, float, float]:
    if winner == other:
        return 0.0, 0.0, 0.0
    found = estimate(other, winner)
    if found is None:
        return math.nan, math.nan, math.nan
    low, high = (found.bound(alpha / 2, side) for side in ("lower", "upper"))
    return found.value, math.nan if low is None else low, math.nan if high is None else high


def rare_difference_margin(
    candidates: Candidates, found: Measurement, first: int, second: int, alpha: float
) -> float | None:
    """Margin for differences too rare for the bootstrap, to be added in quadrature; None if there is no estimate."""
    if found.is_certain or found.is_raw:
        return 0.0
    shared = retention_data(candidates, found, first, second)
    pieces = shared.parts or ((1.0, shared),)
    return add_in_quadrature((weight, _larger_margin(one, alpha)) for weight, one in pieces)


def _larger_margin(one: RetentionData, alpha: float) -> float | None:
    """The larger of the margins of second - first with either candidate."""
    reaches = [one.beyond(1.0, alpha, side) for side in ("lower", "upper")]
    return None if None in reaches else max(reach for reach in reaches if reach is not None)


def probabilities_of(decision: Decision) -> SelectionProbabilities | None:
    """Probabilities over resamples; None if a task has a single unit, since all its resamples are equal."""
    if any(decision.candidates.pairing(path).n_clusters < 2 for path in decision.candidates.measured):
        return None
    kept = [one.kept_draws[: decision.candidates.n_candidates] for one in decision.constraints]
    feasible: NDArray[np.bool_] = np.asarray(np.isfinite(decision.values).all(axis=0, keepdims=True)).T
    for one in kept:
        feasible = feasible & one
    count = max(drawn.shape[1] for drawn in (*decision.draws, decision.criterion_draws, feasible))
    objectives = np.stack([np.broadcast_to(drawn, (len(decision.criterion), count)) for drawn in decision.draws])
    return selection_probabilities(feasible, decision.criterion_draws, objectives)


def ties_of(decision: Decision, winner: int) -> tuple[list[int], Ties]:
    """Ties of the feasible candidates with the winner."""
    rows = np.flatnonzero(decision.feasible).tolist()
    if decision.question.weights is None and decision.objectives[0].is_raw:
        return rows, untold_ties(decision.criterion[rows], rows.index(winner))
    if (decision.criterion_draws if decision.question.weights is not None else decision.draws[0]).shape[1] == 1:
        return rows, exact_ties(decision.criterion[rows], rows.index(winner))
    names = [decision.candidates.names[at] for at in rows]
    known: dict[tuple[int, int], DifferenceEstimate | None] = {}

    def estimate(first: int, second: int) -> DifferenceEstimate | None:
        if (first, second) not in known:
            known[first, second] = _improvement(decision, rows[first], rows[second])
        return known[first, second]

    return rows, ties(names, rows.index(winner), estimate)


def _improvement(decision: Decision, first: int, second: int) -> DifferenceEstimate | None:
    """The deciding value, second minus first, positive is better: with the estimator of `compare` for a mean of tasks, else by bootstrap."""
    objective = decision.objectives[0]
    if decision.question.weights is not None or not objective.is_quality or not objective.parts:
        return _bootstrap_improvement(decision, first, second)
    one, other = (first, second) if objective.higher else (second, first)
    parts: list[tuple[float, DifferenceEstimate]] = []
    for part in objective.parts:
        pairing, *replicates = decision.candidates.pair(part.path, one, other)
        found = estimate_system_difference(pairing, part.metric, *replicates)
        if found is None:
            return None
        parts.append((part.weight, found))
    if len(parts) == 1 and parts[0][0] == 1:
        return parts[0][1]
    return WeightedDifference(parts=tuple(parts))


def _bootstrap_improvement(decision: Decision, first: int, second: int) -> DifferenceEstimate:
    """From the shared bootstrap draws of the deciding value, with the margin for rare differences."""
    draws = decision.criterion_draws if decision.question.weights is not None else decision.draws[0]
    apart = draws[second] - draws[first]
    objective = decision.objectives[0]
    paths = dict.fromkeys(path for one in decision.objectives if not one.is_certain for path in one.paths)
    units = [decision.candidates.pairing(path).n_clusters for path in paths]
    seen = BootstrapDifference(
        value=float(decision.criterion[second] - decision.criterion[first]),
        draws=apart[np.isfinite(apart)],
        units=min(units, default=MANY_UNITS),
        width=math.inf if decision.question.weights is not None else objective.quantity.width,
        resamples=apart.size,
    )
    return WidenedDifference(seen=seen, beyond=lambda alpha, _: _rare_margin(decision, second, first, alpha))


def _rare_margin(decision: Decision, winner: int, other: int, alpha: float) -> float | None:
    """Margin of the deciding value for differences too rare for the bootstrap; None if there is no estimate."""
    if decision.question.weights is None:
        return rare_difference_margin(decision.candidates, decision.objectives[0], other, winner, alpha)
    widths = np.fmax.reduce(decision.values, axis=1) - np.fmin.reduce(decision.values, axis=1)
    total = 0.0
    for objective, weight, width in zip(decision.objectives, decision.question.weights, widths.tolist(), strict=True):
        if width > 0:
            found = rare_difference_margin(decision.candidates, objective, other, winner, alpha)
            if found is None:
                return None
            total += weight / width * found
    return total


def sensitivity_of(decision: Decision, winner: int | None) -> Sensitivity | None:
    """Sensitivity: the weights for which the winner stays first; None without weights or winner."""
    if winner is None or decision.scaled is None or decision.question.weights is None:
        return None
    rows = np.flatnonzero(decision.feasible)
    place = int(np.flatnonzero(rows == winner)[0])
    return sensitivity(decision.scaled[:, rows], np.array(decision.question.weights), place, decision.candidates.seed)


def optimism_of(decision: Decision, probabilities: SelectionProbabilities | None) -> tuple[float | None, float | None]:
    """Selection bias (optimism) of the first objective over all feasible models, if it alone decides and has draws."""
    objective = decision.objectives[0]
    if decision.question.weights is not None or objective.is_certain or objective.is_raw or probabilities is None:
        return None, None
    rows = np.flatnonzero((probabilities.feasible > 0) & np.isfinite(decision.values[0]))
    draws = decision.draws[0][rows]
    draws = draws[:, np.isfinite(draws).all(axis=0)]
    if not rows.size or 2 * draws.shape[1] < decision.draws[0].shape[1]:
        return None, None
    found = expected_optimism(draws, decision.values[0][rows])
    return found.expected, found.if_equal
