"""Which rows go through a model together, and the padded rectangle they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.encoded import Encoded, Flags, Ints

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
    """

    rows: Ints
    columns: Mapping[str, NDArray[np.int64]]
    mask: Flags
    lengths: Ints

    def __len__(self) -> int:
        return len(self.rows)


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


def pad(encoded: Encoded, rows: Ints, fill: Mapping[str, int] | None = None) -> Batch:
    """The rows as rectangles, padded on the right with ``fill`` (default 0) for each column."""
    lengths = encoded.lengths[rows]
    width = int(lengths.max(initial=0))
    mask = np.arange(width) < lengths[:, None]
    columns = {}
    for name, values in encoded.columns.items():
        block = np.full((len(rows), width), (fill or {}).get(name, 0), dtype=np.int64)
        starts, ends = encoded.offsets[rows], encoded.offsets[rows + 1]
        for line, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            block[line, : end - start] = values[start:end]
        columns[name] = block
    return Batch(rows=rows, columns=columns, mask=mask, lengths=lengths)


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
