"""Which inputs a model is asked while it is measured: distinct texts of the task, shuffled, in a cycle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from benchwright import shards
from benchwright.types import Example


@dataclass(frozen=True, kw_only=True)
class InputCycle:
    """Distinct inputs in the order in which they are asked, again from the first after the last.

    Attributes:
        examples: Without targets.
        note: What a reader must know of them; empty: nothing.
    """

    examples: tuple[Example, ...]
    note: str = ""

    def query(self, number: int, batch: int) -> list[Example]:
        """The inputs of a query, no two alike; ``batch`` is at most the number of distinct ones."""
        count = len(self.examples)
        start = number * batch % count
        end = start + batch
        return [*self.examples[start:end], *self.examples[: max(0, end - count)]]

    def held(self, batch: int) -> int:
        """Inputs of a query that was to have ``batch``: no input twice in one, since equal ones are computed once."""
        return min(batch, len(self.examples))


def cycle_of(examples: Sequence[Example], *, seed: int) -> InputCycle:
    """The distinct inputs among examples, shuffled by the seed; neither gold answers nor what is expected of them is kept.

    Real texts, since their lengths decide the time; shuffled, since data files are sorted by source or length; distinct, since an
    input that was just answered may be answered from a cache (MLPerf audits for that).
    """
    first: dict[int, Example] = {}
    for number, example in zip(shards.distinct(examples), examples, strict=True):
        first.setdefault(number, example)
    distinct = list(first.values())
    order = np.random.default_rng(seed).permutation(len(distinct))
    blind = (msgspec.structs.replace(distinct[at], target=None, strict=None, edits=None) for at in order)
    return InputCycle(examples=tuple(blind))
