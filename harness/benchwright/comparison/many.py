"""Places of three or more systems: which ranks each may hold, for all at once (paired max-t over the shared draws)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchwright.comparison.difference import direction_of
from benchwright.comparison.pairing import Pairing
from benchwright.comparison.recipes import Seeds
from benchwright.comparison.result import Place
from benchwright.metrics.columns import Floats
from benchwright.stats.ranks import rank_sets


def places_of(pairing: Pairing, metric: str, sides: Sequence[Seeds], *, confidence: float) -> tuple[Place, ...]:
    """Places by a metric in the order of ``sides``; systems without a value have none. Empty for fewer than three.

    They are about these checkpoints on other items; of several seeds it is the mean.
    """
    if len(sides) < 3 or pairing.units < 2:
        return ()
    values, draws = side_draws(pairing, metric, sides)
    sign = 1.0 if direction_of(pairing, metric) == "higher" else -1.0
    return rank([side.label for side in sides], sign * values, sign * draws, sign=sign, confidence=confidence)


def side_draws(pairing: Pairing, metric: str, sides: Sequence[Seeds]) -> tuple[Floats, Floats]:
    """Values (sides) and bootstrap values (sides, resamples) of a metric, means over the seeds of each side."""
    values = np.array([np.mean([pairing.value(at, metric) for at in side.systems]) for side in sides])
    drawn = pairing.draws(metric)
    return values, np.stack([drawn[list(side.systems)].mean(axis=0) for side in sides])


def rank(
    labels: Sequence[str], values: Floats, draws: Floats, *, confidence: float, sign: float = 1.0
) -> tuple[Place, ...]:
    """Places from values and draws of which higher is better; ``sign`` turns values back into what readers see."""
    known = np.isfinite(values)
    values, draws = values[known], draws[known]
    labels = [label for label, there in zip(labels, known.tolist(), strict=True) if there]
    kept = np.isfinite(draws).all(axis=0)
    if len(labels) < 3 or 2 * int(kept.sum()) < kept.size:
        return ()
    found = rank_sets(values, draws[:, kept], alpha=1 - confidence)
    rows = zip(labels, values.tolist(), found.low.tolist(), found.high.tolist(), strict=True)
    return tuple(Place(system=label, value=sign * value, low=low, high=high) for label, value, low, high in rows)
