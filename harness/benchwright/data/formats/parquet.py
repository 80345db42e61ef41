"""Read Parquet, with the class names that hub data sets keep in the schema's metadata."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from benchwright.data.rows import Rows
from benchwright.errors import DataError
from benchwright.types import Files


def read(path: Path, layout: Files, *, shown: str) -> Rows:  # noqa: ARG001 - every reader is called alike
    """Rows of a Parquet file, counted from 1. Raises DataError where the file is not whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(path).read()  # read_table would invent columns from `key=value` folder names
    except pa.ArrowException as error:
        raise DataError(
            f"{shown} is not a whole Parquet file: {error}",
            expected="a Parquet file",
            hint="fetch the file again; a Git LFS pointer needs `git lfs pull`",
        ) from error
    return rows_of_table(table, shown=shown)


def rows_of_table(table: Any, *, shown: str) -> Rows:
    """Rows of a pyarrow table, 32-bit floats widened as they are."""
    columns = tuple(table.column_names)
    values = (table.column(name).to_pylist() for name in columns)
    cells = [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]
    return Rows(
        file=shown,
        columns=columns,
        cells=cells,
        places=range(1, len(cells) + 1),
        unit="row",
        class_names=_class_names(table.schema.metadata or {}),
    )


def _class_names(metadata: dict[bytes, bytes]) -> dict[str, tuple[str, ...]]:
    """Column -> names of its class ids; a list of classes counts as its items do."""
    try:
        features = msgspec.json.decode(metadata.get(b"huggingface", b"{}"))["info"]["features"]
    except (msgspec.DecodeError, KeyError, TypeError):
        return {}
    found = {}
    for column, feature in features.items():
        inner = feature.get("feature", feature) if isinstance(feature, dict) else {}
        if isinstance(inner, dict) and inner.get("_type") == "ClassLabel" and inner.get("names"):
            found[column] = tuple(inner["names"])
    return found
