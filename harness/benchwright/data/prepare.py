"""Rows as a file holds them -> rows as a task means them: `Task.prepare`, applied to every row of every copy.

A function for `Task.prepare` takes one row (column -> cell) and returns the rows it stands for. It is pure, and raises
ValueError with what is wrong with the row. Three cells have a meaning of their own: `LEFT_OUT` says why a row is no item
of the task, `NOTE` what was mended in it; both are counted and told beside the result. `PLACE` says which part of its row an
item is (`article {place}, paragraph 1, question 2`); messages call it so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

from benchwright.data.rows import Rows
from benchwright.errors import DataError, PluginError
from benchwright.types import Task

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
    make = _function(task.prepare, task.name)
    cells: list[dict[str, Any]] = []
    source: list[int] = []
    inside: list[str] = []
    notes: Counter[str] = Counter()
    for number, row in enumerate(rows.cells):
        for made in _made(make, rows, number, row):
            said = made.pop(LEFT_OUT, None)
            noted = made.pop(NOTE, None)
            place = made.pop(PLACE, "").replace("{place}", str(rows.places[number]))
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
        places=[rows.places[number] for number in source],
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


def _function(spec: str, owner: str) -> Prepare:
    module, _, name = spec.partition(":")
    try:
        found = getattr(import_module(module), name, None)
    except ImportError as error:
        raise PluginError(f"{spec!r} of the task {owner} cannot be imported: {error}") from error
    if not callable(found):
        raise PluginError(f"{spec!r} of the task {owner} is no function", expected="module:function")
    function: Prepare = found
    return function
