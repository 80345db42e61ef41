"""Buffers of a constant number of tokens: texts one after the other, without padding between them.

With one constant token count every matrix product of a model has one shape, whatever texts share a buffer, so that the numbers of a
text do not depend on its neighbours. What is left of a buffer is filled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.encoded import Encoded, Ints, Reads, places_of_rows


@dataclass(frozen=True)
class EqualLengths:
    """Texts of one length that stand one after the other in a buffer: the first token of the first one, how many, how long."""

    start: int
    count: int
    length: int


@dataclass(frozen=True, kw_only=True)
class Buffer:
    """Texts without padding, filled up to a constant number of tokens.

    Attributes:
        rows: Row of each text in ``Encoded``, longest first.
        columns: Input name -> values of all tokens, those of the filling included, int64.
        offsets: ``texts + 1`` places; text ``i`` is ``offsets[i]`` to ``offsets[i + 1]``, and what is behind the last is filling.
        reads: What is read of each text, where that is less than all that a head gives.
    """

    rows: Ints
    columns: Mapping[str, NDArray[np.int64]]
    offsets: Ints
    reads: Reads | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def lengths(self) -> Ints:
        """Tokens of each text."""
        return np.diff(self.offsets)

    @property
    def tokens(self) -> int:
        """Tokens of the buffer, those of the filling included."""
        return len(self.columns["input_ids"])

    @property
    def groups(self) -> tuple[EqualLengths, ...]:
        """Texts of equal length, in the order of the buffer; the filling is none of them."""
        lengths = self.lengths
        if not len(lengths):
            return ()
        firsts = np.flatnonzero(np.concatenate([[True], np.diff(lengths) != 0]))
        counts = np.diff(np.concatenate([firsts, [len(lengths)]]))
        starts = self.offsets[firsts]
        each = zip(starts.tolist(), counts.tolist(), lengths[firsts].tolist(), strict=True)
        return tuple(EqualLengths(*one) for one in each)

    def of_text(self, values: NDArray[np.float32], text: int) -> NDArray[np.float32]:
        """What a head gave for the tokens of one text, of what it gave for all tokens of the buffer."""
        return values[self.offsets[text] : self.offsets[text + 1]]


def make_buffer(encoded: Encoded, rows: Ints, tokens: int, fill: Mapping[str, int] | None = None) -> Buffer:
    """The rows one after the other, filled up to so many tokens with ``fill`` (default 0) for each column.

    Args:
        encoded: All rows.
        rows: Those of the buffer, equal lengths side by side.
        tokens: Tokens of the buffer, at least those of the rows.
        fill: Value of the filling in each column.
    """
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(encoded.lengths[rows])])
    places = places_of_rows(encoded, rows)
    columns = {}
    for name, values in encoded.columns.items():
        column = np.full(tokens, (fill or {}).get(name, 0), dtype=np.int64)
        column[: len(places)] = values[places]
        columns[name] = column
    reads = None if encoded.reads is None else encoded.reads.of(rows)
    return Buffer(rows=rows, columns=columns, offsets=offsets, reads=reads)


@dataclass(frozen=True, kw_only=True)
class FlatPlan:
    """How an open model takes its inputs.

    Attributes:
        tokens: Tokens of each buffer where nothing else is asked for; None: it reads no buffers, and gets rows of one length in
            batches of at least 16.
        reason: Why it reads none, for people; "" where it does.
        fills_products: Whether it multiplies at least 16 rows wherever a batch has fewer lines, so that batches need not have them.
        is_alone: Whether the numbers of a text depend on the texts beside it whatever is filled up, so that each has a pass of its own.
    """

    tokens: int | None
    reason: str = ""
    fills_products: bool = False
    is_alone: bool = False


@runtime_checkable
class ComputesBuffers(Protocol):
    """A `Forward` that can read texts one after the other in one buffer, proved when it was opened."""

    @property
    def flat(self) -> FlatPlan:
        """Whether it does, and how."""

    def compute(self, buffer: Buffer) -> Mapping[str, NDArray[np.float32]]:
        """Raw outputs by the names that `transformers` gives them.

        ``logits`` of a head that reads a text as a whole are texts x outputs; outputs for tokens are tokens x outputs (or tokens),
        of all tokens of the buffer; vectors of tokens (``hidden_state``) likewise. What is read of a masked language model
        is as `MaskedForward` gives it, an entry for each read.
        """
