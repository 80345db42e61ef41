"""What candidates keep of a parent's quality, and how their sizes compare with the parent's."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from benchwright.selection.candidates import Candidates
from benchwright.selection.evaluator import Evaluator, Measurement
from benchwright.selection.question import SELF, QuantityRef
from benchwright.selection.result import Retained, SizeRatio
from benchwright.selection.uncertainty import retention_data
from benchwright.stats.retention import retained_fraction


def retained_of(
    candidates: Candidates, objective: Measurement, quantity: QuantityRef, evaluator: Evaluator, *, alpha: float = 0.05
) -> Iterable[Retained]:
    """Shares of the parent's objective that candidates keep: over all tasks, then task by task where there are several."""
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
    """Size, weights and seconds of candidates beside the parent's."""
    assert candidates.parent is not None
    for what in SELF[:2]:
        found = evaluator.measure(QuantityRef(name=what, text=what))
        before = float(found.values[candidates.parent])
        for number in range(candidates.n_candidates):
            if number != candidates.parent:
                now = float(found.values[number])
                share = now / before if before > 0 and np.isfinite(now) else None
                yield SizeRatio(
                    model=candidates.names[number], what=what, parent=_known(before), candidate=_known(now), share=share
                )


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
