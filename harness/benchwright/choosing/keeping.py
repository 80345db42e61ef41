"""What candidates keep of a parent's quality, and what they save beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from benchwright.choosing.field import Field
from benchwright.choosing.measured import Measured
from benchwright.choosing.measuring import Gauge
from benchwright.choosing.outcome import Kept, Saved
from benchwright.choosing.rules import SELF, Quantity
from benchwright.choosing.unseen import shared_of
from benchwright.stats.retention import retained_fraction


def kept_of(arena: Field, goal: Measured, quantity: Quantity, gauge: Gauge, *, alpha: float = 0.05) -> Iterable[Kept]:
    """Shares of the parent's objective that candidates keep: over all tasks, then task by task where there are several."""
    parent = arena.parent
    assert parent is not None
    parts = [goal]
    if len(goal.paths) > 1:
        metric = quantity.name if all(quantity.name in arena.tasks[path].metrics for path in goal.paths) else "score"
        parts += [gauge.measure(Quantity(name=metric, task=path, text=path)) for path in goal.paths]
    for part in parts:
        for number in range(arena.candidates):
            if number != parent:
                yield _kept(arena, part, parent, number, alpha=alpha)


def _kept(arena: Field, part: Measured, parent: int, number: int, *, alpha: float) -> Kept:
    values = (float(part.values[parent]), float(part.values[number]))
    told = {
        "model": arena.names[number],
        "what": part.text,
        "parent": _known(values[0]),
        "candidate": _known(values[1]),
        "value_unit": part.unit,
    }
    if not part.higher:
        return Kept(**told, share=None, flags=("lower values are better: a kept share means nothing",))  # type: ignore[arg-type]
    found = retained_fraction(shared_of(arena, part, parent, number), alpha)
    return Kept(**told, share=found.value, low=found.low, high=found.high, flags=found.flags)  # type: ignore[arg-type]


def saved_of(arena: Field, gauge: Gauge) -> Iterable[Saved]:
    """Size, weights and seconds of candidates beside the parent's."""
    assert arena.parent is not None
    for what in SELF[:2]:
        found = gauge.measure(Quantity(name=what, text=what))
        before = float(found.values[arena.parent])
        for number in range(arena.candidates):
            if number != arena.parent:
                now = float(found.values[number])
                share = now / before if before > 0 and np.isfinite(now) else None
                yield Saved(
                    model=arena.names[number], what=what, parent=_known(before), candidate=_known(now), share=share
                )


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
