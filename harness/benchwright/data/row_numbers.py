"""The numbers that rows of a file carry themselves (`index`, `idx`, or else `id`), where they are not the rows' places in the file.

They are the item's own id (`Example.official_id`): predictions are matched by them, submissions are written with them. A task whose card
names its ids (`Task.official_id`) is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchwright.arrow_arrays import numbers_of
from benchwright.data.rows import Rows
from benchwright.errors import DataError
from benchwright.example_table import ExampleTable
from benchwright.spelling import spelling
from benchwright.text_columns import Texts
from benchwright.types import Example, Task

_Numbers: TypeAlias = NDArray[np.int64]

_NAMES = ("index", "idx")
_ELSE = ("id",)
"""Looked at where there is no column of the other names."""
_UNNAMED = ("", "unnamed: 0")
"""What pandas makes of an index without a name; it may be anything, so it is told and decides nothing."""
_SHOWN = 3
_MOST_DIGITS = 19


def own_numbers(rows: Rows, task: Task) -> list[str] | None:
    """The rows' own numbers as texts; None where they carry none, or none but their 0-based places, or no id (`unfit`).

    Raises:
        DataError: Two columns number the rows, and differ.
    """
    found = _unique(rows, _columns(rows, task, _NAMES)) or _unique(rows, _columns(rows, task, _ELSE))
    one, *others = found or [""]
    other = next((name for name in others if (found[name] != found[one]).any()), None)
    if other is not None:
        row = int((found[one] != found[other]).argmax())
        raise DataError(
            f"{rows.where(row)}: {one!r} is {found[one][row]} and {other!r} is {found[other][row]}",
            expected="one number for each row, by which predictions are matched",
            hint="remove or rename the column that is not the row's number",
        )
    if not found or (found[one] == np.arange(len(rows.cells))).all():
        return None
    return list(map(str, found[one].tolist()))


def _unique(rows: Rows, names: Sequence[str]) -> dict[str, _Numbers]:
    """Columns of whole numbers that no two rows share."""
    found = {name: numbers for name in names if (numbers := _whole(rows, name)) is not None}
    return {name: numbers for name, numbers in found.items() if len(np.unique(numbers)) == len(numbers)}


def notes(rows: Rows, task: Task, examples: Sequence[Example]) -> tuple[str, ...]:
    """Notes about ids of rows: positions in another order, or a column that looks like an id and is not used.

    Numbers with gaps need no word: no file of predictions fits both them and the places.
    """
    if is_reordered(examples, task):
        return (
            "rows carry numbers of their own in another order than they stand in: predictions are matched by those numbers",
        )
    for name, numbers in _unique(rows, _columns(rows, task, _UNNAMED)).items():
        if (np.diff(numbers) < 0).any():
            told = f"the column {name!r} numbers the rows in another order than they stand in"
            return (f"{told}: predictions are matched by place; call it `index` if they go by it",)
    for name in _columns(rows, task, _NAMES):
        every = _whole(rows, name)
        if every is None:
            continue
        _, first, counts = np.unique(every, return_index=True, return_counts=True)
        again = np.sort(first[counts > 1]).tolist()
        if again:
            places = "; ".join(f"{every[row]} in {rows.where(row)} and later" for row in again[:_SHOWN])
            places += "; ..." if len(again) > _SHOWN else ""
            told = f"{len(again)} numbers of the column {name!r} stand in several rows ({places})"
            return (f"{told}: rows are called by their 0-based places instead",)
    return ()


def is_numbered(examples: Sequence[Example], task: Task) -> bool:
    """Whether items have numbers of their own that the card does not name."""
    return not task.official_id and _official_ids(examples) not in ({None}, set())


def is_reordered(examples: Sequence[Example], task: Task) -> bool:
    """Whether those numbers are the places 0 to n - 1 in another order."""
    return is_numbered(examples, task) and _official_ids(examples) == set(map(str, range(len(examples))))


def _official_ids(examples: Sequence[Example]) -> set[str | None]:
    if isinstance(examples, ExampleTable):
        return {None} if examples.official_ids is None else set(examples.official_ids)
    return {example.official_id for example in examples}


def _columns(rows: Rows, task: Task, names: Sequence[str]) -> list[str]:
    """Columns of the names that the task does not use for anything else."""
    if task.official_id:
        return []
    used = {*task.target, *(name for names in (*task.inputs.values(), *task.slices.values()) for name in names)}
    used |= set(task.cluster.columns if task.cluster else ()) | set(task.group)
    return [name for name in rows.columns if name.strip().casefold() in names and name not in used]


def _whole(rows: Rows, name: str) -> _Numbers | None:
    """The cells as whole numbers of 0 or more; None unless all are."""
    cells = rows.values(name)
    if isinstance(cells, Texts) and _are_digits(cells):
        import pyarrow as pa

        numbers: _Numbers = numbers_of(cells.array.cast(pa.int64()))
        return numbers
    found = []
    for cell in cells:
        number = _number(cell)
        if number is None:
            return None
        found.append(number)
    return np.array(found, dtype=np.int64)


def _are_digits(cells: Texts) -> bool:
    """Whether every text is a number of a few digits and nothing else."""
    if cells.lacks_some:
        return False
    ends, data = cells.bytes()
    digits, lengths = data[ends[0] : ends[-1]] - ord("0"), np.diff(ends)
    return bool((digits < 10).all() and (lengths > 0).all() and (lengths < _MOST_DIGITS).all())


def _number(cell: Any) -> int | None:
    name = spelling(cell)
    return int(name) if name is not None and name.isascii() and name.isdigit() and len(name) < _MOST_DIGITS else None
