"""Asks about variants of an item, each distinct one once, and counts what that costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchwright.errors import BenchwrightError
from benchwright.explanations.numbers import Numbers, Question
from benchwright.explanations.targets import Asked
from benchwright.explanations.variants import Kept, moved_targets, variant
from benchwright.items import count
from benchwright.types import Example, QueryCount, Task, Word

Floats = NDArray[np.float64]


class Ask(Protocol):
    """What a method is given of a model."""

    def __call__(self, kept: NDArray[np.bool_]) -> Floats:
        """The numbers of all targets, variants x targets, of variants that keep these words, variants x words."""


@dataclass(frozen=True, kw_only=True)
class ExplainSubject:
    """What variants are made of.

    Attributes:
        task: What is answered.
        example: The item.
        words: All of its words.
        asked: Numbers that are asked for.
        mask: What stands for words that are taken away; None: they are left out.
        stored: The numbers in the stored answer; None where it does not hold them.
    """

    task: Task
    example: Example
    words: tuple[Word, ...]
    asked: Asked
    mask: str | None
    stored: tuple[float | None, ...]

    def question(self, kept: Kept) -> Question:
        """What is asked about a variant, with its targets where they are in it."""
        words, mask = self.words, self.mask
        return Question(
            example=variant(self.example, words, kept, mask=mask),
            targets=moved_targets(self.task, self.example, words, self.asked.targets, kept, mask=mask),
            scale=self.asked.scale,
        )


@dataclass(frozen=True, kw_only=True)
class Variants:
    """Variants of an item that wait for an answer, variants x words, no two of them equal."""

    subject: ExplainSubject
    kept: Kept

    def __len__(self) -> int:
        return len(self.kept)


Wait = Callable[[Variants], Sequence[Numbers]]
"""Gives the numbers of variants, in order; it may block until other items have asked as well."""


class ItemAsker:
    """The `Ask` of one item; ``count`` is what was asked so far."""

    def __init__(self, wait: Wait, subject: ExplainSubject) -> None:
        self._wait, self._subject = wait, subject
        self._known: dict[bytes, Numbers] = {}
        self._asked = self._calls = 0

    @property
    def count(self) -> QueryCount:
        """Variants asked for, the distinct ones among them, and calls of the model that they were in."""
        return QueryCount(asked=self._asked, computed=len(self._known), passes=self._calls)

    def __call__(self, kept: Kept) -> Floats:
        """As `Ask`. Raises BenchwrightError where the model has no answer to a variant."""
        rows = np.ascontiguousarray(kept, dtype=np.bool_)
        keys = [row.tobytes() for row in rows]
        self._asked += len(rows)
        new = {key: row for key, row in zip(keys, rows, strict=True) if key not in self._known}
        if new:
            self._calls += 1
            variants = Variants(subject=self._subject, kept=np.array(list(new.values())))
            self._known |= dict(zip(new, self._wait(variants), strict=True))
        found = [self._known[key] for key in keys]
        problem = next((one for one in found if isinstance(one, str)), None)
        if problem is not None:
            raise BenchwrightError(f"no answer to a variant: {problem}")
        return np.array(found, dtype=np.float64).reshape(len(rows), len(self._subject.asked.targets))

    def at_most(self, evaluations: int, method: str) -> Ask:
        """The same `Ask`, which refuses what goes beyond so many variants, equal ones counted each time; 0: no limit."""
        if not evaluations:
            return self
        start = self._asked

        def limited(kept: Kept) -> Floats:
            needed = self._asked - start + len(kept)
            if needed > evaluations:
                raise BenchwrightError(
                    f"{method} asks about {count(needed, 'variant')} of this item, and evaluations={evaluations} allows fewer",
                    expected=f"evaluations={needed} or more, or none",
                    hint=f"evaluations={needed}",
                )
            return self(kept)

        return limited
