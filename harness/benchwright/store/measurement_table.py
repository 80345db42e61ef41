"""Measurements as Parquet: a row for each raw value, with the condition under which it was taken; everything else in the metadata.

What a column says of a row stands in the metadata too, once for each group of values: a group may be empty, and two neighbouring
groups may be alike, so the columns alone would not give back what was written. They are there for whoever opens the file by hand.
"""

from __future__ import annotations

import math
from itertools import islice
from operator import attrgetter
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
        BenchwrightError: A number is not finite, or a raw value or a count is below 0: what cannot be read is None with a
            reason, never NaN.
    """
    import numpy as np
    import pyarrow as pa

    groups = measurements.samples
    counts = [len(one.values) for one in groups]
    values = np.concatenate([np.empty(0), *(np.asarray(one.values, dtype=np.float64) for one in groups)])
    if wrong := _impossible(measurements, values):
        raise BenchwrightError(
            f"what was measured cannot be: {wrong}",
            expected="finite numbers, times and counts of 0 or more, or no value and the reason",
            hint="this is a mistake of what measured it: tell its author",
        )
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
        StoreError: The table holds no measurements, not those that its metadata tell of, or values that nothing can have.
    """
    import pyarrow as pa

    metadata = table.schema.metadata or {}
    if _ABOUT not in metadata or _COUNTS not in metadata or "value" not in table.column_names:
        raise _damaged("no measurements")
    try:
        about = read_json_as(metadata[_ABOUT], Measurements)
        counts = read_json_as(metadata[_COUNTS], list[int])
    except Unreadable as error:
        raise _damaged(f"measurements that cannot be read: {error.why}") from error
    column = table.column("value")
    if column.type != pa.float64():
        raise _damaged(f"values of type {column.type}")
    values = column.to_numpy()
    is_whole = len(counts) == len(about.samples) and min(counts, default=0) >= 0 and sum(counts) == len(values)
    if not is_whole or column.null_count:
        raise _damaged(f"{len(values):,} values where {sum(counts):,} in {len(about.samples):,} groups were written")
    if wrong := _impossible(about, values):
        raise _damaged(f"what nothing can measure: {wrong}")
    rest = iter(values.tolist())
    samples = tuple(
        msgspec.structs.replace(one, values=tuple(islice(rest, count)))
        for one, count in zip(about.samples, counts, strict=True)
    )
    return msgspec.structs.replace(about, samples=samples)


def _type_of(annotation: str) -> pa.DataType:
    import pyarrow as pa

    return {"str": pa.string(), "int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}[annotation]


def _impossible(measurements: Measurements, values: NDArray[np.float64]) -> str:
    """The first number that nothing can measure; empty: there is none.

    Not finite: JSON would turn it into null, and no later step could tell it from a measured time. Below 0: every raw value is a
    duration, and the rest of a group are counts. Readings may be below 0: memory of a device is what is more than before.

    Args:
        measurements: All but the raw values.
        values: Those of all groups.
    """
    import numpy as np

    spec = measurements.spec
    asked = [(name, getattr(spec, name) or 0.0) for name in ("rate", "bound", "duration", "price_per_hour")]
    told = [(one.quantity, number) for one in measurements.samples for number in (one.rate, one.wall, *_COUNTED(one))]
    for name, number in (*asked, *told):
        if not 0 <= number < math.inf:
            return f"{name} was measured as {number}"
    wrong = np.flatnonzero(~(values >= 0) | np.isinf(values))
    if wrong.size:
        return f"a raw value was measured as {values[wrong[0]]}"
    unread = [one for one in measurements.readings if not math.isfinite(one.value or 0.0)]
    return f"{unread[0].quantity} was measured as {unread[0].value}" if unread else ""


_COUNTED = attrgetter("process", "batch", "length", "concurrency", "tokens", "inputs", "order")


def _damaged(what: str) -> StoreError:
    return StoreError(
        f"the stored table holds {what}",
        expected="a raw value in each row, and what was measured in the metadata",
        hint="`benchwright store check` lists what is damaged; run the same command again to make it anew",
    )
