"""How rows share forward passes: flat in buffers of a constant size, in batches of one length, or padded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from benchwright.encoders.batches import LEAST_ROWS, Batch, pad, plan_batches, plan_buckets
from benchwright.encoders.encoded import Encoded, Ints
from benchwright.encoders.flat import Buffer, make_buffer
from benchwright.encoders.packing import buffer_size, plan_buffers


@dataclass(frozen=True, kw_only=True)
class Pass:
    """One forward pass that is planned.

    Attributes:
        positions: Of its rows among those that were planned, longest first.
        tokens: Tokens that it computes, those of padding and filling included.
        attended: Lengths of all texts that attention is computed over, those of the filling included; a padded one is as long
            as the longest.
    """

    positions: Ints
    tokens: int
    attended: Ints


class Layout(Protocol):
    """A way to share forward passes."""

    @property
    def shown(self) -> str:
        """In words."""

    def plan(self, lengths: Ints, budget: int, groups: Ints | None = None) -> list[Pass]:
        """Forward passes for rows of these lengths, each row in one of them, the longest first.

        Args:
            lengths: Tokens of each row.
            budget: Most tokens to a pass.
            groups: A number for each row; rows with different numbers never share a pass.
        """

    def make(self, encoded: Encoded, rows: Ints, tokens: int) -> Batch | Buffer:
        """The inputs of a pass of these rows that computes so many tokens."""


@dataclass(frozen=True, kw_only=True)
class Flat:
    """Buffers of a constant number of tokens, without padding.

    Attributes:
        fill: Value of the filling in each column.
        is_filled: Whether buffers are filled up to that number.
    """

    fill: Mapping[str, int] = field(default_factory=dict)
    is_filled: bool = True

    @property
    def shown(self) -> str:
        """In words; the number of tokens is told beside it."""
        return "flat buffers" if self.is_filled else "flat buffers, not filled up"

    def plan(self, lengths: Ints, budget: int, groups: Ints | None = None) -> list[Pass]:
        """As `Layout`; a row longer than a buffer has one of the next multiple by itself."""
        assert groups is None, "nothing of a buffer depends on its neighbours"
        found = []
        for positions in plan_buffers(lengths, budget):
            mine = lengths[positions]
            tokens = buffer_size(int(mine[0]), budget) if self.is_filled else int(mine.sum())
            found.append(Pass(positions=positions, tokens=tokens, attended=mine))
        return found

    def make(self, encoded: Encoded, rows: Ints, tokens: int) -> Buffer:
        """A buffer."""
        return make_buffer(encoded, rows, tokens, self.fill)


@dataclass(frozen=True, kw_only=True)
class EqualRows:
    """Batches of rows of one length, filled up so that no product of matrices has few rows.

    Attributes:
        asked: Budget that was asked for. Under a lower one, after memory ran out, batches are no longer filled up beyond it.
        by_tokens: Whether there need be as many tokens, since the engine fills products of texts up by itself; else as many lines.
        reason: Why rows are not read flat.
        is_filled: Whether batches are filled up.
    """

    asked: int
    by_tokens: bool = False
    reason: str = ""
    is_filled: bool = True

    @property
    def shown(self) -> str:
        """In words, with the reason."""
        lines = f"equal lengths, at least {LEAST_ROWS} rows" if self.is_filled else "equal lengths, not filled up"
        return f"{lines} ({self.reason})" if self.reason else lines

    def plan(self, lengths: Ints, budget: int, groups: Ints | None = None) -> list[Pass]:
        """As `Layout`; a batch of long rows has the least number of lines, whatever the budget."""
        each = {length: self._lines(length, budget) for length in np.unique(lengths).tolist()}
        most = {length: max(least, budget // max(1, length)) for length, least in each.items()}
        found = []
        for positions in plan_buckets(lengths, most, groups):
            length = int(lengths[positions[0]])
            lines = max(len(positions), each[length]) if self.is_filled else len(positions)
            found.append(Pass(positions=positions, tokens=lines * length, attended=np.full(lines, length)))
        return found

    def make(self, encoded: Encoded, rows: Ints, tokens: int) -> Batch:
        """A batch without padding."""
        length = int(encoded.lengths[rows[0]])
        return pad(encoded, rows, lines=tokens // max(1, length))

    def _lines(self, length: int, budget: int) -> int:
        lines = -(-LEAST_ROWS // max(1, length)) if self.by_tokens else LEAST_ROWS
        return lines if budget >= self.asked else max(1, min(lines, budget // max(1, length)))


@dataclass(frozen=True, kw_only=True)
class Padded:
    """Batches of rows of nearly one length, padded to the longest: answers depend on the neighbours in the last digits.

    Attributes:
        fill: Padding value of each column.
        is_equal: Whether batches hold one length only, where padding would change answers altogether.
    """

    fill: Mapping[str, int] = field(default_factory=dict)
    is_equal: bool = False

    @property
    def shown(self) -> str:
        """In words."""
        return "padded, equal lengths" if self.is_equal else "padded"

    def plan(self, lengths: Ints, budget: int, groups: Ints | None = None) -> list[Pass]:
        """As `Layout`; a row that alone costs more than the budget has a pass by itself."""
        kinds = np.zeros(len(lengths), dtype=np.int64) if groups is None else groups
        if self.is_equal:
            kinds = kinds * (int(lengths.max(initial=0)) + 1) + lengths
        found = []
        for positions in plan_batches(lengths, budget, groups=kinds):
            attended = np.full(len(positions), lengths[positions[0]])
            found.append(Pass(positions=positions, tokens=int(attended.sum()), attended=attended))
        return found

    def make(self, encoded: Encoded, rows: Ints, tokens: int) -> Batch:
        """A batch with padding."""
        del tokens
        return pad(encoded, rows, self.fill)


@dataclass(frozen=True, kw_only=True)
class Alone:
    """Each row by itself: for engines in which an answer depends on what it is computed with."""

    shown: str = "one row at a time"

    def plan(self, lengths: Ints, budget: int, groups: Ints | None = None) -> list[Pass]:
        """As `Layout`, whatever the budget."""
        del budget, groups
        order = np.argsort(-lengths, kind="stable")
        each = zip(np.split(order, len(order)) if len(order) else [], lengths[order].tolist(), strict=True)
        return [Pass(positions=at, tokens=length, attended=np.array([length])) for at, length in each]

    def make(self, encoded: Encoded, rows: Ints, tokens: int) -> Batch:
        """A batch of one line."""
        del tokens
        return pad(encoded, rows)
