"""How much an encoder computes for rows of given lengths: matrix products, by a formula and not by running it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np

from benchwright.encoders.encoded import Encoded, Ints, Unique, find_unique, merge_reads
from benchwright.encoders.layouts import Layout
from benchwright.types import Work


@dataclass(frozen=True, kw_only=True)
class EncoderWork:
    """Floating-point operations of a dense encoder with its head, a product and its sum counted as two.

    A row of ``s`` tokens costs ``per_token * s + per_pair * s * s + per_row``. Looking up embeddings, normalising, activations and
    the softmax are no matrix products and are left out, as in every published count of this kind.

    Attributes:
        per_token: Of a token: projections and feed-forward of all layers, and a head that reads each token.
        per_pair: Of a token and one that it attends to: attention of all layers.
        per_row: Of a row: pooler and a head that reads it as a whole.
        per_read: Of a position whose words are scored: the head of a masked language model.
    """

    per_token: int
    per_pair: int
    per_row: int = 0
    per_read: int = 0

    def flops(self, lengths: Ints, reads: int = 0, filling: int = 0) -> float:
        """Operations for rows of these lengths, of which ``reads`` positions are scored; ``filling``: tokens that attend to none."""
        sizes = np.asarray(lengths, dtype=np.float64)
        rows = self.per_token * sizes + self.per_pair * sizes * sizes + self.per_row
        return float(rows.sum()) + float(self.per_read) * reads + float(self.per_token) * filling

    def read_everywhere(self) -> EncoderWork:
        """The same where the head of a masked language model is applied to each token."""
        return replace(self, per_token=self.per_token + self.per_read, per_read=0)


@runtime_checkable
class CountsOperations(Protocol):
    """A `Forward` that knows its work, or says why not."""

    @property
    def work(self) -> EncoderWork | str:
        """Operations of the model, or why they are not known."""


def count_work(
    encoded: Encoded, work: EncoderWork | str, *, inputs: int, layout: Layout, budget: int, groups: Ints | None = None
) -> Work:
    """What a query of these rows costs, in the forward passes that it is computed in.

    Args:
        encoded: Rows of the inputs; equal ones and those with errors are computed once and not at all.
        work: Operations of the model, or why they are not known.
        inputs: How many inputs the rows belong to.
        layout: How rows share forward passes.
        budget: Most tokens to a pass.
        groups: As in `Layout.plan`.
    """
    unique = find_unique(encoded)
    lengths = encoded.lengths[unique.rows]
    passes = layout.plan(lengths, budget, None if groups is None else groups[unique.rows])
    attended = np.concatenate([np.zeros(0, dtype=np.int64), *(one.attended for one in passes)])
    tokens = sum(one.tokens for one in passes)
    known = isinstance(work, EncoderWork)
    reads = _count_reads(encoded, unique) if known else 0
    return Work(
        inputs=inputs,
        rows=len(lengths),
        tokens=int(lengths.sum()),
        padded_tokens=tokens,
        flops=work.flops(lengths, reads) if isinstance(work, EncoderWork) else None,
        padded_flops=work.flops(attended, reads, tokens - int(attended.sum()))
        if isinstance(work, EncoderWork)
        else None,
        reason=work if isinstance(work, str) else "",
    )


def _count_reads(encoded: Encoded, unique: Unique) -> int:
    """Positions that a head for words is applied to, each once however many tokens are looked up there."""
    if encoded.reads is None:
        return 0
    merged, _ = merge_reads(encoded.reads, unique)
    return len(np.unique(np.stack([merged.owners, merged.positions]), axis=1).T) if len(merged.positions) else 0
