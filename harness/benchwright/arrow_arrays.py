"""Arrays of Arrow made of what is there already, and read as numpy arrays, by buffers: Arrow's own conversions of Python and numpy values import pandas first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

Flags = NDArray[np.bool_]


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


def numbers_of(array: pa.Array) -> NDArray[Any]:
    """The numbers of an array without nulls, where they lie."""
    if not len(array):
        return np.zeros(0, dtype=np.int64)
    kind = np.dtype(f"{'u' if str(array.type).startswith('u') else ''}int{array.type.bit_width}")
    return np.frombuffer(array.buffers()[1], dtype=kind)[array.offset : array.offset + len(array)]


def flag_array(flags: NDArray[np.bool_]) -> pa.BooleanArray:
    """Truth values."""
    import pyarrow as pa

    return pa.Array.from_buffers(pa.bool_(), len(flags), [None, _bits(flags)])


def numbers(array: pa.Array, kind: type[Any]) -> NDArray[Any]:
    """The numbers of an array of that type, anything where there is none; a view, not to be written."""
    data = array.buffers()[1]
    held = np.zeros(len(array), kind) if data is None else np.frombuffer(data, kind)
    return held[array.offset : array.offset + len(array)] if data is not None else held


def is_there(array: pa.Array) -> Flags:
    """Whether there is a value, of each row."""
    held = array.buffers()[0]
    if array.null_count == len(array):
        return np.zeros(len(array), np.bool_)
    return _unpacked(held, array) if held is not None and array.null_count else np.ones(len(array), np.bool_)


def truths(array: pa.Array) -> Flags:
    """The truth values of an array, False where there is none."""
    data = array.buffers()[1]
    return np.zeros(len(array), np.bool_) if data is None else _unpacked(data, array) & is_there(array)


def codes(indices: pa.Array) -> NDArray[np.int32]:
    """The indices of an array by dictionary, -1 where there is none."""
    return np.where(is_there(indices), numbers(indices, np.int32), np.int32(-1))


def from_numbers(values: NDArray[Any], there: Flags | None = None) -> pa.Array:
    """Arrow's array of numbers of 32 or 64 bits; without a value where not ``there``."""
    import pyarrow as pa

    kind = {
        np.dtype(np.int64): pa.int64(),
        np.dtype(np.int32): pa.int32(),
        np.dtype(np.float64): pa.float64(),
        np.dtype(np.float32): pa.float32(),
    }
    mask = None if there is None else _bits(there)
    return pa.Array.from_buffers(kind[values.dtype], len(values), [mask, pa.py_buffer(np.ascontiguousarray(values))])


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


def _unpacked(held: Any, array: pa.Array) -> Flags:
    end = array.offset + len(array)
    bits = np.unpackbits(np.frombuffer(held, np.uint8), count=end, bitorder="little")
    return bits[array.offset :].astype(np.bool_)
