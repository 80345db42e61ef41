"""Rows as a file holds them -> rows as a task means them: first what a layout does to them, then `Task.prepare`.

A layout takes some rows of its file, says what cells stand for, and joins texts. A function for `Task.prepare` takes one row
(column -> cell) and returns the rows it stands for, in every copy alike. It is pure, and raises ValueError with what is wrong
with the row. Three cells have a meaning of their own: `LEFT_OUT` says why a row is no item of the task, `NOTE` what was mended
in it; both are counted and noted beside the result. `PLACE` says which part of its row an item is (`article {place}, paragraph
1, question 2`); messages call it so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from benchwright import registry
from benchwright.data.rows import Rows
from benchwright.errors import DataError
from benchwright.types import Files, Task

LEFT_OUT = "benchwright:left out"
NOTE = "benchwright:note"
PLACE = "benchwright:place"

Prepare = Callable[[dict[str, Any]], list[dict[str, Any]]]


def prepared(rows: Rows, task: Task) -> Rows:
    """The rows after the task's `prepare`, each with the place of the row it was made from; the same without one.

    Raises:
        DataError: A row is malformed (with its place), or no row is left.
        PluginError: `prepare` names no function.
    """
    if task.prepare is None:
        return rows
    make: Prepare = registry.function(task.prepare, owner=f"the task {task.name}")
    cells: list[dict[str, Any]] = []
    source: list[int] = []
    inside: list[str] = []
    notes: Counter[str] = Counter()
    for number, row in enumerate(rows.cells):
        for made in _made(make, rows, number, row):
            said = made.pop(LEFT_OUT, None)
            noted = made.pop(NOTE, None)
            place = made.pop(PLACE, "").replace("{place}", str(rows.lines[number]))
            if said is not None:
                notes[f"left out: {said}"] += 1
                continue
            if noted is not None:
                notes[noted] += 1
            cells.append(made)
            source.append(number)
            inside.append(place)
    if not cells:
        raise DataError(
            f"{rows.file} holds nothing of {task.name}",
            expected="at least one item of the task",
            hint="check that the file is the one this task means",
        )
    return replace(
        rows,
        columns=tuple(dict.fromkeys(name for row in cells for name in row)),
        cells=cells,
        lines=[rows.lines[number] for number in source],
        files=[rows.files[number] for number in source] if rows.files else (),
        inside=inside if any(inside) else (),
        notes=(*rows.notes, *(f"{count} {'row' if count == 1 else 'rows'}: {note}" for note, count in notes.items())),
    )


def _made(make: Prepare, rows: Rows, number: int, row: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        return make(row)
    except ValueError as reason:
        raise _malformed(f"{rows.where(number)}: {reason}") from None
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise _malformed(f"{rows.where(number)} has another form ({type(error).__name__}: {error})") from error


def _malformed(given: str) -> DataError:
    return DataError(
        given,
        expected="a row as the task's data have it",
        hint="check that the file is the one this task means, or mend that row",
    )


def reshape(rows: Rows, layout: Files, position: int) -> Rows:
    """The rows of a layout's file as the layout wants them.

    Args:
        rows: Everything the file holds.
        layout: Which rows belong to the split, and what their cells stand for.
        position: Place of the file among ``layout.names``.

    Raises:
        DataError: A column is missing, a cell has no meaning, or no row is left.
    """
    if layout.rows is not None:
        rows = _within(rows, layout.rows)
    if layout.where:
        rows = _where(rows, layout.where)
    if layout.strip:
        rows = replace(rows, cells=[_stripped(row) for row in rows.cells])
    if layout.row_number:
        rows = _with(rows, [{layout.row_number: str(number)} for number in range(len(rows.cells))])
    if layout.values:
        rows = _with(rows, [{name: values[position] for name, values in layout.values.items()}] * len(rows.cells))
    for column, meanings in layout.recode.items():
        rows = _recoded(rows, column, meanings)
    if layout.joined:
        rows = _joined(rows, layout.joined)
    return rows


def _within(rows: Rows, bounds: tuple[int, int]) -> Rows:
    first, end = bounds
    if rows.short or len(rows.cells) < end:
        broken = f", {len(rows.short)} of them broken" if rows.short else ""
        raise DataError(
            f"{rows.file} holds {len(rows.cells) + len(rows.short)} rows{broken}; this split is its rows {first + 1} to {end}",
            expected=f"at least {end} whole rows",
            hint="fetch the file again",
        )
    return rows.take(range(first, end))


def _where(rows: Rows, wanted: Mapping[str, str]) -> Rows:
    for column in wanted:
        _require(rows, column)
    kept = [
        number
        for number, row in enumerate(rows.cells)
        if all(str(row.get(column)) == value for column, value in wanted.items())
    ]
    if not kept:
        asked = " and ".join(f"{column!r} is {value!r}" for column, value in wanted.items())
        raise DataError(
            f"{rows.file} has no row whose {asked}",
            expected="rows of this split among those of the others",
            hint="check that the file is the one this task means",
        )
    return rows.take(kept)


def _recoded(rows: Rows, column: str, meanings: Mapping[str, str]) -> Rows:
    _require(rows, column)
    cells = []
    for number, row in enumerate(rows.cells):
        found = meanings.get(str(row.get(column)).strip())
        if found is None:
            raise DataError(
                f"{rows.where(number)}: {column!r} holds {row.get(column)!r}",
                expected=f"one of: {', '.join(f'{cell} ({meaning})' for cell, meaning in meanings.items())}",
                hint="check that the file is the one this task means, or mend that row",
            )
        cells.append({**row, column: found})
    return replace(rows, cells=cells)


def _joined(rows: Rows, joined: Mapping[str, Sequence[str]]) -> Rows:
    for column in {name for names in joined.values() for name in names}:
        _require(rows, column)
    return _with(
        rows,
        [{new: " ".join(str(row[name]) for name in names) for new, names in joined.items()} for row in rows.cells],
    )


def _with(rows: Rows, added: Sequence[Mapping[str, Any]]) -> Rows:
    """The rows with further columns."""
    columns = tuple(dict.fromkeys([*rows.columns, *(added[0] if added else ())]))
    return replace(rows, columns=columns, cells=[{**row, **more} for row, more in zip(rows.cells, added, strict=True)])


def _stripped(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: cell.strip() if isinstance(cell, str) else cell for name, cell in row.items()}


def _require(rows: Rows, column: str) -> None:
    if column not in rows.columns:
        raise DataError(
            f"{rows.file} has no column {column!r}; its columns are {', '.join(map(repr, rows.columns))}",
            expected=f"a column called {column!r}",
            hint="check that the file is the one this task means",
        )
