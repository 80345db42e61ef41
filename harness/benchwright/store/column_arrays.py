"""Columns of records as arrays of Arrow: texts, answers, lists of scores, maps of slices; none of them made by way of pandas."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchwright.arrow_arrays import Flags, flag_array, from_numbers, text_array
from benchwright.kinds import ColumnForm

if TYPE_CHECKING:
    import pyarrow as pa

json_text = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
"""Canonical JSON text of a value."""


def texts(values: Sequence[str | None]) -> pa.Array:
    """Texts of the type ``string``; None is none."""
    import pyarrow as pa

    return text_array(values).cast(pa.string())


def answers(values: Sequence[Any], form: ColumnForm) -> pa.Array:
    """Targets or outputs in that form, of vectors targets alone; None is none."""
    import pyarrow as pa

    if form == "string":
        return texts(values)
    if form == "strings":
        return _lists(values)
    if form in ("number", "integer"):
        kind = np.float64 if form == "number" else np.int64
        there = np.array([value is not None for value in values], dtype=np.bool_)
        known = np.array([0 if value is None else value for value in values], dtype=kind)
        return from_numbers(known, None if there.all() else there)
    return texts(_json_texts(values)) if len(values) else pa.nulls(0, pa.string())


def score_lists(values: NDArray[np.float64], widths: NDArray[np.int64], there: Flags) -> pa.Array:
    """A list of scores for each row that has one.

    Args:
        values: Of all rows, one after the other.
        widths: How many each row has (n).
        there: Whether it has a list (n).
    """
    import pyarrow as pa

    mask = None if there.all() else flag_array(~there)
    return pa.ListArray.from_arrays(_ends(widths), from_numbers(values), mask=mask)


def slice_maps(names: Sequence[str], values: Sequence[str], widths: NDArray[np.int64]) -> pa.Array:
    """The slices of each row: names and values of all rows one after the other, and how many each row has (n)."""
    return map_array(texts(names), texts(values), widths)


def map_array(keys: pa.Array, items: pa.Array, widths: NDArray[np.int64]) -> pa.Array:
    """Maps, of which ``widths`` says how many keys each row has."""
    import pyarrow as pa

    return pa.MapArray.from_arrays(_ends(widths), keys, items)


def _ends(widths: NDArray[np.int64]) -> pa.Array:
    ends = np.zeros(len(widths) + 1, dtype=np.int32)
    np.cumsum(widths, out=ends[1:])
    return from_numbers(ends)


def _lists(values: Sequence[Sequence[str] | None]) -> pa.Array:
    import pyarrow as pa

    there = np.array([value is not None for value in values], dtype=np.bool_)
    widths = np.array([len(value or ()) for value in values], dtype=np.int64)
    mask = None if there.all() else flag_array(~there)
    return pa.ListArray.from_arrays(_ends(widths), texts([one for value in values for one in value or ()]), mask=mask)


def _json_texts(values: Sequence[Any]) -> list[str | None]:
    """JSON text of each value; a value that rows share is written once."""
    known: dict[int, str | None] = {}
    for value in values:
        if id(value) not in known:
            known[id(value)] = None if value is None else json_text(value)
    return [known[id(value)] for value in values]
