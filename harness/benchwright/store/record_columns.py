"""A table of records made of the columns of examples and predictions: the table that `record_table.encode` makes of the records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchwright.arrow_arrays import flag_array, from_numbers
from benchwright.coded import Coded, Flags, Floats
from benchwright.example_table import ExampleTable
from benchwright.kinds import ColumnForm
from benchwright.prediction_table import PredictionTable, fact_texts
from benchwright.store import column_arrays, record_table
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
        "id": column_arrays.texts(examples.ids()),
        "target": _answers(examples.targets, form, size),
        "output": _answers(outputs, form, size),
        "scores": _scores(predictions.scores, answered),
        "slices": _slices(examples.slices, size),
        "cluster": _texts(examples.clusters, size),
        "error": _texts(errors, size),
        "truncated": flag_array(truncated),
        "extra": _facts(predictions.facts, size),
    }
    schema = record_table.schema_of(form)
    for name, values in (("official_id", _official(examples)), ("group", _texts(examples.groups, size))):
        if values.null_count < size:
            schema = schema.append(pa.field(name, pa.string()))
            columns[name] = values
    return pa.table(columns, schema=schema)


def _official(examples: ExampleTable) -> pa.Array:
    import pyarrow as pa

    ids = examples.official_ids
    if ids is None:
        return pa.nulls(len(examples), pa.string())
    return ids.array.cast(pa.string()) if isinstance(ids, Texts) else column_arrays.texts(ids)


def _facts(facts: Mapping[str, NDArray[np.int64]], size: int) -> pa.Array:
    import pyarrow as pa

    return column_arrays.texts(fact_texts(facts, size)) if facts else pa.nulls(size, pa.string())


def _answers(coded: Coded | None, form: ColumnForm, size: int) -> pa.Array:
    coded = Coded(np.full(size, -1, dtype=np.int32), ()) if coded is None else _used(coded)
    return column_arrays.answers(coded.values, form).take(_places(coded))


def _texts(coded: Coded | None, size: int) -> pa.Array:
    return _answers(coded, "string", size)


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

    if scores is None:
        return pa.nulls(len(answered), pa.list_(pa.float64()))
    values = scores[answered].reshape(-1).astype(np.float64, copy=False)
    return column_arrays.score_lists(values, np.where(answered, scores.shape[1], 0), answered)


def _slices(slices: Mapping[str, Coded], size: int) -> pa.Array:
    """The slices of each row as a map; a slice that a row lacks is not in it."""
    columns = [_used(column) for column in slices.values()]
    codes = np.stack([column.codes for column in columns], axis=1) if columns else np.empty((size, 0), dtype=np.int32)
    there = codes >= 0
    starts = np.cumsum([0, *(len(column.values) for column in columns)])[:-1]
    names = np.broadcast_to(np.arange(len(columns), dtype=np.int64), codes.shape)[there]
    places = (codes + starts.astype(np.int64))[there]
    keys = column_arrays.texts(list(slices)).take(from_numbers(names))
    items = column_arrays.texts([value for column in columns for value in column.values]).take(from_numbers(places))
    return column_arrays.map_array(keys, items, there.sum(axis=1))
