"""The fraction of a parent's quality that candidates retain, and the ratios of their sizes to the parent's."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from benchwright.comparison.estimate import changes_of, count_changed, value_bounds
from benchwright.comparison.systems import System
from benchwright.items import Changes
from benchwright.quantities import SIZES
from benchwright.selection.candidates import Candidates
from benchwright.selection.evaluator import Evaluator
from benchwright.selection.measurement import Measurement, TaskMeasurement
from benchwright.selection.question import QuantityRef
from benchwright.selection.resamples import FEWEST_ITEMS
from benchwright.selection.result import LATENCY, Retained, SizeRatio
from benchwright.stats.retention import RetentionData, retained_fraction


def retention_data(candidates: Candidates, found: Measurement, first: int, second: int) -> RetentionData:
    """Values and draws of a quantity for two candidates, by task if it is a mean over tasks."""
    parts = tuple((part.weight, _of_task(candidates, part, first, second)) for part in found.parts)
    if len(parts) == 1 and parts[0][0] == 1:
        return parts[0][1]
    units = min(candidates.pairing(path).n_clusters for path in found.paths)
    return RetentionData(
        parent=float(found.values[first]),
        candidate=float(found.values[second]),
        parent_draws=found.draws[first],
        candidate_draws=found.draws[second],
        units=units if parts else min(units, FEWEST_ITEMS),  # the worst slice: no fewer items than that
        width=found.quantity.width,
        changed=changed_between(candidates, found.paths, first, second),
        counted=_counted(candidates, found.paths, first, second),
        parts=parts,
    )


def changed_between(candidates: Candidates, paths: tuple[str, ...], first: int, second: int) -> int:
    """Number of units, over all tasks, that two candidates answer differently; the first seed stands for several."""
    one, other = (candidates.rows_of(number).start for number in (first, second))
    return sum(count_changed(candidates.pairing(path), one, other, "score") for path in paths)


def _counted(candidates: Candidates, paths: tuple[str, ...], first: int, second: int) -> Changes:
    one, other = (candidates.rows_of(number).start for number in (first, second))
    return (
        "clusters"
        if any(changes_of(candidates.pairing(path), one, other, "score") == "clusters" for path in paths)
        else "answers"
    )


def _of_task(candidates: Candidates, part: TaskMeasurement, first: int, second: int) -> RetentionData:
    pairing = candidates.pairing(part.path)
    return RetentionData(
        parent=float(part.values[first]),
        candidate=float(part.values[second]),
        parent_draws=part.draws[first],
        candidate_draws=part.draws[second],
        units=pairing.n_clusters,
        width=part.width,
        changed=changed_between(candidates, (part.path,), first, second),
        counted=_counted(candidates, (part.path,), first, second),
        parent_ends=value_bounds(pairing, candidates.rows_of(first), part.metric),
        candidate_ends=value_bounds(pairing, candidates.rows_of(second), part.metric),
        name=part.path,
    )


def retained_of(
    candidates: Candidates, objective: Measurement, quantity: QuantityRef, evaluator: Evaluator, *, alpha: float = 0.05
) -> Iterable[Retained]:
    """Fractions of the parent's objective that candidates retain: over all tasks, then by task if there are several."""
    parent = candidates.parent
    assert parent is not None
    parts = [objective]
    if len(objective.paths) > 1:
        metric = (
            quantity.name
            if all(quantity.name in candidates.tasks[path].metrics for path in objective.paths)
            else "score"
        )
        parts += [evaluator.measure(QuantityRef(name=metric, task=path, text=path)) for path in objective.paths]
    for part in parts:
        for number in range(candidates.n_candidates):
            if number != parent:
                yield _retained(candidates, part, parent, number, alpha=alpha)


def _retained(candidates: Candidates, part: Measurement, parent: int, number: int, *, alpha: float) -> Retained:
    values = (float(part.values[parent]), float(part.values[number]))
    told = {
        "model": candidates.names[number],
        "what": part.name,
        "parent": _known(values[0]),
        "candidate": _known(values[1]),
        "value_unit": part.quantity.unit,
    }
    if not part.higher:
        return Retained(**told, share=None, flags=("lower values are better: a kept share means nothing",))  # type: ignore[arg-type]
    found = retained_fraction(retention_data(candidates, part, parent, number), alpha)
    return Retained(**told, share=found.value, low=found.low, high=found.high, flags=found.flags)  # type: ignore[arg-type]


def size_ratios_of(candidates: Candidates, evaluator: Evaluator) -> Iterable[SizeRatio]:
    """Ratios of size and weights of candidates to the parent's; of latency where both took turns in one session."""
    assert candidates.parent is not None
    parent = candidates.systems[candidates.parent]
    for number in range(candidates.n_candidates):
        share = None if number == candidates.parent else _latency_ratio(candidates.systems[number], parent)
        if share is not None:
            name = candidates.names[number]
            yield SizeRatio(model=name, what=LATENCY, parent=None, candidate=None, share=share)
    for what in SIZES:
        found = evaluator.measure(QuantityRef(name=what, text=what))
        before = float(found.values[candidates.parent])
        for number in range(candidates.n_candidates):
            if number != candidates.parent:
                now = float(found.values[number])
                share = now / before if before > 0 and np.isfinite(now) else None
                yield SizeRatio(
                    model=candidates.names[number], what=what, parent=_known(before), candidate=_known(now), share=share
                )


def _latency_ratio(system: System, parent: System) -> float | None:
    """Median latency over that of the parent, from blocks in turn; None where they took none, or the machine was too noisy."""
    if system.run.name != parent.run.name:
        return None
    known = (ratio for profile in system.run.profiles for ratio in profile.ratios)
    pair = ("+".join(system.models), "+".join(parent.models))
    found = next((one for one in known if (one.model, one.against) == pair), None)
    return None if found is None or found.noisy else found.value


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
