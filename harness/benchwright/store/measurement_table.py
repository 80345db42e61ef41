"""Measurements as Parquet: a row for each raw value, with the condition under which it was taken; everything else in the metadata.

What a column says of a row stands in the metadata too, once for each group of values: a group may be empty, and two neighbouring
groups may be alike, so the columns alone would not give back what was written. They are there for whoever opens the file by hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from benchwright.documents import Unreadable, read_json_as
from benchwright.errors import BenchwrightError, StoreError
from benchwright.types import SCHEMA, Measurements, Samples

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

_ABOUT = b"benchwright.measurements"
"""The measurements without their raw values, in JSON."""
_COUNTS = b"benchwright.counts"
"""How many rows each group of values has, in JSON."""
CONDITION = tuple(name for name in Samples.__struct_fields__ if name not in ("values", "tokens", "inputs", "wall"))
"""Columns beside ``samples`` (number of the group) and ``value``: fields of `Samples` that say something of each of its values."""


def encode(measurements: Measurements) -> pa.Table:
    """Measurements as an Arrow table: columns ``samples``, those of `CONDITION`, and ``value`` in SI units.

    Raises:
        BenchwrightError: A number is not finite: what cannot be read is None with a reason, never NaN.
    """
    import numpy as np
    import pyarrow as pa

    groups = measurements.samples
    counts = [len(one.values) for one in groups]
    values = np.concatenate([np.empty(0), *(np.asarray(one.values, dtype=np.float64) for one in groups)])
    _check_finite(measurements, values)
    rows = pa.array(np.repeat(np.arange(len(groups)), counts), pa.int32())
    columns: dict[str, Any] = {"samples": rows}
    for name in CONDITION:
        told = pa.array([getattr(one, name) for one in groups], _type_of(Samples.__annotations__[name]))
        columns[name] = told.take(rows)
    columns["value"] = pa.array(values, pa.float64())
    about = msgspec.structs.replace(
        measurements, samples=tuple(msgspec.structs.replace(one, values=()) for one in groups)
    )
    metadata = {
        b"benchwright.schema": str(SCHEMA).encode(),
        _ABOUT: msgspec.json.encode(about, order="deterministic"),
        _COUNTS: msgspec.json.encode(counts),
    }
    return pa.table(columns).replace_schema_metadata(metadata)


def decode(table: pa.Table) -> Measurements:
    """The measurements that `encode` was given.

    Raises:
        StoreError: The table holds no measurements, or not those that its metadata tell of.
    """
    metadata = table.schema.metadata or {}
    if _ABOUT not in metadata or _COUNTS not in metadata or "value" not in table.column_names:
        raise _damaged("no measurements")
    try:
        about = read_json_as(metadata[_ABOUT], Measurements)
        counts = read_json_as(metadata[_COUNTS], list[int])
    except Unreadable as error:
        raise _damaged(f"measurements that cannot be read: {error.why}") from error
    column = table.column("value")
    values = column.to_numpy().tolist()
    is_whole = len(counts) == len(about.samples) and min(counts, default=0) >= 0 and sum(counts) == len(values)
    if not is_whole or column.null_count:
        raise _damaged(f"{len(values):,} values where {sum(counts):,} in {len(about.samples):,} groups were written")
    rest = iter(values)
    samples = tuple(
        msgspec.structs.replace(one, values=tuple(islice(rest, count)))
        for one, count in zip(about.samples, counts, strict=True)
    )
    return msgspec.structs.replace(about, samples=samples)


def _type_of(annotation: str) -> pa.DataType:
    import pyarrow as pa

    return {"str": pa.string(), "int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}[annotation]


def _check_finite(measurements: Measurements, values: NDArray[np.float64]) -> None:
    """Refuse what JSON would turn into null, and what no later step could tell from a measured time."""
    import numpy as np

    if not np.isfinite(values).all():
        of = next(one for one in measurements.samples if not np.isfinite(one.values).all())
        raise _no_number(of.quantity, next(value for value in of.values if not math.isfinite(value)))
    for where, number in _numbers(measurements):
        if not math.isfinite(number):
            raise _no_number(where, number)


def _numbers(measurements: Measurements) -> Iterator[tuple[str, float]]:
    """Every number beside the raw values, with what it is of."""
    spec = measurements.spec
    for name in ("rate", "bound", "duration", "price_per_hour"):
        yield name, getattr(spec, name) or 0.0
    for one in measurements.samples:
        yield one.quantity, one.rate
        yield one.quantity, one.wall
    for reading in measurements.readings:
        yield reading.quantity, reading.value or 0.0


def _no_number(where: str, number: float) -> BenchwrightError:
    return BenchwrightError(
        f"{where} was measured as {number}",
        expected="a finite number, or no value and the reason",
        hint="this is a mistake of what measured it: tell its author",
    )


def _damaged(what: str) -> StoreError:
    return StoreError(
        f"the stored table holds {what}",
        expected="a raw value in each row, and what was measured in the metadata",
        hint="`benchwright store check` lists what is damaged; run the same command again to make it anew",
    )
