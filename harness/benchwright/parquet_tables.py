"""Read Parquet whose columns, once decoded, are no larger than a file of that size has reason to be.

A few thousand bytes can stand for many gigabytes: one long text in a dictionary and a million references to it, or millions of rows
without a value. What a file says of its columns bounds them before any is read; where the bound is too large only because values are
kept in dictionaries, these are read as such, and the true size is known before a text is made of every reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchwright.arrow_arrays import codes
from benchwright.documents import Unreadable

if TYPE_CHECKING:
    import pyarrow as pa

ALWAYS = 2**32
"""Bytes of decoded columns that any file may have: millions of items that share a few long texts are small files, and are no attack."""
TIMES = 50
"""Times its own size that a file may have; data of texts and numbers shrink ten times at most when they are compressed."""
_SLOT = 8
"""Bytes for a value besides its content."""


def read_parquet(source: Path | bytes) -> pa.Table:
    """The table in a Parquet file, read by one thread: one that outlives the program aborts it.

    Raises:
        Unreadable: Its columns would be too large. What pyarrow raises for damage is not caught.
    """
    import io

    import pyarrow.parquet as pq

    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    room = max(ALWAYS, TIMES * size)

    def opened(**more: Any) -> pq.ParquetFile:
        return pq.ParquetFile(io.BytesIO(source) if isinstance(source, bytes) else source, **more)

    file = opened()
    least, leaves = _bounds(file.metadata)
    _check(least, size, room)
    if least + sum(leaves.values()) > room:
        wide = [path for path, bytes_ in leaves.items() if bytes_ > room // (2 * len(leaves))]
        leaves |= _bounds_of_dictionaries(opened(read_dictionary=wide), wide)
    by_reference = [path for path, bytes_ in leaves.items() if bytes_ > room // (2 * len(leaves))]
    if least + sum(leaves.values()) <= room or not by_reference:
        table = file.read(use_threads=False)
    else:
        table = opened(read_dictionary=by_reference).read(use_threads=False)
    return _spelled_out(table, size, room)


def _bounds(metadata: Any) -> tuple[int, dict[str, int]]:
    """Bytes that all columns take at least, and those that each may take besides, by its path: every value as long as its dictionary."""
    least, leaves = 0, dict[str, int]()
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        for at in range(row_group.num_columns):
            chunk = row_group.column(at)
            least += chunk.total_uncompressed_size + _SLOT * chunk.num_values
            if chunk.physical_type == "FIXED_LEN_BYTE_ARRAY":
                least += chunk.num_values * metadata.schema.column(at).length
            if chunk.physical_type == "BYTE_ARRAY" and chunk.has_dictionary_page:
                path = chunk.path_in_schema
                leaves[path] = leaves.get(path, 0) + chunk.num_values * chunk.total_uncompressed_size
    return least, leaves


def _bounds_of_dictionaries(file: Any, paths: list[str]) -> dict[str, int]:
    """The same of some columns, every value as long as the longest one of its dictionary, which the first row brings along."""
    import pyarrow.compute as pc

    found = dict.fromkeys(paths, 0)
    for group in range(file.metadata.num_row_groups):
        row_group = file.metadata.row_group(group)
        numbers = {
            row_group.column(at).path_in_schema: row_group.column(at).num_values for at in range(row_group.num_columns)
        }
        for path in paths:
            for batch in file.iter_batches(1, row_groups=[group], columns=[path], use_threads=False):
                dictionaries = [
                    part.dictionary for column in batch.columns for part in _parts(column) if _is_coded(part)
                ]
                longest = max((pc.max(pc.binary_length(one)).as_py() or 0 for one in dictionaries), default=0)
                found[path] += numbers.get(path, 0) * longest
                break
    return found


def _spelled_out(table: pa.Table, size: int, room: int) -> pa.Table:
    """The table without dictionaries, if it is not too large without them."""
    arrays = [(at, chunk) for at, column in enumerate(table.columns) for chunk in column.chunks]
    coded = {at for at, chunk in arrays if any(_is_coded(part) for part in _parts(chunk))}
    if not coded:
        return table
    _check(
        table.nbytes + sum(_length(part) for _, chunk in arrays for part in _parts(chunk) if _is_coded(part)),
        size,
        room,
    )
    for at in sorted(coded):
        field = table.schema.field(at)
        plain = field.with_type(_plain(field.type))
        table = table.set_column(at, plain, table.column(at).cast(plain.type))
    return table


def _check(bytes_: int, size: int, room: int) -> None:
    if bytes_ > room:
        raise Unreadable(
            f"its columns would take {bytes_ / 2**30:,.2f} GB in memory, more than {TIMES} times its {size:,} bytes and more than "
            f"{ALWAYS / 2**30:.0f} GB"
        )


def _parts(array: pa.Array) -> Iterator[pa.Array]:
    """An array and all that are nested in it."""
    import pyarrow as pa

    yield array
    kind = array.type
    if pa.types.is_map(kind):
        yield from _parts(array.keys)
        yield from _parts(array.items)
    elif pa.types.is_struct(kind):
        for at in range(kind.num_fields):
            yield from _parts(array.field(at))
    elif pa.types.is_nested(kind) and hasattr(array, "values"):
        yield from _parts(array.values)


def _is_coded(array: pa.Array) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_dictionary(array.type))


def _length(array: pa.Array) -> int:
    """Bytes of the texts that an array by dictionary refers to; 8 for each value that is no text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type.value_type
    if not len(array.dictionary) or not (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
    ):
        return _SLOT * len(array)
    lengths = np.append(pc.binary_length(array.dictionary).fill_null(0).to_numpy(zero_copy_only=False), 0)
    return int(lengths[codes(array.indices.cast(pa.int32()))].sum(dtype=np.int64))


def _plain(kind: pa.DataType) -> pa.DataType:
    """A type without dictionaries."""
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return _plain(kind.value_type)
    if pa.types.is_map(kind):
        return pa.map_(_plain(kind.key_type), _plain(kind.item_type))
    if pa.types.is_struct(kind):
        return pa.struct([kind.field(at).with_type(_plain(kind.field(at).type)) for at in range(kind.num_fields)])
    for is_list, make in (
        (pa.types.is_list, pa.list_),
        (pa.types.is_large_list, pa.large_list),
        (pa.types.is_fixed_size_list, lambda field: pa.list_(field, kind.list_size)),
    ):
        if is_list(kind):
            return make(kind.value_field.with_type(_plain(kind.value_type)))
    return kind
