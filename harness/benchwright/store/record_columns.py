"""A table of records made of the columns of examples and predictions: the table that `record_table.encode` makes of the records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from benchwright.answers import Coded, Flags, Floats
from benchwright.arrow_arrays import flag_array, from_numbers
from benchwright.example_table import ExampleTable
from benchwright.kinds import ColumnForm
from benchwright.prediction_table import PredictionTable, fact_texts
from benchwright.store import record_table
from benchwright.text_columns import Texts

if TYPE_CHECKING:
    import pyarrow as pa


def encode_columns(
    examples: ExampleTable, predictions: PredictionTable, errors: Coded | None, form: ColumnForm
) -> pa.Table:
    """The records of examples as an Arrow table.

    Args:
        examples: Without metadata, which records hold beside the answers.
        predictions: Of each example.
        errors: Why an example has no answer, whoever found it; None: all have one.
        form: How answers lie in the table; not ``vector``.
    """
    import pyarrow as pa

    size = len(examples)
    answered = np.ones(size, dtype=np.bool_) if errors is None else errors.codes < 0
    outputs = Coded(np.where(answered, predictions.outputs.codes, -1).astype(np.int32), predictions.outputs.values)
    truncated = np.zeros(size, dtype=np.bool_) if predictions.truncated is None else predictions.truncated
    columns = {
        "id": _ids(examples),
        "target": _answers(examples.targets, form, size),
        "output": _answers(outputs, form, size),
        "scores": _scores(predictions.scores, answered),
        "slices": _slices(examples.slices, size),
        "cluster": _texts(examples.clusters, size),
        "error": _texts(errors, size),
        "truncated": flag_array(truncated),
        "extra": pa.array(fact_texts(predictions.facts, size), pa.string()),
    }
    schema = record_table.schema_of(form)
    official = examples.official_ids
    more = {
        "official_id": official.array.cast(pa.string())
        if isinstance(official, Texts)
        else pa.array(official or [None] * size, pa.string()),
        "group": _texts(examples.groups, size),
    }
    for name, values in more.items():
        if values.null_count < size:
            schema = schema.append(pa.field(name, pa.string()))
            columns[name] = values
    return pa.table(columns, schema=schema)


def _ids(examples: ExampleTable) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = from_numbers(np.ascontiguousarray(examples.rows, dtype=np.int64)).cast(pa.string())
    return pc.binary_join_element_wise(pa.scalar(examples.name), rows, "/")


def _answers(coded: Coded | None, form: ColumnForm, size: int) -> pa.Array:
    import pyarrow as pa

    kind, pack = record_table.answer_type(form)
    if coded is None:
        return pa.nulls(size, kind)
    coded = _used(coded)
    return pa.array(pack(coded.values), kind).take(_places(coded))


def _texts(coded: Coded | None, size: int) -> pa.Array:
    import pyarrow as pa

    if coded is None:
        return pa.nulls(size, pa.string())
    coded = _used(coded)
    return pa.array(list(coded.values), pa.string()).take(_places(coded))


def _used(coded: Coded) -> Coded:
    """Without the values that no row has: they may be no answers at all, or those of many other rows."""
    is_used = np.bincount(coded.codes + 1, minlength=len(coded.values) + 1)[1:] > 0
    if is_used.all():
        return coded
    numbers = np.append(np.cumsum(is_used) - 1, -1).astype(np.int32)  # the last one is that of -1
    return Coded(numbers[coded.codes], tuple(coded.values[code] for code in np.flatnonzero(is_used).tolist()))


def _places(coded: Coded) -> pa.Array:
    codes = np.ascontiguousarray(coded.codes, dtype=np.int32)
    return from_numbers(codes, codes >= 0)


def _scores(scores: Floats | None, answered: Flags) -> pa.Array:
    """A list of scores for each row that has an answer."""
    import pyarrow as pa

    size = len(answered)
    if scores is None:
        return pa.nulls(size, pa.list_(pa.float64()))
    ends = np.zeros(size + 1, dtype=np.int32)
    np.cumsum(np.where(answered, scores.shape[1], 0), out=ends[1:])
    values = from_numbers(scores[answered].reshape(-1).astype(np.float64, copy=False))
    mask = pa.array((~answered).tolist()) if not answered.all() else None
    return pa.ListArray.from_arrays(from_numbers(ends), values, mask=mask)


def _slices(slices: Mapping[str, Coded], size: int) -> pa.Array:
    """The slices of each row as a map; a slice that a row lacks is not in it."""
    import pyarrow as pa

    columns = list(slices.values())
    codes = np.stack([column.codes for column in columns], axis=1) if columns else np.empty((size, 0), dtype=np.int32)
    there = codes >= 0
    ends = np.zeros(size + 1, dtype=np.int32)
    np.cumsum(there.sum(axis=1), out=ends[1:])
    starts = np.cumsum([0, *(len(column.values) for column in columns)])[:-1]
    names = np.broadcast_to(np.arange(len(columns), dtype=np.int64), codes.shape)[there]
    places = (codes + np.asarray(starts, dtype=np.int64))[there]
    known: list[Any] = [value for column in columns for value in column.values]
    keys = pa.array(list(slices), pa.string()).take(from_numbers(names))
    items = pa.array(known, pa.string()).take(from_numbers(places.astype(np.int64)))
    return pa.MapArray.from_arrays(from_numbers(ends), keys, items)
