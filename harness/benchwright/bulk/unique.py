"""Find rows that a model would read identically, so that each is computed once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchwright.bulk.encoded import Encoded, Ints


@dataclass(frozen=True, kw_only=True)
class Unique:
    """Attributes:
    rows: First row of each distinct input, in input order; rows with errors are left out.
    source: For each row, the position in ``rows`` of the input that is equal to it; -1 for a row with an error.
    """

    rows: Ints
    source: Ints


def find_unique(encoded: Encoded) -> Unique:
    """Rows that differ in at least one column, and for each row the one it equals."""
    seen: dict[tuple[bytes, ...], int] = {}
    rows: list[int] = []
    source = np.full(len(encoded), -1, dtype=np.int64)
    columns = list(encoded.columns.values())
    bounds = encoded.offsets.tolist()
    for number in range(len(encoded)):
        if number in encoded.errors:
            continue
        start, end = bounds[number], bounds[number + 1]
        key = tuple(column[start:end].tobytes() for column in columns)
        position = seen.setdefault(key, len(rows))
        if position == len(rows):
            rows.append(number)
        source[number] = position
    return Unique(rows=np.array(rows, dtype=np.int64), source=source)
