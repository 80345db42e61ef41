"""What a text was changed into another by: one name or place in it by another, everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PIECE = re.compile(r"\w+|\W")
_LONGEST = 11
"""Pieces of a name: six words with blanks."""


def find_substitution(original: str, variant: str) -> tuple[str, str] | None:
    """The (old, new) whose replacement at word boundaries makes the variant of the original; None where there is none.

    Tried from where the texts differ first, short names before long ones, and checked by making the replacement: what is
    returned is what was done, or does the same to this text.
    """
    return next((pair for pair in _candidates(original, variant) if substitute(original, *pair) == variant), None)


def substitute(text: str, old: str, new: str) -> str:
    """The text with ``old`` replaced by ``new`` wherever it stands alone."""
    return re.sub(rf"\b{re.escape(old)}\b", lambda _: new, text)


def _candidates(original: str, variant: str) -> Iterator[tuple[str, str]]:
    """Pieces at the first difference, or from the word before it on (James Watt, James Hill); the texts agree behind them."""
    old, new = _PIECE.findall(original), _PIECE.findall(variant)
    at = next((place for place, (was, became) in enumerate(zip(old, new, strict=False)) if was != became), None)
    if at is None:
        return
    for same_end in (False, True):  # a last word that stays is part of the name only where nothing else will do
        for start in (at, at - 2):
            for taken, put in _LENGTHS:
                end, new_end = start + taken, start + put
                if start < 0 or end > len(old) or new_end > len(new) or (old[end - 1] == new[new_end - 1]) != same_end:
                    continue
                if old[end : end + 1] == new[new_end : new_end + 1]:
                    yield "".join(old[start:end]), "".join(new[start:new_end])


_LENGTHS = sorted(((taken, put) for taken in range(1, _LONGEST + 1) for put in range(1, _LONGEST + 1)), key=sum)
"""Pieces taken out and put in, few before many."""
