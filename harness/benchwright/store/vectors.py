"""A column of vectors: as many numbers of single precision in each row, read back exactly as they were written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from benchwright.arrow_arrays import flag_array, from_numbers
from benchwright.errors import StoreError

if TYPE_CHECKING:
    import pyarrow as pa


def type_of(vectors: Sequence[Sequence[float] | None]) -> pa.DataType:
    """The type of a column that holds these: ``fixed_size_list<float32>``; without any vector it is of no type yet, which joins
    with every other.

    Raises:
        StoreError: They are of several lengths.
    """
    import pyarrow as pa

    lengths = {len(vector) for vector in vectors if vector is not None}
    if len(lengths) > 1:
        raise _other_lengths(lengths)
    return pa.list_(pa.float32(), lengths.pop()) if lengths else pa.null()


def encode(vectors: Sequence[Sequence[float] | None], kind: pa.DataType) -> pa.Array:
    """A column of that type (`type_of`) with these vectors; None is none."""
    import pyarrow as pa

    if pa.types.is_null(kind):
        return pa.nulls(len(vectors))
    there = np.array([vector is not None for vector in vectors], dtype=np.bool_)
    nothing = (0.0,) * kind.list_size
    numbers = np.array([nothing if vector is None else vector for vector in vectors], dtype=np.float32)
    mask = None if there.all() else flag_array(there).buffers()[1]
    return pa.Array.from_buffers(kind, len(vectors), [mask], children=[from_numbers(numbers.reshape(-1))])


def check_joined(types: Sequence[pa.DataType]) -> None:
    """Refuse to join columns of vectors of several lengths; those without any vector go with all. Others are not looked at.

    Raises:
        StoreError: The lengths differ.
    """
    import pyarrow as pa

    lengths = {one.list_size for one in types if pa.types.is_fixed_size_list(one)}
    if len(lengths) > 1:
        raise _other_lengths(lengths)


def decode(column: pa.ChunkedArray) -> list[tuple[float, ...] | None]:
    """The vectors of a column; None where there is none.

    Raises:
        StoreError: It holds something else, or a vector with a gap.
    """
    import pyarrow as pa

    kind = column.type
    if pa.types.is_null(kind):
        return [None] * len(column)
    if not pa.types.is_fixed_size_list(kind) or kind.value_type != pa.float32() or not kind.list_size:
        raise _damaged(f"a column of the type {kind}")
    found: list[tuple[float, ...] | None] = []
    for chunk in column.chunks:
        found += _decode_chunk(chunk, kind.list_size)
    return found


def _decode_chunk(chunk: Any, size: int) -> list[tuple[float, ...] | None]:
    """Vectors are cut from one array; ``flatten`` leaves out those that are not there."""
    values = chunk.flatten()
    there = chunk.is_valid().to_pylist()
    if values.null_count or len(values) != size * sum(there):
        raise _damaged("a vector with a gap")
    rows = iter(values.to_numpy(zero_copy_only=False).reshape(-1, size).tolist())
    return [tuple(next(rows)) if is_there else None for is_there in there]


def _other_lengths(lengths: set[int]) -> StoreError:
    return StoreError(
        f"vectors of {' and '.join(f'{length:,}' for length in sorted(lengths))} numbers in one cell",
        expected="vectors of one length, from one model",
        hint="run the same command again with an empty --workdir, and look at what the model gives",
    )


def _damaged(what: str) -> StoreError:
    return StoreError(
        f"the stored vectors hold {what}",
        expected="a vector of single-precision numbers in each row, all of one length",
        hint="`benchwright store check` lists what is damaged; run the same command again to make it anew",
    )
