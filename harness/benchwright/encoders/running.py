"""Raw outputs of all rows: each distinct row computed once, in whatever passes they share, also when memory runs out on the way."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import numpy as np

from benchwright.encoders.batches import Batch
from benchwright.encoders.encoded import Encoded, Ints, find_unique, merge_reads
from benchwright.encoders.failures import is_out_of_memory
from benchwright.encoders.flat import Buffer
from benchwright.encoders.layouts import Layout, Padded, Pass

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class RawOutputs(Generic[Value]):
    """Raw outputs of all rows, in input order.

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
    forward: Callable[[Any], Any],
    pick: Callable[[Any, Any], Sequence[Value]],
    *,
    budget: int,
    layout: Layout | None = None,
    groups: Sequence[int] | Ints | None = None,
    release: Callable[[], object] = gc.collect,
) -> RawOutputs[Value]:
    """The answer for every row.

    Equal rows are computed once. When memory runs out, the pass that failed is tried once more, as it was, after memory was given back:
    the numbers of a row may depend on the size of its pass, which so changes only where it must. If it fails again, it and everything
    after it are planned anew with half the tokens; passes that are done stay. A row that fails alone in its pass is tried without
    filling, and is an error if that fails too. Where rows say what is read of them, equal rows are computed once for all that any of
    them reads, and an answer is an array with an entry for each read.

    Args:
        encoded: The rows; those with errors keep them and are not computed.
        forward: What comes out for a batch, or for a buffer.
        pick: The answer of each row of it, in its order, from that.
        budget: Most tokens to a pass.
        layout: How rows share passes; default: padded with 0.
        groups: A number for each row; rows with different numbers never share a pass.
        release: Called after memory ran out, when nothing of the failed pass is referenced any more.
    """
    unique = find_unique(encoded)
    kinds = None if groups is None else np.asarray(groups, dtype=np.int64)[unique.rows]
    asked = encoded.reads
    places: Ints | None = None
    if asked is not None:
        merged, places = merge_reads(asked, unique)
        encoded = replace(encoded, reads=merged)
    work = _Work(encoded, forward, pick, rows=unique.rows, groups=kinds, layout=layout or Padded(), release=release)
    raw = work.spread(unique.source, work.finish(budget))
    if asked is None or places is None:
        return raw
    ends = zip(asked.offsets[:-1].tolist(), asked.offsets[1:].tolist(), strict=True)
    values: list[Any] = list(raw.values)  # arrays, as reads demand
    own = [
        None if value is None else value[places[start:end]] for value, (start, end) in zip(values, ends, strict=True)
    ]
    return replace(raw, values=own)


def make_passes(encoded: Encoded, layout: Layout, *, budget: int, groups: Ints | None) -> list[Batch | Buffer]:
    """The inputs of all passes of `run`, in its order."""
    unique = find_unique(encoded)
    if encoded.reads is not None:
        encoded = replace(encoded, reads=merge_reads(encoded.reads, unique)[0])
    kinds = None if groups is None else groups[unique.rows]
    planned = layout.plan(encoded.lengths[unique.rows], budget, kinds)
    return [layout.make(encoded, unique.rows[one.positions], one.tokens) for one in planned]


class _Work(Generic[Value]):
    """Distinct rows that wait, and what is known about those that do not."""

    def __init__(
        self,
        encoded: Encoded,
        forward: Callable[[Any], Any],
        pick: Callable[[Any, Batch | Buffer], Sequence[Value]],
        *,
        rows: Ints,
        groups: Ints | None,
        layout: Layout,
        release: Callable[[], object],
    ) -> None:
        self.encoded, self.forward, self.pick = encoded, forward, pick
        self.rows, self.groups, self.layout, self.release = rows, groups, layout, release
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
            failed = self._run_passes(waiting, budget)
            if failed is None:
                break
            budget = self._recover(failed, budget)
            waiting = np.flatnonzero(self.filled == 0)
        assert (self.filled == 1).all(), "a row was computed twice or not at all"
        return budget

    def spread(self, source: Ints, budget: int) -> RawOutputs[Value]:
        """Answers for all rows from those of the distinct ones."""
        errors = dict(self.encoded.errors)
        if self.errors:
            errors |= {row: self.errors[at] for row, at in enumerate(source.tolist()) if at in self.errors}
        values = [None if at < 0 else self.values[at] for at in source.tolist()]
        budgets = np.where(source < 0, 0, self.budgets[source] if len(self.budgets) else 0)
        return RawOutputs(values=values, errors=errors, budgets=budgets, budget=budget, batches=self.batches)

    def _run_passes(self, waiting: Ints, budget: int) -> Pass | None:
        """Compute pass after pass; the one for which memory did not suffice twice, or None."""
        groups = None if self.groups is None else self.groups[waiting]
        for planned in self.layout.plan(self.lengths[waiting], budget, groups):
            mine = replace(planned, positions=waiting[planned.positions])
            if not (self._is_computed(mine, budget) or self._is_computed(mine, budget)):
                return mine
        return None

    def _is_computed(self, planned: Pass, budget: int) -> bool:
        """Whether memory sufficed; when it is given back, nothing of the failed pass is referenced any more (a traceback would pin tensors)."""
        positions = planned.positions
        answers = self._answers(planned)
        if answers is None:
            self.release()
            return False
        for position, answer in zip(positions.tolist(), answers, strict=True):
            self.values[position] = answer
        self.filled[positions] += 1
        self.budgets[positions] = budget
        self.batches += 1
        return True

    def _answers(self, planned: Pass) -> Sequence[Value] | None:
        """What comes out of a pass; None where memory did not suffice."""
        try:
            inputs = self.layout.make(self.encoded, self.rows[planned.positions], planned.tokens)
            return self.pick(self.forward(inputs), inputs)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            return None

    def _recover(self, failed: Pass, budget: int) -> int:
        """What is done about a pass that memory does not hold; the budget from here on."""
        if len(failed.positions) > 1:
            return max(1, min(budget, failed.tokens) // 2)
        length = int(self.lengths[failed.positions[0]])
        least = replace(failed, tokens=length)
        if least.tokens == failed.tokens or not self._is_computed(least, min(least.tokens, budget // 2)):
            self._refuse(int(failed.positions[0]), budget)
        return budget

    def _refuse(self, position: int, budget: int) -> None:
        tokens = int(self.lengths[position])
        self.errors[position] = f"out of memory on a single input of {tokens} tokens"
        self.filled[position] += 1
        self.budgets[position] = budget
