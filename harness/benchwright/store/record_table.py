"""Records as Parquet: one table per cell, typed by the kind of its task, equal records giving equal bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from benchwright.arrow_arrays import flag_array
from benchwright.documents import Unreadable
from benchwright.kinds import ColumnForm
from benchwright.parquet_tables import read_parquet
from benchwright.store import column_arrays, vectors
from benchwright.store.column_arrays import json_text
from benchwright.types import SCHEMA, Record

if TYPE_CHECKING:
    import pyarrow as pa

_OPTIONAL = ("official_id", "group")
_ROWS = 4096
"""Rows whose slices are unpacked together."""


def encode(records: Sequence[Record], form: ColumnForm) -> pa.Table:
    """Records as an Arrow table.

    ``target`` and ``output`` are strings, lists of strings, doubles, integers or JSON text, as the kind of task says
    (``KindSpec.column``); a vector is as many numbers of single precision in each row, its target JSON text. ``extra`` is JSON
    text. ``official_id`` and ``group`` are columns where records have them.

    Raises:
        StoreError: Vectors of several lengths.
    """
    import pyarrow as pa

    outputs = [r.output for r in records]
    given = vectors.type_of(outputs) if form == "vector" else None
    schema = schema_of(form, given)
    scores = [r.scores for r in records]
    slices_of = [r.slices for r in records]
    columns = {
        "id": column_arrays.texts([r.id for r in records]),
        "target": column_arrays.answers([r.target for r in records], form),
        "output": column_arrays.answers(outputs, form) if given is None else vectors.encode(outputs, given),
        "scores": column_arrays.score_lists(
            np.array([one for row in scores for one in row or ()], dtype=np.float64),
            np.array([len(row or ()) for row in scores], dtype=np.int64),
            np.array([row is not None for row in scores], dtype=np.bool_),
        ),
        "slices": column_arrays.slice_maps(
            [name for row in slices_of for name in row],
            [value for row in slices_of for value in row.values()],
            np.array([len(row) for row in slices_of], dtype=np.int64),
        ),
        "cluster": column_arrays.texts([r.cluster for r in records]),
        "error": column_arrays.texts([r.error for r in records]),
        "truncated": flag_array(np.array([r.truncated for r in records], dtype=np.bool_)),
        "extra": column_arrays.texts([json_text(r.extra) if r.extra else None for r in records]),
    }
    for name in _OPTIONAL:
        values = [getattr(record, name) for record in records]
        if any(value is not None for value in values):
            schema = schema.append(pa.field(name, pa.string()))
            columns[name] = column_arrays.texts(values)
    return pa.table(columns, schema=schema)


def schema_of(form: ColumnForm, given: Any = None) -> pa.Schema:
    """The columns that every table of records has; ``given``: Arrow's type of outputs where it is not the form's."""
    import pyarrow as pa

    answer = pa.string() if form == "vector" else _arrow_type(form)
    return pa.schema(
        [
            ("id", pa.string()),
            ("target", answer),
            ("output", answer if given is None else given),
            ("scores", pa.list_(pa.float64())),
            ("slices", pa.map_(pa.string(), pa.string())),
            ("cluster", pa.string()),
            ("error", pa.string()),
            ("truncated", pa.bool_()),
            ("extra", pa.string()),
        ],
        metadata={"benchwright.schema": str(SCHEMA), "benchwright.form": form},
    )


def decode(table: pa.Table) -> list[Record]:
    """The records of a table that ``encode`` made.

    Raises:
        StoreError: A column that should hold vectors holds something else.
    """
    form = form_of(table)
    columns = {name: table.column(name) for name in table.column_names}
    nothing = [None] * table.num_rows
    rows = zip(
        columns["id"].to_pylist(),
        answers(columns["target"], form, "target"),
        answers(columns["output"], form, "output"),
        _scores(columns["scores"]),
        slices(columns["slices"]),
        _shared(columns["cluster"]),
        columns["error"].to_pylist(),
        columns["truncated"].to_pylist(),
        columns["extra"].to_pylist(),
        *(_shared(columns[name]) if name in columns else nothing for name in _OPTIONAL),
        strict=True,
    )
    return [
        Record(
            id=id_,
            target=target,
            output=output,
            scores=scores,
            slices=slices,
            cluster=cluster,
            error=error,
            truncated=truncated,
            extra=from_json(extra) if extra else {},
            official_id=official_id,
            group=group,
        )
        for id_, target, output, scores, slices, cluster, error, truncated, extra, official_id, group in rows
    ]


def form_of(table: pa.Table) -> str:
    """How targets and outputs lie in a table of records: a `ColumnForm`."""
    form: bytes = (table.schema.metadata or {}).get(b"benchwright.form", b"json")
    return form.decode()


def unpacker(form: str) -> Callable[[Any], Any] | None:
    """What makes an answer of a value of such a column; None: it is one already."""
    return _UNPACK.get(form)


def answers(column: pa.ChunkedArray, form: str, name: str) -> list[Any]:
    """The column ``target`` or ``output``, as its values were.

    Raises:
        StoreError: A column that should hold vectors holds something else.
    """
    return vectors.decode(column) if form == "vector" and name == "output" else _answers(column, unpacker(form))


def _answers(column: pa.ChunkedArray, unpack: Callable[[Any], Any] | None) -> list[Any]:
    """Targets or outputs as they were; rows of one JSON text share its value, as the expectations of behavioural tests do."""
    import pyarrow as pa

    if pa.types.is_string(column.type):
        return _shared(column, unpack)
    values = column.to_pylist()
    return values if unpack is None else [unpack(value) for value in values]


def _shared(column: pa.ChunkedArray, unpack: Callable[[Any], Any] | None = None) -> list[Any]:
    """Texts of a column, or what is unpacked of them; equal ones are held once."""
    coded = column.combine_chunks().dictionary_encode()
    known = coded.dictionary.to_pylist()
    if unpack is not None:
        known = [unpack(text) for text in known]
    return [None if code is None else known[code] for code in coded.indices.to_pylist()]


def _scores(column: pa.ChunkedArray) -> list[tuple[float, ...] | None]:
    """Scores of each row as tuples; rows of one length are cut from one array, many times faster than one by one."""
    rows = len(column)
    if rows and not column.null_count:
        lists = column.combine_chunks()
        values, lengths = lists.flatten(), lists.value_lengths().to_numpy()
        width = int(lengths[0])
        if width and not values.null_count and (lengths == width).all():
            numbers = values.to_numpy().tolist()
            return [tuple(numbers[start : start + width]) for start in range(0, rows * width, width)]
    return [None if scores is None else tuple(scores) for scores in column.to_pylist()]


def slices(column: pa.ChunkedArray) -> list[dict[str, str]]:
    """Slices of each row; a table without any is not looked at row by row."""
    if all(not len(chunk.items) for chunk in column.chunks):
        return [{} for _ in range(len(column))]
    known: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
    found: list[dict[str, str]] = []
    for start in range(
        0, len(column), _ROWS
    ):  # texts of all rows at once, most of them equal, would take more room than all else
        for slices in column.slice(start, _ROWS).to_pylist():
            key = tuple(slices or ())
            found.append(known.setdefault(key, dict(key)))
    return found


def to_bytes(table: pa.Table) -> bytes:
    """The table as Parquet; one layout and one codec, so that equal tables give equal bytes."""
    import io

    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(table.combine_chunks(), buffer, compression="zstd", row_group_size=65_536, version="2.6")
    return buffer.getvalue()


def from_bytes(content: bytes) -> pa.Table:
    """The table in Parquet bytes; raises pyarrow's ArrowInvalid when they are damaged, or would take far more memory than they should."""
    import pyarrow as pa

    try:
        return read_parquet(content)
    except Unreadable as error:
        raise pa.ArrowInvalid(error.why) from error


def _arrow_type(form: str) -> Any:
    import pyarrow as pa

    return {
        "number": pa.float64(),
        "integer": pa.int64(),
        "strings": pa.list_(pa.string()),
        "string": pa.string(),
        "json": pa.string(),
        "texts": pa.string(),
    }[form]


def _tuples(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def from_json(value: str) -> Any:
    """The value of a canonical JSON text, which may hold what only Python writes and reads: NaN, infinities, half of a surrogate pair."""
    try:
        return msgspec.json.decode(value)  # five times as fast
    except (msgspec.DecodeError, UnicodeError):
        return json.loads(value)


def _from_json(value: Any) -> Any:
    return None if value is None else from_json(value)


_UNPACK: dict[str, Callable[[Any], Any]] = {
    "json": _from_json,
    "vector": _from_json,
    "texts": lambda value: _tuples(_from_json(value)),
    "strings": _tuples,
}
