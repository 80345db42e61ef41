"""How many tokens of one text or two stay in a row that is too long, as `tokenizers` decides it, for many rows at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchwright.encoders.encoded import Flags, Ints

Truncation = Literal["longest_first", "only_first", "only_second"]
"""Which text of a pair loses tokens first."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What stays of rows.

    Attributes:
        lengths: For each text of a row its tokens that stay.
        cut: Rows that lost tokens, or cannot lose as many as they must.
        refused: Rows whose text to be cut is too short for that; their lengths are not used.
    """

    lengths: tuple[Ints, ...]
    cut: Flags
    refused: Flags


def keep(lengths: tuple[Ints, ...], room: int, truncation: Truncation) -> Kept:
    """What stays of rows of one text or two.

    ``longest_first`` leaves the shorter text whole where it takes at most half of the room, else each gets half of it, the second
    the odd token; ``only_first`` and ``only_second`` cut one text, of which at least one token must stay.

    Args:
        lengths: Tokens of the first text of each row, and of the second where there is one.
        room: Most tokens of text to a row.
        truncation: Which text loses tokens; the only one there is, whatever it says, but for ``only_second``.
    """
    over = sum(lengths, np.zeros_like(lengths[0])) - room
    cut = over > 0
    nothing = np.zeros(len(over), dtype=bool)
    if truncation == "longest_first" and len(lengths) == 2:
        return Kept(lengths=_halve(lengths, room, cut), cut=cut, refused=nothing)
    victim = 1 if truncation == "only_second" else 0
    if victim >= len(lengths):
        return Kept(lengths=lengths, cut=cut, refused=cut)
    shorter = np.where(cut, lengths[victim] - over, lengths[victim])
    least = 0 if truncation == "longest_first" else 1
    kept = tuple(shorter if number == victim else each for number, each in enumerate(lengths))
    return Kept(lengths=kept, cut=cut, refused=cut & (shorter < least))


def _halve(lengths: tuple[Ints, ...], room: int, cut: Flags) -> tuple[Ints, ...]:
    """Lengths of both texts under ``longest_first``."""
    low = np.minimum(*lengths)
    rest = np.where(low > room, low, np.maximum(low, room - low))
    both = low + rest > room
    low, rest = np.where(both, room // 2, low), np.where(both, room // 2 + room % 2, rest)
    swapped = lengths[0] > lengths[1]
    first, second = np.where(swapped, rest, low), np.where(swapped, low, rest)
    return np.where(cut, first, lengths[0]), np.where(cut, second, lengths[1])
