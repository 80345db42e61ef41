"""Asks an open session about variants of an item, each distinct one once, and counts what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchwright.errors import BenchwrightError
from benchwright.explanations.targets import score
from benchwright.explanations.variants import variant
from benchwright.types import Example, QueryCount, Session, Target, Task, Word

Floats = NDArray[np.float64]


class Ask(Protocol):
    """What a method is given of a model."""

    def __call__(self, kept: NDArray[np.bool_]) -> Floats:
        """The numbers of all targets, variants x targets, of variants that keep these words, variants x words."""


class ItemAsker:
    """The `Ask` of one item; ``count`` is what was asked so far."""

    def __init__(
        self,
        session: Session,
        task: Task,
        example: Example,
        words: Sequence[Word],
        targets: Sequence[Target],
        *,
        mask: str | None,
    ) -> None:
        self._session, self._task, self._example, self._words = session, task, example, tuple(words)
        self._targets, self._mask = tuple(targets), mask
        self._known: dict[bytes, tuple[float, ...]] = {}
        self._asked = 0

    @property
    def count(self) -> QueryCount:
        """Variants asked for, and those that the model computed."""
        return QueryCount(asked=self._asked, computed=len(self._known), passes=0)

    def __call__(self, kept: NDArray[np.bool_]) -> Floats:
        """As `Ask`. Raises BenchwrightError where the model has no answer to a variant."""
        rows = np.ascontiguousarray(kept, dtype=np.bool_)
        self._asked += len(rows)
        keys = [row.tobytes() for row in rows]
        new = {key: row for key, row in zip(keys, rows, strict=True) if key not in self._known}
        examples = [variant(self._example, self._words, row, mask=self._mask) for row in new.values()]
        if examples:
            for key, prediction in zip(new, self._session.predict(examples), strict=True):
                if prediction.error:
                    raise BenchwrightError(f"{self._example.id}: no answer to a variant: {prediction.error}")
                self._known[key] = tuple(score(self._task, target, prediction) for target in self._targets)
        return np.array([self._known[key] for key in keys], dtype=np.float64).reshape(len(rows), len(self._targets))
