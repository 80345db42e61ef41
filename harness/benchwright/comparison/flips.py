"""Items whose answer is right in one system and wrong in another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright import registry
from benchwright.comparison.pairing import Pairing
from benchwright.metrics.columns import Metric
from benchwright.types import Kind, Record


@dataclass(frozen=True, kw_only=True, slots=True)
class Flip:
    """An item that two systems answer differently, one right and one wrong."""

    first: Record
    second: Record

    @property
    def id(self) -> str:
        """Id of the item."""
        return self.first.id


def rightness(pairing: Pairing, system: int) -> NDArray[np.bool_] | None:
    """Whether each item (n) is answered right; None for numbers and free text, where right means nothing.

    Tags: all of a sentence's. Spans, and options chosen by their text: exact match.
    """
    found: NDArray[np.bool_] | None = pairing.remember(("rightness", system), lambda: _rightness(pairing, system))
    return found


def _rightness(pairing: Pairing, system: int) -> NDArray[np.bool_] | None:
    task, columns = pairing.task, pairing.columns[system]
    if task.kind in (Kind.REGRESS, Kind.EMBED, Kind.GENERATE, Kind.FILL, Kind.SCORE):
        return None
    name = "exact_match" if task.kind is Kind.SPAN or task.by_text else None
    if name is None:
        if task.kind is Kind.TAG or task.multilabel:
            pairs = zip(columns.targets, columns.outputs, strict=True)
            return np.fromiter((set(a) == set(b) if task.multilabel else a == b for a, b in pairs), bool, columns.n)
        return np.fromiter((a == b for a, b in zip(columns.targets, columns.outputs, strict=True)), bool, columns.n)
    metric: Metric = registry.get("metrics", name)
    assert metric.share is not None
    assert metric.basis is not None
    rows = columns.rows(metric.basis)
    hits, _ = metric.share(rows.values, task)
    found: NDArray[np.bool_] = np.asarray(hits)[rows.codes] > 0
    return found


def find_flips(pairing: Pairing, first: int, second: int) -> tuple[tuple[Flip, ...], tuple[Flip, ...]]:
    """Items fixed (right only in the second) and broken (right only in the first), in dataset order."""
    one, other = rightness(pairing, first), rightness(pairing, second)
    if one is None or other is None:
        return (), ()

    def flips(chosen: NDArray[np.bool_]) -> tuple[Flip, ...]:
        return tuple(
            Flip(first=pairing.records[first][at], second=pairing.records[second][at])
            for at in np.flatnonzero(chosen).tolist()
        )

    return flips(other & ~one), flips(one & ~other)
