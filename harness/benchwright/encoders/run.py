"""Drive a forward pass over all rows, batch by batch, and put the answers back into input order."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from benchwright.encoders.batches import Batch, pad, plan_batches
from benchwright.encoders.encoded import Encoded, Ints, find_unique
from benchwright.encoders.failures import is_out_of_memory

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class RawOutputs(Generic[Value]):
    """What came out, in input order.

    Attributes:
        values: The answer for each row; None for a row with an error.
        errors: Row -> why there is no answer.
        budgets: Token budget under which each row was computed; less than the one asked for after memory ran out.
        budget: The budget at the end: what memory is known to hold.
        batches: Forward passes that succeeded.
    """

    values: list[Value | None]
    errors: dict[int, str]
    budgets: Ints
    budget: int
    batches: int


def run(
    encoded: Encoded,
    forward: Callable[[Batch], Sequence[Value]],
    *,
    budget: int,
    fill: Mapping[str, int] | None = None,
    groups: Sequence[int] | Ints | None = None,
    release: Callable[[], object] = gc.collect,
) -> RawOutputs[Value]:
    """One answer for every row.

    Equal rows are computed once. When memory runs out, the failed batch and everything after it are planned again with
    half the tokens; batches that are done stay. A row that does not fit alone is an error of that row.

    Args:
        encoded: The rows; those with errors keep them and are not computed.
        forward: RawOutputs for a batch, one for each of its lines, in its order.
        budget: Most padded tokens to a batch.
        fill: Padding value of each column.
        groups: A number for each row; rows with different numbers never share a batch.
        release: Called after memory ran out, when nothing of the failed batch is referenced any more.
    """
    unique = find_unique(encoded)
    kinds = None if groups is None else np.asarray(groups)[unique.rows]
    work = _Work(encoded, forward, rows=unique.rows, groups=kinds, fill=fill, release=release)
    left = work.finish(budget)
    return work.spread(unique.source, left)


class _Work(Generic[Value]):
    """Distinct rows that wait, and what is known about those that do not."""

    def __init__(
        self,
        encoded: Encoded,
        forward: Callable[[Batch], Sequence[Value]],
        *,
        rows: Ints,
        groups: Ints | None,
        fill: Mapping[str, int] | None,
        release: Callable[[], object],
    ) -> None:
        self.encoded, self.forward, self.fill, self.release = encoded, forward, fill, release
        self.rows, self.groups = rows, groups
        self.lengths = encoded.lengths[rows]
        self.values: list[Value | None] = [None] * len(rows)
        self.filled = np.zeros(len(rows), dtype=np.int64)
        self.budgets = np.zeros(len(rows), dtype=np.int64)
        self.errors: dict[int, str] = {}
        self.batches = 0

    def finish(self, budget: int) -> int:
        """Compute all rows, halving the budget as often as memory asks for it; the budget at the end."""
        waiting = np.arange(len(self.rows))
        while len(waiting):
            failed = self._pass(waiting, budget)
            if failed is None:
                break
            self.release()
            if len(failed) == 1:
                self._refuse(int(failed[0]), budget)
            else:
                cost = int(np.maximum(self.lengths[failed], 1).max()) * len(failed)
                budget = max(1, min(budget, cost) // 2)
            waiting = np.flatnonzero(self.filled == 0)
        assert (self.filled == 1).all(), "a row was computed twice or not at all"
        return budget

    def spread(self, source: Ints, budget: int) -> RawOutputs[Value]:
        """RawOutputs for all rows from those of the distinct ones."""
        errors = dict(self.encoded.errors)
        errors |= {row: self.errors[at] for row, at in enumerate(source.tolist()) if at in self.errors}
        values = [None if at < 0 else self.values[at] for at in source.tolist()]
        budgets = np.where(source < 0, 0, self.budgets[source] if len(self.budgets) else 0)
        return RawOutputs(values=values, errors=errors, budgets=budgets, budget=budget, batches=self.batches)

    def _pass(self, waiting: Ints, budget: int) -> Ints | None:
        """Compute batch after batch; the positions of the one for which memory did not suffice, or None."""
        groups = None if self.groups is None else self.groups[waiting]
        for chosen in plan_batches(self.lengths[waiting], budget, groups=groups):
            positions = waiting[chosen]
            if not self._computed(positions, budget):
                return positions
        return None

    def _computed(self, positions: Ints, budget: int) -> bool:
        """Whether memory sufficed; on return nothing of a failed batch is referenced (a traceback would pin tensors)."""
        try:
            answers = self.forward(pad(self.encoded, self.rows[positions], self.fill))
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            return False
        for position, answer in zip(positions.tolist(), answers, strict=True):
            self.values[position] = answer
        self.filled[positions] += 1
        self.budgets[positions] = budget
        self.batches += 1
        return True

    def _refuse(self, position: int, budget: int) -> None:
        tokens = int(self.lengths[position])
        self.errors[position] = f"out of memory on a single input of {tokens} tokens"
        self.filled[position] += 1
        self.budgets[position] = budget
