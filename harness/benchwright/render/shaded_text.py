"""A text in pieces, each with what it counts for a number: what heat maps on pages, in notebooks and on terminals are drawn from."""

from __future__ import annotations

import math
from dataclasses import dataclass

STEPS = 5
"""Depths of a colour; a word below half of the first has none."""


@dataclass(frozen=True, slots=True)
class ShadedPiece:
    """A stretch of an input, never empty: a word with a value, or what stands between words.

    Attributes:
        text: As it stands in the input, hostile as ever.
        value: What the word counts: above 0 raises the number. None: nothing that was taken away.
        share: ``value`` by the largest absolute value of its attribution, in [-1, 1]; 0 where there is none.
        named: Whether it is of the entity or the answer that is explained.
    """

    text: str
    value: float | None
    share: float
    named: bool = False

    @property
    def step(self) -> int:
        """The share in steps, from -5 to 5: 0 says that the word counts less than a tenth of the word that counts most."""
        return step_of(self.share)


@dataclass(frozen=True, slots=True)
class ShadedText:
    """An input of an item in pieces: joined they are its text; the words of a sentence to tag are joined with blanks.

    Attributes:
        name: Of the input.
        pieces: In reading order; none of an empty text.
    """

    name: str
    pieces: tuple[ShadedPiece, ...]

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(piece.text for piece in self.pieces)


def step_of(share: float) -> int:
    """A share of [-1, 1] in steps from -5 to 5, by rounding."""
    return int(math.copysign(math.floor(abs(share) * STEPS + 0.5), share)) if share else 0
