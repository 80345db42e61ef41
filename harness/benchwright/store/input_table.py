"""The texts of a split as an Arrow table: ``id``, and ``inputs`` as JSON text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from benchwright.example_table import ExampleTable
from benchwright.store.record_table import json_text
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
        return pa.table({"id": [e.id for e in examples], "inputs": [json_text(e.inputs) for e in examples]})
    parts = [_part(examples[start : start + _MANY]) for start in range(0, len(examples), _MANY)]
    return pa.concat_tables(parts)


def _are_texts(examples: ExampleTable) -> bool:
    columns = examples.inputs.values()
    return len(examples) > 0 and all(isinstance(column, Texts) and not column.lacks_some for column in columns)


def _part(examples: ExampleTable) -> pa.Table:
    import pyarrow as pa
    from pyarrow import compute

    nothing = pa.scalar("", pa.large_string())
    inputs = compute.binary_join_element_wise(*_pieces(examples), nothing).cast(pa.string())
    rows = pa.array(examples.rows).cast(pa.string())
    return pa.table({"id": compute.binary_join_element_wise(f"{examples.name}/", rows, ""), "inputs": inputs})


def _pieces(examples: ExampleTable) -> Iterator[Any]:
    """What stands one behind the other in each row: an object whose keys are in order."""
    import pyarrow as pa

    between = "{"
    for name in sorted(examples.inputs):
        column = examples.inputs[name]
        assert isinstance(column, Texts)
        yield pa.scalar(f'{between}{json_text(name)}:"', pa.large_string())
        yield _escaped(column)
        between = '",'
    yield pa.scalar('"}', pa.large_string())


def _escaped(texts: Texts) -> pa.LargeStringArray:
    """The texts as JSON writes them between quotes."""
    import pyarrow as pa
    from pyarrow import compute

    ends, data = texts.bytes()
    places = np.flatnonzero(_ESCAPED[data[ends[0] : ends[-1]]]) + ends[0]
    if not len(places):
        return texts.array
    mask = np.zeros(len(texts), dtype=np.bool_)
    mask[np.searchsorted(ends, places, side="right") - 1] = True
    written = Texts.of(json_text(text)[1:-1] for text in texts.take(np.flatnonzero(mask)))
    return compute.replace_with_mask(texts.array, pa.array(mask), written.array)
