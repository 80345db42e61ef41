"""Rows that belong together become one row: line i of several files, the variants of one sentence; and texts cut into columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from benchwright.data.rows import Rows
from benchwright.errors import DataError
from benchwright.spelling import spelling
from benchwright.types import Pivot


def cut_columns(rows: Rows, cut: Mapping[str, Sequence[str]], mark: str) -> Rows:
    """The rows with the parts that texts of a column fall into at a mark, as columns.

    Raises:
        DataError: A text falls into another number of parts.
    """
    cells = []
    for number, row in enumerate(rows.cells):
        made = dict(row)
        for column, names in cut.items():
            parts = str(row.get(column) or "").split(mark)
            if len(parts) != len(names):
                raise DataError(
                    f"{rows.where(number)}: {column!r} is {row.get(column)!r}",
                    expected=f"{len(names)} parts between {mark!r}: {mark.join(names)}",
                    hint="check that the file is the one this task means, or mend that row",
                )
            made.update(zip(names, parts, strict=True))
        cells.append(made)
    columns = tuple(dict.fromkeys([*rows.columns, *(name for names in cut.values() for name in names)]))
    return replace(rows, columns=columns, cells=cells)


def pivoted(rows: Rows, pivot: Pivot) -> Rows:
    """A row for each key, at the place of its first row, with the columns of its rows named by what tells them apart.

    Raises:
        DataError: A key has not one row for each of the values, or a row has another value.
    """
    places: dict[tuple[str | None, ...], dict[str, int]] = {}
    for number, row in enumerate(rows.cells):
        value = str(row.get(pivot.over))
        found = places.setdefault(tuple(spelling(row.get(name)) for name in pivot.by), {})
        if value not in pivot.values or value in found:
            raise DataError(
                f"{rows.where(number)}: {pivot.over} is {value!r}" + (" a second time" if value in found else ""),
                expected=f"{' and '.join(pivot.values)}, each once for one {', '.join(pivot.by)}",
                hint="fetch the files again",
            )
        found[value] = number
    for found in places.values():
        lacking = [value for value in pivot.values if value not in found]
        if lacking:
            raise DataError(
                f"{rows.where(min(found.values()))} has no counterpart: {pivot.over} {', '.join(lacking)}",
                expected=f"{' and '.join(pivot.values)} for one {', '.join(pivot.by)}",
                hint="fetch all files of one version again",
            )
    return _of_places(rows, pivot, [[found[value] for value in pivot.values] for found in places.values()])


def _of_places(rows: Rows, pivot: Pivot, groups: Sequence[Sequence[int]]) -> Rows:
    cells: list[dict[str, Any]] = []
    for group in groups:
        shared = {name: cell for name, cell in rows.cells[group[0]].items() if name not in pivot.columns}
        shared.pop(pivot.over)
        for value, number in zip(pivot.values, group, strict=True):
            shared |= {f"{name} {value}": rows.cells[number].get(name) for name in pivot.columns}
        cells.append(shared)
    firsts = [group[0] for group in groups]
    return replace(
        rows,
        columns=tuple(cells[0]) if cells else rows.columns,
        cells=cells,
        lines=[rows.lines[number] for number in firsts],
        files=[rows.files[number] for number in firsts] if rows.files else (),
    )
