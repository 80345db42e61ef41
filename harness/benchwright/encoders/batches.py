"""Batching: group rows by length under a token budget, pad them, and run a forward pass over all of them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.encoded import Encoded, Flags, Ints, Reads, find_unique, merge_reads
from benchwright.encoders.failures import is_out_of_memory

Value = TypeVar("Value")

_TOLERANCE = {"float32": 1e-4, "bfloat16": 5e-2, "float16": 1e-2}
_COARSE = 5e-2


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Rows of equal or nearly equal length, padded on the right.

    Attributes:
        rows: Row of each line in ``Encoded``, longest first.
        columns: Input name -> rows x longest, int64.
        mask: Rows x longest; True where there is a token.
        lengths: Tokens of each line.
        reads: What is read of each line, where that is less than all that a head gives.
    """

    rows: Ints
    columns: Mapping[str, NDArray[np.int64]]
    mask: Flags
    lengths: Ints
    reads: Reads | None = None

    def __len__(self) -> int:
        return len(self.rows)


def plan_batches(
    lengths: Sequence[int] | Ints, budget: int, *, groups: Sequence[int] | Ints | None = None, is_tight: bool = False
) -> list[Ints]:
    """Positions of each batch, longest batch first; the same lengths always give the same plan.

    Rows are sorted by length, longest first, equal lengths in input order. A batch costs its longest row times its
    number of rows, padding included, and costs at most ``budget``, or holds one row that alone costs more.

    Args:
        lengths: Tokens of each row.
        budget: Most padded tokens to a batch, at least 1.
        groups: A number for each row; rows with different numbers never share a batch.
        is_tight: Whether a batch that holds an eighth of the budget ends before rows that are a tenth shorter than its first.
    """
    if budget < 1:
        raise ValueError(f"a budget of {budget} tokens")
    sizes = np.maximum(np.asarray(lengths, dtype=np.int64), 1)
    kinds = np.zeros(len(sizes), dtype=np.int64) if groups is None else np.asarray(groups, dtype=np.int64)
    batches: list[Ints] = []
    for kind in np.unique(kinds):
        members = np.flatnonzero(kinds == kind)
        order = members[np.argsort(-sizes[members], kind="stable")]
        batches += _cut(order, sizes[order].tolist(), budget, is_tight=is_tight)
    return sorted(batches, key=lambda batch: -int(sizes[batch[0]]))


def _cut(order: Ints, sizes: list[int], budget: int, *, is_tight: bool) -> list[Ints]:
    """Rows sorted by falling size, cut where the next one would exceed the budget, or before much padding."""
    found = []
    start = 0
    while start < len(order):
        end = start + max(1, budget // sizes[start])
        if is_tight:
            least = start + max(1, budget // 8 // sizes[start])
            end = next((at for at in range(least, min(end, len(order))) if sizes[at] < 0.9 * sizes[start]), end)
        found.append(order[start:end])
        start = end
    return found


def pad(encoded: Encoded, rows: Ints, fill: Mapping[str, int] | None = None) -> Batch:
    """The rows as rectangles, padded on the right with ``fill`` (default 0) for each column."""
    starts, ends = encoded.offsets[rows], encoded.offsets[rows + 1]
    lengths = ends - starts
    width = int(lengths.max(initial=0))
    mask = np.arange(width) < lengths[:, None]
    columns = {}
    for name, values in encoded.columns.items():
        block = np.full((len(rows), width), (fill or {}).get(name, 0), dtype=np.int64)
        for line, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            block[line, : end - start] = values[start:end]
        columns[name] = block
    reads = None if encoded.reads is None else encoded.reads.of(rows)
    return Batch(rows=rows, columns=columns, mask=mask, lengths=lengths, reads=reads)


def free_token(batch: Batch) -> int:
    """The lowest id that ends no line of a batch: with it as padding, the last token of each line is found."""
    last = {int(batch.columns["input_ids"][line, length - 1]) for line, length in enumerate(batch.lengths)}
    return next(number for number in range(len(last) + 1) if number not in last)


def stays_equal(
    forward: Callable[[Batch], Sequence[NDArray[np.float32]]], probe: Encoded, fill: Mapping[str, int], dtype: str
) -> bool:
    """Whether the first row of a probe gets alone, bare, the answer that it gets padded beside the others.

    Models that look at the end of the input (XLNet) or have no mask (FNet) do not; their batches hold equal lengths only.

    Args:
        forward: Raw outputs of a batch.
        probe: A short input, then longer ones.
        fill: Padding value of each column.
        dtype: What the model computes in.
    """
    alone = forward(pad(probe, np.array([0]), fill))[0]
    beside = forward(pad(probe, np.arange(len(probe)), fill))[0]
    return bool(np.allclose(alone, beside, rtol=_TOLERANCE.get(dtype, _COARSE), atol=_TOLERANCE.get(dtype, _COARSE)))


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
    forward: Callable[[Batch], Any],
    pick: Callable[[Any, Batch], Sequence[Value]],
    *,
    budget: int,
    fill: Mapping[str, int] | None = None,
    groups: Sequence[int] | Ints | None = None,
    is_tight: bool = False,
    release: Callable[[], object] = gc.collect,
) -> RawOutputs[Value]:
    """The answer for every row.

    Equal rows are computed once. When memory runs out, the failed batch and everything after it are planned again with
    half the tokens; batches that are done stay. A row that does not fit alone is an error of that row. Where rows say what is
    read of them, equal rows are computed once for all that any of them reads, and an answer is an array with an entry for each read.

    Args:
        encoded: The rows; those with errors keep them and are not computed.
        forward: What comes out for a batch.
        pick: The answer of each line of a batch, in its order, from that.
        budget: Most padded tokens to a batch.
        fill: Padding value of each column.
        groups: A number for each row; rows with different numbers never share a batch.
        is_tight: As `plan_batches` takes it.
        release: Called after memory ran out, when nothing of the failed batch is referenced any more.
    """
    unique = find_unique(encoded)
    kinds = None if groups is None else np.asarray(groups)[unique.rows]
    asked = encoded.reads
    if asked is None:
        work = _Work(
            encoded, forward, pick, rows=unique.rows, groups=kinds, is_tight=is_tight, fill=fill, release=release
        )
        return work.spread(unique.source, work.finish(budget))
    merged, places = merge_reads(asked, unique)
    encoded = replace(encoded, reads=merged)
    work = _Work(encoded, forward, pick, rows=unique.rows, groups=kinds, is_tight=is_tight, fill=fill, release=release)
    raw = work.spread(unique.source, work.finish(budget))
    ends = zip(asked.offsets[:-1].tolist(), asked.offsets[1:].tolist(), strict=True)
    values: list[Any] = list(raw.values)  # arrays, as reads demand
    own = [
        None if value is None else value[places[start:end]] for value, (start, end) in zip(values, ends, strict=True)
    ]
    return replace(raw, values=own)


class _Work(Generic[Value]):
    """Distinct rows that wait, and what is known about those that do not."""

    def __init__(
        self,
        encoded: Encoded,
        forward: Callable[[Batch], Any],
        pick: Callable[[Any, Batch], Sequence[Value]],
        *,
        rows: Ints,
        groups: Ints | None,
        is_tight: bool,
        fill: Mapping[str, int] | None,
        release: Callable[[], object],
    ) -> None:
        self.encoded, self.forward, self.pick = encoded, forward, pick
        self.fill, self.release = fill, release
        self.rows, self.groups, self.is_tight = rows, groups, is_tight
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
        """Answers for all rows from those of the distinct ones."""
        errors = dict(self.encoded.errors)
        errors |= {row: self.errors[at] for row, at in enumerate(source.tolist()) if at in self.errors}
        values = [None if at < 0 else self.values[at] for at in source.tolist()]
        budgets = np.where(source < 0, 0, self.budgets[source] if len(self.budgets) else 0)
        return RawOutputs(values=values, errors=errors, budgets=budgets, budget=budget, batches=self.batches)

    def _pass(self, waiting: Ints, budget: int) -> Ints | None:
        """Compute batch after batch; the positions of the one for which memory did not suffice, or None."""
        groups = None if self.groups is None else self.groups[waiting]
        for chosen in plan_batches(self.lengths[waiting], budget, groups=groups, is_tight=self.is_tight):
            positions = waiting[chosen]
            if not self._computed(positions, budget):
                return positions
        return None

    def _computed(self, positions: Ints, budget: int) -> bool:
        """Whether memory sufficed; on return nothing of a failed batch is referenced (a traceback would pin tensors)."""
        try:
            batch = pad(self.encoded, self.rows[positions], self.fill)
            answers = self.pick(self.forward(batch), batch)
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
