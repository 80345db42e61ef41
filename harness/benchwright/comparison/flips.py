"""Items whose answer is right in one system and wrong in another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright import kinds
from benchwright.comparison.pairing import Pairing
from benchwright.types import Record


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
    is_correct = kinds.of(task).is_correct
    pairs = zip(columns.targets, columns.outputs, strict=True)
    found = [is_correct(target, output, task) for target, output in pairs]
    return None if None in found else np.array(found, dtype=np.bool_)


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
