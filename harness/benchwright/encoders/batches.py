"""Batches: rows of one length, or of nearly one and padded, under a budget of tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.encoded import Encoded, Flags, Ints, Reads, places_of_rows

LEAST_ROWS = 16
"""Rows of a product of matrices whose numbers may not depend on how many there are: with fewer it is computed otherwise."""

_TOLERANCE = {"float32": 1e-4, "bfloat16": 5e-2, "float16": 1e-2}
_COARSE = 5e-2


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Rows of equal or nearly equal length, padded on the right.

    Attributes:
        rows: Row of each line in ``Encoded``, longest first; lines behind these are filling, and nothing of them is used.
        columns: Input name -> lines x longest, int64.
        mask: Lines x longest; True where there is a token.
        lengths: Tokens of each line.
        reads: What is read of each row, where that is less than all that a head gives.
    """

    rows: Ints
    columns: Mapping[str, NDArray[np.int64]]
    mask: Flags
    lengths: Ints
    reads: Reads | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def tokens(self) -> int:
        """Tokens that are computed, those of padding and filling included."""
        return self.mask.size

    def of_text(self, values: NDArray[np.float32], text: int) -> NDArray[np.float32]:
        """What a head gave for the tokens of one line, of what it gave for all of the batch."""
        return values[text, : self.lengths[text]]


def plan_batches(
    lengths: Sequence[int] | Ints, budget: int, *, groups: Sequence[int] | Ints | None = None
) -> list[Ints]:
    """Positions of each batch, longest batch first; the same lengths always give the same plan.

    Rows are sorted by length, longest first, equal lengths in input order. A batch costs its longest row times its
    number of rows, padding included, and costs at most ``budget``, or holds one row that alone costs more.

    Args:
        lengths: Tokens of each row.
        budget: Most padded tokens to a batch, at least 1.
        groups: A number for each row; rows with different numbers never share a batch.
    """
    if budget < 1:
        raise ValueError(f"a budget of {budget} tokens")
    sizes = np.maximum(np.asarray(lengths, dtype=np.int64), 1)
    kinds = np.zeros(len(sizes), dtype=np.int64) if groups is None else np.asarray(groups, dtype=np.int64)
    batches: list[Ints] = []
    for kind in np.unique(kinds):
        members = np.flatnonzero(kinds == kind)
        order = members[np.argsort(-sizes[members], kind="stable")]
        batches += _cut(order, sizes[order].tolist(), budget)
    return sorted(batches, key=lambda batch: -int(sizes[batch[0]]))


def _cut(order: Ints, sizes: list[int], budget: int) -> list[Ints]:
    """Rows sorted by falling size, cut where the next one would exceed the budget."""
    found = []
    start = 0
    while start < len(order):
        end = start + max(1, budget // sizes[start])
        found.append(order[start:end])
        start = end
    return found


def plan_buckets(lengths: Sequence[int] | Ints, most: Mapping[int, int], groups: Ints | None = None) -> list[Ints]:
    """Positions of each batch, all of one length, longest first; rows of a length are shared out evenly.

    Args:
        lengths: Tokens of each row.
        most: Length -> most rows to a batch.
        groups: A number for each row; rows with different numbers never share a batch.
    """
    sizes = np.asarray(lengths, dtype=np.int64)
    kinds = np.zeros(len(sizes), dtype=np.int64) if groups is None else np.asarray(groups, dtype=np.int64)
    order = np.lexsort((kinds, -sizes))
    changes = (np.diff(sizes[order]) != 0) | (np.diff(kinds[order]) != 0)
    found: list[Ints] = []
    for bucket in np.split(order, np.flatnonzero(changes) + 1) if len(order) else []:
        found += np.array_split(bucket, -(-len(bucket) // most[int(sizes[bucket[0]])]))
    return found


def pad(encoded: Encoded, rows: Ints, fill: Mapping[str, int] | None = None, *, lines: int = 0) -> Batch:
    """The rows as rectangles, padded on the right with ``fill`` (default 0) for each column.

    With ``lines`` there are at least so many: copies of the first row stand behind the rows.
    """
    all_rows = np.concatenate([rows, np.repeat(rows[:1], max(0, lines - len(rows)))])
    lengths = encoded.lengths[all_rows]
    width = int(lengths.max(initial=0))
    mask = np.arange(width) < lengths[:, None]
    places = places_of_rows(encoded, all_rows)
    columns = {}
    for name, values in encoded.columns.items():
        block = np.full((len(all_rows), width), (fill or {}).get(name, 0), dtype=np.int64)
        block[mask] = values[places]
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
