"""Asks an open session about variants of an item, each distinct one once, and counts what that costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchwright.errors import BenchwrightError
from benchwright.explanations.numbers import Numbers, Question
from benchwright.explanations.targets import Asked
from benchwright.explanations.variants import moved_targets, variant
from benchwright.types import Example, QueryCount, Task, Word

Floats = NDArray[np.float64]


class Ask(Protocol):
    """What a method is given of a model."""

    def __call__(self, kept: NDArray[np.bool_]) -> Floats:
        """The numbers of all targets, variants x targets, of variants that keep these words, variants x words."""


class ItemAsker:
    """The `Ask` of one item; ``count`` is what was asked so far."""

    def __init__(
        self,
        numbers: Callable[[Sequence[Question]], Sequence[Numbers]],
        task: Task,
        example: Example,
        words: Sequence[Word],
        asked: Asked,
        *,
        mask: str | None,
    ) -> None:
        self._numbers, self._task, self._example, self._words = numbers, task, example, tuple(words)
        self._asked_for, self._mask = asked, mask
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
        found = self._numbers([self._question(row) for row in new.values()]) if new else []
        for key, numbers in zip(new, found, strict=True):
            if isinstance(numbers, str):
                raise BenchwrightError(f"{self._example.id}: no answer to a variant: {numbers}")
            self._known[key] = numbers
        shape = len(rows), len(self._asked_for.targets)
        return np.array([self._known[key] for key in keys], dtype=np.float64).reshape(shape)

    def _question(self, kept: NDArray[np.bool_]) -> Question:
        """What is asked about a variant, with its targets where they are in it."""
        words, mask, targets = self._words, self._mask, self._asked_for.targets
        return Question(
            example=variant(self._example, words, kept, mask=mask),
            targets=moved_targets(self._task, self._example, words, targets, kept, mask=mask),
            scale=self._asked_for.scale,
        )
