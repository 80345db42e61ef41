"""What a finished cell holds: records of predictions, or measurements of a hardware profile. One file, by which it is known to be finished."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchwright.errors import StoreError
from benchwright.paths import is_file
from benchwright.types import CellKey, Ledger, Measurements, Record

if TYPE_CHECKING:
    import pyarrow as pa

Payload = Sequence[Record] | Measurements
"""Records of predictions in dataset order, or everything that was measured."""

RECORDS, MEASUREMENTS = "records.parquet", "measurements.parquet"
FILES = (RECORDS, MEASUREMENTS)
"""What the file is called."""


def file_of(key: CellKey) -> str:
    """The file that a cell of this key holds when it is finished."""
    return RECORDS if key.profile is None else MEASUREMENTS


def find(folder: Path) -> Path | None:
    """The payload in the folder of a cell; None: the cell is not finished."""
    return next((folder / name for name in FILES if is_file(folder / name)), None)


def decode(name: str, table: pa.Table) -> Payload:
    """What a payload of that name says.

    Raises:
        StoreError: The table is none of the kind.
    """
    from benchwright.store import measurement_table, record_table

    return measurement_table.decode(table) if name == MEASUREMENTS else record_table.decode(table)


def count(payload: Payload, notes: dict[str, int]) -> Ledger:
    """The ledger of a payload: where the examples went. Of measurements, which score no example, all counts are 0."""
    if isinstance(payload, Measurements):
        return Ledger(total=0, scored=0, errored=0, skipped=0, notes=dict(sorted(notes.items())))
    errored = sum(record.error is not None for record in payload)
    skipped = sum(record.error is None and record.target is None for record in payload)
    found = Counter(notes)
    for record in payload:
        found.update(record.extra.get("counts", {}))
    return Ledger(
        total=len(payload),
        scored=len(payload) - errored - skipped,
        errored=errored,
        skipped=skipped,
        truncated=sum(record.truncated for record in payload),
        tokens=sum(record.extra.get("text_tokens", 0) for record in payload),
        unknown=sum(record.extra.get("unknown_tokens", 0) for record in payload),
        notes=dict(sorted(found.items())),
    )


def count_table(table: pa.Table, notes: dict[str, int]) -> Ledger:
    """`count` of the records in a table, from its columns; facts beside answers are read once where rows share them."""
    import numpy as np

    from benchwright.store.stored_records import StoredRecords, has_values

    columns = StoredRecords(table).columns
    errored, has_gold = columns.coded("error").codes >= 0, has_values(table.column("target"))
    extras = columns.coded("extra")
    rows = np.bincount(extras.codes + 1, minlength=len(extras.values) + 1)[1:].tolist()
    found, tokens, unknown = Counter(notes), 0, 0
    for extra, many in zip(extras.values, rows, strict=True):
        found.update({name: number * many for name, number in extra.get("counts", {}).items()})
        tokens += extra.get("text_tokens", 0) * many
        unknown += extra.get("unknown_tokens", 0) * many
    skipped = int((~errored & ~has_gold).sum())
    return Ledger(
        total=table.num_rows,
        scored=table.num_rows - int(errored.sum()) - skipped,
        errored=int(errored.sum()),
        skipped=skipped,
        truncated=int(columns.flags("truncated").sum()),
        tokens=tokens,
        unknown=unknown,
        notes=dict(sorted(found.items())),
    )


def is_another(key: str, wanted: str, held: str) -> StoreError:
    """What is said where records are read of a cell that holds measurements, or the other way round."""
    what = {RECORDS: "records of predictions", MEASUREMENTS: "measurements of a hardware profile"}
    return StoreError(
        f"the cell {key[:12]} holds {what[held]}, and no {what[wanted]}",
        expected=f"a cell with {what[wanted]}",
        hint="name another task: those called hardware/... hold measurements, all others records",
    )
