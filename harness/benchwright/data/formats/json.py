"""Rows of JSON: one object a line, or one document that holds a list of objects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchwright.data.formats.gathered import Gathered
from benchwright.data.rows import Rows, decoded, physical_lines
from benchwright.documents import Unreadable, read_json, reader_of
from benchwright.errors import DataError
from benchwright.types import Files


def read_lines(path: Path, layout: Files, *, shown: str) -> Rows:
    """Rows of a JSON-lines file; keys may differ from row to row. Raises DataError naming the line that is no object."""
    read_row = reader_of(dict[str, Any])
    gathered = Gathered()
    numbers: list[int] = []
    columns: dict[str, None] = {}
    for number, line in enumerate(physical_lines(decoded(path, layout.encoding, shown=shown)), 1):
        if not line or line.isspace():
            continue
        try:
            row = read_row(line)
        except Unreadable as error:
            raise DataError(
                f"{shown}, line {number} is not a JSON object: {error.why}",
                expected='one object a line, such as {"sentence": "...", "label": 1}',
                hint="mend or remove that line",
            ) from error
        if row.keys() != columns.keys():
            columns.update(dict.fromkeys(row))
        gathered.add(row)
        numbers.append(number)
    return Rows(file=shown, columns=tuple(columns), cells=gathered.rows(), lines=numbers)


def read_document(path: Path, layout: Files, *, shown: str) -> Rows:
    """Rows of a JSON document, counted from 1; with the setting ``document=row`` the document is the one row.

    Raises:
        DataError: It is malformed, or holds anything but objects.
    """
    text = decoded(path, layout.encoding, shown=shown)
    try:
        document = read_json(text, once=True)
    except Unreadable as error:
        raise DataError(
            f"{error.at(shown)} is not JSON: {error.why}", expected="one JSON document", hint="mend the file there"
        ) from error
    key = layout.key or "data"
    if layout.settings.get("document") == "row":
        document = [document]
    elif isinstance(document, dict):
        for name in key.split("/"):
            document = document.get(name) if isinstance(document, dict) else None
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
    return Rows(file=shown, columns=tuple(columns), cells=rows, lines=range(1, len(rows) + 1), unit="row")
