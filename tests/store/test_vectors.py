"""Vectors come back exactly as they were written; what is no vector of the column is refused."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from benchwright.errors import StoreError
from benchwright.store import vectors
from benchwright.store.record_table import decode, encode, from_bytes, to_bytes
from benchwright.types import Record

FLOATS = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 6), st.integers(1, 5)),
    elements=st.floats(width=32, allow_nan=False, allow_infinity=False),
)


def record(at, output):
    return Record(id=f"t/{at}", target="targ1", output=output, error=None if output else "out of memory")


@given(FLOATS, st.sets(st.integers(0, 5)))
def test_single_precision_comes_back_bit_by_bit(numbers, gone):
    """From a table, its bytes, a slice and a joined table; rows without an answer stay without one."""
    records = [record(at, None if at in gone else tuple(row)) for at, row in enumerate(numbers.tolist())]
    table = encode(records, "vector")

    assert decode(table) == records
    assert decode(from_bytes(to_bytes(table))) == records
    assert decode(table.slice(1)) == records[1:]
    joined = pa.concat_tables([encode([row], "vector") for row in records], promote_options="default")
    assert decode(joined) == records


def test_a_shard_without_any_vector_joins_with_the_others():
    """It knows no length."""
    none, some = encode([record(0, None)], "vector"), encode([record(1, (1.0, 2.0))], "vector")
    vectors.check_joined([one.schema.field("output").type for one in (none, some, none)])
    joined = pa.concat_tables([none, some, none], promote_options="default")
    assert [one.output for one in decode(from_bytes(to_bytes(joined)))] == [None, (1.0, 2.0), None]


def test_several_lengths_are_refused():
    """In one shard, and between shards."""
    with pytest.raises(StoreError, match="vectors of 1 and 2 numbers in one cell"):
        encode([record(0, (1.0,)), record(1, (1.0, 2.0))], "vector")
    with pytest.raises(StoreError, match="vectors of 2 and 3 numbers in one cell"):
        vectors.check_joined([pa.list_(pa.float32(), 2), pa.null(), pa.list_(pa.float32(), 3)])


@pytest.mark.parametrize(
    "column",
    [
        pa.array([[1.0], [2.0]], pa.list_(pa.float64(), 1)),
        pa.array([[1.0], [2.0, 3.0]], pa.list_(pa.float32())),
        pa.array(["[1.0]", None], pa.string()),
        pa.array([[1.0], [None]], pa.list_(pa.float32(), 1)),
        pa.array([[], []], pa.list_(pa.float32(), 0)),
    ],
    ids=["doubles", "ragged", "texts", "a gap", "no numbers"],
)
def test_another_column_in_place_of_vectors_is_refused(column):
    """A table that says it holds vectors."""
    table = encode([record(0, (1.0,)), record(1, (2.0,))], "vector")
    place = table.column_names.index("output")
    with pytest.raises(StoreError, match="the stored vectors hold"):
        decode(table.set_column(place, "output", column))


def test_vectors_of_older_stores_are_still_read():
    """They were JSON text."""
    assert decode(encode([record(0, (0.5, 0.25))], "json"))[0].output == [0.5, 0.25]
