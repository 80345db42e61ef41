"""A Parquet file is read whole or refused before it takes more memory than a file of its size has reason to."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchwright import parquet_tables
from benchwright.data.api import read_table
from benchwright.documents import Unreadable
from benchwright.parquet_tables import read_parquet
from benchwright.store import record_table

ROWS = 3000
PLAIN = {
    "text": pa.array(["a", None, "b" * 40] * (ROWS // 3)),
    "number": pa.array(range(ROWS)),
    "tags": pa.array([["B-X", "O"], None, ["O", None]] * (ROWS // 3)),
    "map": pa.array([[("k", "v")]] * ROWS, pa.map_(pa.string(), pa.string())),
    "struct": pa.array([{"x": "y", "z": None}] * ROWS),
    "deep": pa.array([{"a": [["q"], []]}] * ROWS),
    "fixed": pa.array([b"1234"] * ROWS, pa.binary(4)),
}


def content_of(table, **more):
    held = io.BytesIO()
    pq.write_table(pa.table(table), held, **more)
    return held.getvalue()


def repeated(text, rows):
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([text]))


MANY = 2000
BOMBS = {
    "one long text, and references to it": lambda: content_of({"t": repeated("x" * 20_000, MANY)}),
    "the same, and not told to be a dictionary": lambda: content_of(
        {"t": repeated("x" * 20_000, MANY)}, store_schema=False
    ),
    "a list of references": lambda: content_of(
        {"t": pa.ListArray.from_arrays(pa.array([0, MANY], pa.int32()), repeated("x" * 20_000, MANY))}
    ),
    "rows without a value": lambda: content_of({name: pa.nulls(100_000, pa.string()) for name in map(str, range(26))}),
    "a text of one letter": lambda: content_of({"t": ["x" * 20_000_000]}, use_dictionary=False, compression="zstd"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_would_unfold_into_gigabytes_is_refused_before_it_does(bomb, monkeypatch):
    """Whoever reads Parquet refuses it, and says how large it would be; here the limit is 16 MB."""
    content = BOMBS[bomb]()
    assert len(content) < 100_000
    monkeypatch.setattr(parquet_tables, "ALWAYS", 2**24)
    for read in (read_parquet, read_table, record_table.from_bytes):
        held = pa.default_memory_pool().max_memory()
        with pytest.raises((Unreadable, pa.ArrowInvalid), match=r"its columns would take 0.0\d GB in memory"):
            read(content)
        assert pa.default_memory_pool().max_memory() - held < 2**23, "it was not unfolded"


@pytest.mark.parametrize("always", [parquet_tables.ALWAYS, 1])
def test_a_table_is_what_pyarrow_reads(always, monkeypatch):
    """Nulls, lists, maps, structs: the same values and types, whether or not the bound makes dictionaries be read as such."""
    content = content_of(PLAIN)
    monkeypatch.setattr(parquet_tables, "ALWAYS", always)
    found, expected = read_parquet(content), pq.read_table(io.BytesIO(content))
    assert found.schema.names == expected.schema.names
    assert [found.column(name).to_pylist() for name in PLAIN] == [expected.column(name).to_pylist() for name in PLAIN]
    assert [str(kind) for kind in found.schema.types] == [str(kind) for kind in expected.schema.types]


def test_a_long_text_that_few_rows_hold_is_no_bomb(monkeypatch):
    """As many rows as long as the longest text would be too many; the texts that are there are not."""
    monkeypatch.setattr(parquet_tables, "ALWAYS", 2**20)
    texts = ["x" * 100_000, *["short"] * 5000]
    assert read_parquet(content_of({"t": texts})).column("t").to_pylist() == texts


def test_categories_are_read_as_the_texts_that_they_are():
    """Of what pandas wrote as a category comes a column of texts."""
    texts = pa.array(["no", None, "yes", "no"])
    found = read_parquet(content_of({"t": texts.dictionary_encode()}))
    assert found.column("t").type == pa.string()
    assert found.column("t").to_pylist() == texts.to_pylist()
