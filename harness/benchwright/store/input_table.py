"""The texts of a split as an Arrow table: ``id``, and ``inputs`` as JSON text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from benchwright.arrow_arrays import flag_array, number_array, text_array
from benchwright.example_table import ExampleTable
from benchwright.store.column_arrays import json_text
from benchwright.text_columns import Texts
from benchwright.types import Example

if TYPE_CHECKING:
    import pyarrow as pa

_MANY = 1 << 16
"""Rows that are written together."""

_ESCAPED = np.zeros(256, dtype=np.bool_)
_ESCAPED[:0x20] = True
_ESCAPED[[ord('"'), ord("\\")]] = True
"""Bytes that JSON writes otherwise."""


def input_table(examples: Sequence[Example]) -> pa.Table:
    """The table of a split; columns of texts are written as columns, and give what row by row gives."""
    import pyarrow as pa

    if not isinstance(examples, ExampleTable) or not _are_texts(examples):
        return _table(text_array([e.id for e in examples]), text_array([json_text(e.inputs) for e in examples]))
    parts = [_part(examples[start : start + _MANY]) for start in range(0, len(examples), _MANY)]
    return pa.concat_tables(parts)


def _are_texts(examples: ExampleTable) -> bool:
    columns = examples.inputs.values()
    return len(examples) > 0 and all(isinstance(column, Texts) and not column.lacks_some for column in columns)


def _table(ids: pa.LargeStringArray, inputs: pa.LargeStringArray) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_arrays([ids.cast(pa.string()), inputs.cast(pa.string())], names=["id", "inputs"])


def _part(examples: ExampleTable) -> pa.Table:
    """A row for each item: an object whose keys are in order."""
    import pyarrow as pa

    rows = number_array(examples.rows).cast(pa.large_string())
    pieces: list[str | pa.Array] = []
    for name in sorted(examples.inputs):
        column = examples.inputs[name]
        assert isinstance(column, Texts)
        before = '",' if pieces else "{"
        pieces += [f'{before}{json_text(name)}:"', _escaped(column)]
    return _table(_joined([f"{examples.name}/", rows]), _joined([*pieces, '"}']))


def _joined(pieces: Sequence[str | pa.Array]) -> pa.LargeStringArray:
    """What stands one behind the other in each row; a text stands in each."""
    from pyarrow import compute

    one_by_one = [text_array([piece])[0] if isinstance(piece, str) else piece for piece in [*pieces, ""]]
    return compute.binary_join_element_wise(*one_by_one)


def _escaped(texts: Texts) -> pa.LargeStringArray:
    """The texts as JSON writes them between quotes."""
    from pyarrow import compute

    ends, data = texts.bytes()
    places = np.flatnonzero(_ESCAPED[data[ends[0] : ends[-1]]]) + ends[0]
    if not len(places):
        return texts.array
    mask = np.zeros(len(texts), dtype=np.bool_)
    mask[np.searchsorted(ends, places, side="right") - 1] = True
    written = Texts.of(json_text(text)[1:-1] for text in texts.take(np.flatnonzero(mask)))
    return compute.replace_with_mask(texts.array, flag_array(mask), written.array)
