"""Where the tags of an entity's words stand among the raw outputs of tokens.

A tag stands at the first token of its word, in the window that `words.encode_words` chose for it. The outputs that count are those
for which the word would get that very tag while the other words keep theirs: of a head in IOB2 the one of that name; of one in IOB1 or
BIOES those that are read as it behind the tag of the word before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from benchwright.encoders.codec import Row
from benchwright.encoders.encoded import Ints
from benchwright.encoders.places import OutputPlace
from benchwright.tags import OUTSIDE, Scheme, to_iob2
from benchwright.types import Target

Firsts = Mapping[int, tuple[int, int]]
"""Word of a sentence -> row and position of its first token."""


def first_tokens(rows: Sequence[int], firsts: Sequence[Ints]) -> dict[int, tuple[int, int]]:
    """Where the words of one sentence have their first tokens.

    Args:
        rows: Windows of the sentence.
        firsts: Of all windows, as `WordRows.firsts`.
    """
    return {int(word): (row, int(position)) for row in rows for position, word in firsts[row]}


def tag_places(
    target: Target, firsts: Firsts, outputs: Sequence[Row | None], written: Sequence[str], scheme: Scheme | None
) -> tuple[OutputPlace, ...] | str:
    """The place of each of an entity's words, or why there are none.

    Args:
        target: Words and tags.
        firsts: Where the words of the sentence have their first tokens.
        outputs: Raw outputs of each row, tokens x outputs.
        written: What each output writes.
        scheme: How that is read; None: as it stands.
    """
    found = []
    for word, tag in zip(range(target.start or 0, target.end or 0), target.tags, strict=True):
        if word not in firsts:
            return f"word {word + 1} of the sentence has no token, and no number"
        row, position = firsts[word]
        before = _written_at(firsts.get(word - 1), outputs, written)
        meaning = [number for number, one in enumerate(written) if _as_read(before, one, scheme) == tag]
        if not meaning:
            return f"no output of the model is read as the tag of word {word + 1}"
        every = position * len(written) + np.arange(len(written))
        found.append(OutputPlace(row=row, at=every[meaning], rivals=((row, every),), weight=1 / len(target.tags)))
    return tuple(found)


def _written_at(place: tuple[int, int] | None, outputs: Sequence[Row | None], written: Sequence[str]) -> str:
    """The tag that a word gets by itself; ``O`` in front of a sentence and at a word without a token."""
    row = None if place is None else outputs[place[0]]
    return OUTSIDE if row is None or place is None else written[int(row[place[1]].argmax())]


@lru_cache(maxsize=65_536)
def _as_read(before: str, tag: str, scheme: Scheme | None) -> str:
    """The tag in IOB2, which depends on itself and on the one before it alone."""
    return tag if scheme is None else to_iob2((before, tag), scheme)[1]
