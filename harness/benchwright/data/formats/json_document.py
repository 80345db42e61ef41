"""Read a JSON file that is a list of objects, or an object with such a list under a key (`data` by default)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchwright.data.rows import Rows, decoded
from benchwright.documents import Unreadable, read_json
from benchwright.errors import DataError
from benchwright.types import Files


def read(path: Path, layout: Files, *, shown: str) -> Rows:
    """Rows of a JSON document, counted from 1. Raises DataError where it is malformed or holds anything but objects."""
    text = decoded(path, layout.encoding, shown=shown)
    try:
        document = read_json(text, once=True)
    except Unreadable as error:
        raise DataError(
            f"{error.at(shown)} is not JSON: {error.why}", expected="one JSON document", hint="mend the file there"
        ) from error
    key = layout.key or "data"
    if isinstance(document, dict):
        document = document.get(key)
    elif layout.key:
        document = None
    if not isinstance(document, list):
        raise DataError(
            f"{shown} holds no list of rows" + (f" under {key!r}" if layout.key else ""),
            expected=f'{"" if layout.key else "a list of objects, or "}an object with such a list under "{key}"',
            hint="write the rows as JSON lines, one object a line",
        )
    columns: dict[str, None] = {}
    for number, row in enumerate(document, 1):
        if not isinstance(row, dict):
            raise DataError(
                f"{shown}, row {number} is not an object",
                expected='objects, such as {"sentence": "...", "label": 1}',
                hint="mend or remove that row",
            )
        columns.update(dict.fromkeys(row))
    rows: list[dict[str, Any]] = document
    return Rows(file=shown, columns=tuple(columns), cells=rows, places=range(1, len(rows) + 1), unit="row")
