"""Which texts share a buffer of a constant number of tokens: equal lengths together, and nearly nothing left to fill."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchwright.encoders.encoded import Ints

_CLOSE = 256
"""A buffer is full when less than one in so many of its tokens is left."""


def plan_buffers(lengths: Sequence[int] | Ints, tokens: int) -> list[Ints]:
    """Positions of the texts of each buffer, longest first; the same lengths always give the same plan.

    A buffer begins with the longest texts that wait and goes on downwards as long as they fit; what is left takes the texts of one
    length that leave least. Where that leaves too much, the sum of lengths that comes nearest to a full buffer is searched. A
    text that is longer than a buffer has one by itself.

    Args:
        lengths: Tokens of each text.
        tokens: Tokens of a buffer, at least 1.
    """
    if tokens < 1:
        raise ValueError(f"buffers of {tokens} tokens")
    sizes = np.maximum(np.asarray(lengths, dtype=np.int64), 1)
    order = np.argsort(-sizes, kind="stable")
    rising, firsts, counts = np.unique(-sizes[order], return_index=True, return_counts=True)
    waiting = _Waiting(-rising, counts, firsts, order)
    buffers = []
    while waiting.is_left:
        buffers.append(waiting.take_buffer(tokens))
    return buffers


def buffer_size(length: int, tokens: int) -> int:
    """Tokens of the buffer that holds a text of this length: the constant, or the next multiple of it."""
    return tokens * max(1, -(-length // tokens))


class _Waiting:
    """Texts that are in no buffer yet, counted by length, the longest first."""

    def __init__(self, lengths: Ints, counts: Ints, firsts: Ints, order: Ints) -> None:
        self._lengths, self._counts, self._firsts, self._order = lengths, counts, firsts, order
        self._longest = 0

    @property
    def is_left(self) -> bool:
        """Whether a text waits."""
        return self._longest < len(self._lengths)

    def take_buffer(self, tokens: int) -> Ints:
        """Positions of the texts of the next buffer."""
        longest = int(self._lengths[self._longest])
        chosen = {self._longest: 1}
        if longest < tokens:
            chosen, room = self._fill_downwards(tokens)
            if room >= max(1, tokens // _CLOSE) and sum(chosen.values()) < self._counts.sum():
                chosen = self._fill_exactly(tokens)
        found = [self._take(at, chosen[at]) for at in sorted(chosen)]
        while self.is_left and self._counts[self._longest] == 0:
            self._longest += 1
        return np.concatenate(found)

    def _fill_downwards(self, room: int) -> tuple[dict[int, int], int]:
        """How many texts of which lengths: from the longest one down, then the length that leaves least; and the room that is left."""
        left = self._counts.copy()
        chosen: dict[int, int] = {}
        for at in range(self._longest, len(left)):
            count = min(int(left[at]), room // int(self._lengths[at]))
            if left[at] and not count:
                break
            room -= self._choose(at, count, chosen, left)
        while room:
            counts = np.minimum(left, room // self._lengths)
            at = int((counts * self._lengths).argmax())
            if not counts[at]:
                break
            room -= self._choose(at, int(counts[at]), chosen, left)
        return chosen, room

    def _choose(self, at: int, count: int, chosen: dict[int, int], left: Ints) -> int:
        """Note some texts of a length; their tokens."""
        if count:
            chosen[at] = chosen.get(at, 0) + count
            left[at] -= count
        return count * int(self._lengths[at])

    def _fill_exactly(self, tokens: int) -> dict[int, int]:
        """How many texts of which lengths, one of the longest among them, make the largest sum that fits; few short ones."""
        left = self._counts.copy()
        left[self._longest] -= 1
        room = tokens - int(self._lengths[self._longest])
        sums, inside = 1, (1 << (room + 1)) - 1  # bit s: a sum of s tokens can be made
        steps: list[tuple[int, int, int]] = []  # a length, how many texts of it at once, and the sums without them
        for at in np.flatnonzero(left).tolist():
            length = int(self._lengths[at])
            for count in _halves(min(int(left[at]), room // length)):
                steps.append((at, count, sums))
                sums |= (sums << (count * length)) & inside
        chosen, rest = {self._longest: 1}, sums.bit_length() - 1
        for at, count, before in reversed(steps):
            if not before >> rest & 1:
                chosen[at] = chosen.get(at, 0) + count
                rest -= count * int(self._lengths[at])
        return chosen

    def _take(self, at: int, count: int) -> Ints:
        first = int(self._firsts[at])
        self._firsts[at] += count
        self._counts[at] -= count
        return self._order[first : first + count]


def _halves(count: int) -> list[int]:
    """Numbers that sum up to a count, so that every smaller one is a sum of some of them."""
    found = []
    while count:
        found.append((count + 1) // 2)
        count //= 2
    return found
