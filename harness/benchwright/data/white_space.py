"""Texts whose white space does not count."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchwright.arrow_arrays import flag_array
from benchwright.text_columns import Texts, Values

_PIECE = 1 << 24
"""Bytes that are looked through at a time."""

_SUSPECT = np.zeros(256, dtype=np.bool_)
_SUSPECT[:0x20] = True
_SUSPECT[[0xC2, 0xE1, 0xE2, 0xE3]] = True
"""Bytes that are white space, or begin one of Unicode's in UTF-8 (U+0085 and U+00A0, U+1680, U+2000 to U+205F, U+3000)."""


def squeezed(column: Values) -> Values:
    """The values with white space normalised in texts: stripped, and single blanks between words; others as they are."""
    if not isinstance(column, Texts):
        return [_squeezed(value) if isinstance(value, str) else value for value in column]
    rows = _uneven(column)
    if not len(rows):
        return column
    from pyarrow import compute

    mask = np.zeros(len(column), dtype=np.bool_)
    mask[rows] = True
    even = Texts.of(text and _squeezed(text) for text in column.take(rows))
    return Texts(compute.replace_with_mask(column.array, flag_array(mask), even.array))


def _squeezed(text: str) -> str:
    plain = text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " "
    return text if plain else " ".join(text.split())


def _uneven(texts: Texts) -> NDArray[np.intp]:
    """Rows whose texts may change; all that do are among them."""
    ends, data = texts.bytes()
    found = np.zeros(len(texts), dtype=np.bool_)
    for start in range(int(ends[0]), int(ends[-1]), _PIECE):
        piece = data[start : min(start + _PIECE + 1, int(ends[-1]))]
        blank = piece == ord(" ")
        blank[:-1] &= blank[1:]
        blank[-1] = False
        blank |= _SUSPECT[piece]
        found[np.searchsorted(ends, np.flatnonzero(blank) + start, side="right") - 1] = True
    full = np.flatnonzero(np.diff(ends))
    found[full] |= (data[ends[full]] == ord(" ")) | (data[ends[full + 1] - 1] == ord(" "))
    return np.flatnonzero(found)
