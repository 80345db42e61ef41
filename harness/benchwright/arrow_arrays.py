"""Arrays of Arrow made of what is there already, by buffers: Arrow's own conversions of Python and numpy values import pandas first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa


def text_array(texts: Sequence[str | None]) -> pa.LargeStringArray:
    """Texts; None is none."""
    import pyarrow as pa

    return _variable(pa.large_string(), [None if text is None else text.encode() for text in texts])


def bytes_array(values: Sequence[bytes]) -> pa.LargeBinaryArray:
    """Bytes."""
    import pyarrow as pa

    return _variable(pa.large_binary(), values)


def number_array(numbers: NDArray[np.integer[Any]]) -> pa.Int64Array:
    """Whole numbers."""
    import pyarrow as pa

    whole = np.ascontiguousarray(numbers, dtype=np.int64)
    return pa.Array.from_buffers(pa.int64(), len(whole), [None, pa.py_buffer(whole)])


def flag_array(flags: NDArray[np.bool_]) -> pa.BooleanArray:
    """Truth values."""
    import pyarrow as pa

    return pa.Array.from_buffers(pa.bool_(), len(flags), [None, _bits(flags)])


def _variable(kind: pa.DataType, values: Sequence[bytes | None]) -> pa.Array:
    import pyarrow as pa

    ends = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum([0 if value is None else len(value) for value in values], out=ends[1:])
    there = np.array([value is not None for value in values], dtype=np.bool_)
    known = None if there.all() else _bits(there)
    return pa.Array.from_buffers(
        kind, len(values), [known, pa.py_buffer(ends), pa.py_buffer(b"".join(filter(None, values)))]
    )


def _bits(flags: NDArray[np.bool_]) -> pa.Buffer:
    import pyarrow as pa

    return pa.py_buffer(np.packbits(flags, bitorder="little"))
