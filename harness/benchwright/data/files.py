"""Read the files of a split that was found in a folder: each reshaped by its layout, parts joined, order restored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchwright.data import formats
from benchwright.data.locate import Found
from benchwright.data.reshape import reshape
from benchwright.data.rows import Rows
from benchwright.errors import DataError


def read_found(found: Found, folder: Path) -> tuple[Rows, tuple[str, ...]]:
    """All rows of the split, with notes for the reader of a number.

    Raises:
        DataError: A file is malformed, or the order of several parts cannot be restored.
    """
    layout = found.layout
    parts = [
        reshape(formats.read(path, layout, shown=path.relative_to(folder).as_posix()), layout, position)
        for position, paths in enumerate(found.parts)
        for path in paths
    ]
    rows = _joined(parts) if len(parts) > 1 else parts[0]
    in_parts = len(parts) > 1 and not layout.values  # a file for each label is how such data lie, not a patchwork
    notes = (f"rows in {len(parts)} parts",) if in_parts else ()
    told = tuple(layout.note.splitlines())
    rows = replace(rows, scheme=layout.scheme, class_names={**layout.classes, **rows.class_names})
    return (_ordered(rows, layout.order) if layout.order else rows), (*notes, *told)


def _joined(parts: Sequence[Rows]) -> Rows:
    """Parts one after the other."""
    classes = [part.class_names for part in parts]
    if any(other != classes[0] for other in classes):
        raise DataError(
            f"{' and '.join(part.file for part in parts)} name their classes differently",
            expected="parts of one version",
            hint="fetch all parts again",
        )
    return Rows(
        file=" + ".join(part.file for part in parts),
        columns=tuple(dict.fromkeys(name for part in parts for name in part.columns)),
        cells=[row for part in parts for row in part.cells],
        places=[place for part in parts for place in part.places],
        unit=parts[0].unit,
        class_names=classes[0],
        short=tuple(short for part in parts for short in part.short),
        files=[part.file for part in parts for _ in part.cells],
        per_word=all(part.per_word for part in parts),
        notes=tuple(f"{part.file}: {note}" for part in parts for note in part.notes),
    )


def _ordered(rows: Rows, column: str) -> Rows:
    """The same rows by the integer value of a column. Raises DataError where it is no number, or occurs twice."""
    rank: dict[int, int] = {}
    for row, cells in enumerate(rows.cells):
        try:
            value = int(cells[column])
        except (KeyError, TypeError, ValueError):
            raise DataError(
                f"{rows.where(row)}: {column!r} is {cells.get(column)!r}",
                expected="the row's whole number in the original file",
                hint="fetch the file again",
            ) from None
        if value in rank:
            raise DataError(
                f"{rows.where(row)}: {column!r} is {value}, as in {rows.where(rank[value])}",
                expected="every row once",
                hint="remove the row that occurs twice, or fetch the parts of one version",
            )
        rank[value] = row
    order = [rank[value] for value in sorted(rank)]
    return replace(
        rows,
        cells=[rows.cells[row] for row in order],
        places=[rows.places[row] for row in order],
        files=[rows.files[row] for row in order] if rows.files else (),
    )
