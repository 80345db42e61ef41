"""Which items each of two models answers correctly, and those that only one of them does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright import kinds
from benchwright.coded import Coded
from benchwright.comparison.cases import passed_cases
from benchwright.comparison.pairing import PairedRecords
from benchwright.metrics.columns import Columns
from benchwright.types import Record


@dataclass(frozen=True, kw_only=True, slots=True)
class Flip:
    """An item that two models answer differently, one right and one wrong."""

    first: Record
    second: Record

    @property
    def id(self) -> str:
        """Id of the item."""
        return self.first.id


def rightness(pairing: PairedRecords, model: int) -> NDArray[np.bool_] | None:
    """Whether each item (n) is answered correctly; None for numbers and free text.

    A tagged sentence is correct if all tags are. Spans, and options chosen by text: exact match. Of a behavioural task: whether
    each case that is applicable to the model is passed; `judged_rows` says where these begin.
    """
    found: NDArray[np.bool_] | None = pairing.remember(("rightness", model), lambda: _rightness(pairing, model))
    return found


def _rightness(pairing: PairedRecords, model: int) -> NDArray[np.bool_] | None:
    task, columns = pairing.task, pairing.columns[model]
    if task.behaviour:
        return passed_cases(columns)[1]
    if kinds.of(task).is_correct is None:
        return None
    return columns.remember("rightness", lambda: _judged(columns))


def _judged(columns: Columns) -> NDArray[np.bool_] | None:
    is_correct = kinds.of(columns.task).is_correct
    assert is_correct is not None
    if isinstance(columns.targets, Coded) and isinstance(columns.outputs, Coded):
        return _judged_by_pair(columns, columns.targets, columns.outputs)
    pairs = zip(columns.targets, columns.outputs, strict=True)
    found = [is_correct(target, output, columns.task) for target, output in pairs]
    return None if None in found else np.array(found, dtype=np.bool_)


def _judged_by_pair(columns: Columns, targets: Coded, outputs: Coded) -> NDArray[np.bool_] | None:
    """A pair of target and output that occurs again is judged once."""
    is_correct = kinds.of(columns.task).is_correct
    assert is_correct is not None
    width = len(outputs.values)
    pairs, back = np.unique(targets.codes.astype(np.int64) * width + outputs.codes, return_inverse=True)
    found = [
        is_correct(targets.values[pair // width], outputs.values[pair % width], columns.task) for pair in pairs.tolist()
    ]
    return None if None in found else np.array(found, dtype=np.bool_)[back]


def judged_rows(pairing: PairedRecords, model: int) -> NDArray[np.intp]:
    """Position of each item that `rightness` judges; of a case, that of its first example."""
    return passed_cases(pairing.columns[model])[0] if pairing.task.behaviour else np.arange(pairing.n)


def find_flips(pairing: PairedRecords, first: int, second: int) -> tuple[tuple[Flip, ...], tuple[Flip, ...]]:
    """Items fixed (right only in the second) and broken (right only in the first), in dataset order; of a case its first example."""
    one, other = rightness(pairing, first), rightness(pairing, second)
    if one is None or other is None:
        return (), ()
    rows = judged_rows(pairing, first)

    def flips(chosen: NDArray[np.bool_]) -> tuple[Flip, ...]:
        return tuple(
            Flip(first=pairing.records[first][at], second=pairing.records[second][at]) for at in rows[chosen].tolist()
        )

    return flips(other & ~one), flips(one & ~other)


def count_flips(pairing: PairedRecords, first: int, second: int) -> tuple[int | None, int | None]:
    """Number of items that only the second, and that only the first, answers correctly; None if answers are not right or wrong."""
    one, other = rightness(pairing, first), rightness(pairing, second)
    if one is None or other is None:
        return None, None
    return int((other & ~one).sum()), int((one & ~other).sum())
