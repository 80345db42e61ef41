"""Rows -> examples of a task: columns found by name, gold cells made canonical, slices and clusters attached; and their content hash.

The same rows give the same hash whichever file or hub copy they came from.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np

from benchwright import kinds
from benchwright.coded import Coded
from benchwright.data import cluster
from benchwright.data.rationales import InvalidRationale, read_rationale
from benchwright.data.row_numbers import own_numbers
from benchwright.data.rows import Rows
from benchwright.errors import DataError, NoGold
from benchwright.example_table import ExampleTable
from benchwright.kinds import Inputs, InvalidTarget, MissingTarget, Problem, ReadCell, ReadOptions
from benchwright.spelling import spelling
from benchwright.text_columns import Texts, Values, coded, to_list
from benchwright.types import Task


def examples_of(rows: Rows, task: Task, split: str, *, need_targets: bool) -> ExampleTable:
    """Examples in row order, with ids `<task>/<row>`.

    Args:
        rows: The whole split; clusters are computed over all of it.
        task: What the rows are examples of.
        split: Name of the split, for messages.
        need_targets: Whether to read gold answers; without, every target is None.

    Raises:
        DataError: A column is missing, an input is absent, or a gold answer is absent or not one of the task's.
    """
    inputs = {name: _input_values(rows, name, accepted) for name, accepted in task.inputs.items()}
    _check_inputs(rows, task, inputs)
    official_ids = _names(rows, task.official_id, "its own id")
    groups = _names(rows, task.group, "what items are judged together in")
    if not task.official_id:
        official_ids = own_numbers(rows, task) or official_ids
    _check_keys(rows, official_ids)
    targets = _targets(rows, task, split) if need_targets and task.target else None
    strict = _strict(rows, task) if need_targets and rows.scheme != "IOB2" else None
    if targets is not None:
        _check_targets(rows, task, inputs, targets, official_ids)
    slices = _slices(rows, task.slices)
    if task.membership is not None:
        slices = _with_members(rows, slices, task.identities, task.membership)
    metadata = _slices(rows, task.metadata)
    rationales = _rationales(rows, task, inputs) if need_targets and task.rationale else None
    found = ExampleTable(
        name=task.name,
        rows=np.arange(len(rows.cells)),
        inputs=inputs,
        targets=targets,
        strict=strict,
        slices=slices,
        official_ids=official_ids,
        groups=None if groups is None else coded(groups),
        metadata=metadata,
        rationales=rationales,
    )
    return cluster.with_keys(found, task.cluster, _cluster_columns(rows, task, inputs))


def _each(inputs: Mapping[str, Values]) -> Iterator[Inputs]:
    """The inputs of each row."""
    return (dict(zip(inputs, values, strict=True)) for values in zip(*map(to_list, inputs.values()), strict=True))


def _check_inputs(rows: Rows, task: Task, inputs: Mapping[str, Values]) -> None:
    """Raise DataError for the first row whose inputs have not the form that the kind of task asks for."""
    check = kinds.of(task).check_inputs
    if check is None:
        return
    for row, values in enumerate(_each(inputs)):
        if problem := check(values, task):
            raise _contradiction(rows.where(row), problem)


def _check_targets(rows: Rows, task: Task, inputs: Mapping[str, Values], targets: Coded, keys: Values | None) -> None:
    """Raise DataError for the first gold answer that its inputs contradict."""
    check = kinds.of(task).check_target
    if check is None:
        return
    for row, (target, values) in enumerate(zip(targets.to_list(), _each(inputs), strict=True)):
        if target is not None and (problem := check(target, values, task)):
            called = f", id {keys[row]}" if keys is not None and keys[row] is not None else ""
            raise _contradiction(f"{rows.where(row)}{called}", problem)


def _rationales(rows: Rows, task: Task, inputs: Mapping[str, Values]) -> list[Any] | None:
    """What people marked in every row. A file may lack the column: nobody was asked. Raises DataError for the first that does not fit."""
    found = column(rows, task.rationale)
    if found is None:
        return None
    marked = []
    for row, (cell, values) in enumerate(zip(rows.values(found), _each(inputs), strict=True)):
        try:
            marked.append(read_rationale(cell, values))
        except InvalidRationale as error:
            problem = error.problem
            raise DataError(
                f"{rows.where(row)}: {found!r}: {problem.seen}", expected=problem.expected, hint=problem.hint
            ) from None
    return marked


def _contradiction(where: str, problem: Problem) -> DataError:
    return DataError(f"{where}: {problem.seen}", expected=problem.expected, hint=problem.hint)


def column(rows: Rows, accepted: Sequence[str]) -> str | None:
    """The first accepted name that is a column, letter case counting only where it decides; else None."""
    for name in accepted:
        if name in rows.columns:
            return name
    for name in accepted:
        alike = [candidate for candidate in rows.columns if candidate.casefold() == name.casefold()]
        if len(alike) == 1:
            return alike[0]
    return None


def remedy(task: Task, split: str) -> str:
    """What to type when a split has no gold answers."""
    others = [name for name, source in task.splits.items() if source.labelled and name != split]
    best = sorted(others, key=lambda name: (name != task.default_split, name != "validation", name == "train"))
    if best:
        return f"choose the {best[0]} split: --split {best[0]}"
    return "give a folder that holds the labelled file with --data DIR"


def _input_values(rows: Rows, name: str, accepted: tuple[str, ...]) -> Values:
    found = column(rows, accepted)
    if found is None:
        raise _missing(rows, f"the input {name!r}", accepted)
    values = rows.values(found)
    if values.lacks_some if isinstance(values, Texts) else None in values:
        raise DataError(
            f"{rows.where(to_list(values).index(None))}: {found!r} is empty",
            expected=f"a value for the input {name!r} in every row",
            hint="mend or remove that row",
        )
    return values


def _targets(rows: Rows, task: Task, split: str) -> Coded | None:
    """The gold answers; None where there are none and none are needed."""
    found = column(rows, task.target)
    if found is None:
        if not task.splits[split].labelled:
            raise _no_gold(f"{rows.file} has no column of gold answers", task, split)
        if not kinds.of(task).needs_gold:
            return None
        absent = _missing(
            rows, "the gold answer", task.target, or_else=f"; if no labels are public, {remedy(task, split)}"
        )
        raise NoGold(absent.problem, expected=absent.expected, hint=absent.hint)
    convert = kinds.of(task).read_target(task, _options(rows, found))
    try:
        return coded(rows.values(found), convert)
    except (MissingTarget, InvalidTarget):
        return Coded.of(_explained(rows, task, split, column_name=found, convert=convert))


def _strict(rows: Rows, task: Task) -> list[Any] | None:
    """Of each row of tags that are written in another scheme than IOB2, the entities that are legal in it, where that differs."""
    found = column(rows, task.target)
    read_strict = kinds.of(task).read_strict
    if read_strict is None or found is None:
        return None
    find = read_strict(task, _options(rows, found))
    return [find(cell) for cell in rows.values(found)]


def _options(rows: Rows, column_name: str) -> ReadOptions:
    return ReadOptions(class_names=rows.class_names.get(column_name, ()), scheme=rows.scheme)


def _explained(rows: Rows, task: Task, split: str, *, column_name: str, convert: ReadCell) -> list[Any]:
    """The targets again, this time knowing the row (the fast pass counts none), which ends in a DataError."""
    done = []
    for number, cell in enumerate(rows.values(column_name)):
        try:
            done.append(convert(cell))
        except MissingTarget as reason:
            raise _no_gold(f"{rows.where(number)}: {column_name!r} holds {reason}", task, split) from None
        except InvalidTarget as reason:
            raise DataError(
                f"{rows.where(number, reason.word)}: {reason} (column {column_name!r})",
                expected=reason.expected,
                hint="check that the file is the one this task means, or mend that row",
            ) from None
    return done


def _names(rows: Rows, accepted: tuple[str, ...], what: str) -> Values | None:
    """Texts of the column that names items; None for a task that names none."""
    if not accepted:
        return None
    found = column(rows, accepted)
    if found is None:
        raise _missing(rows, what, accepted)
    cells = rows.values(found)
    if isinstance(cells, Texts) and not cells.lacks_some and np.diff(cells.bytes()[0]).all():
        return cells
    empty = next((number for number, cell in enumerate(cells) if cell is None or cell == ""), None)
    if empty is not None:
        raise DataError(
            f"{rows.where(empty)}: {found!r} is empty", expected="a value in every row", hint="mend or remove that row"
        )
    return [str(cell) for cell in cells]


def _check_keys(rows: Rows, keys: Values | None) -> None:
    if keys is None or len(keys.distinct()[1] if isinstance(keys, Texts) else set(keys)) == len(keys):
        return
    seen: dict[str, int] = {}
    for row, key in enumerate(keys):
        if seen.setdefault(key, row) != row:
            raise DataError(
                f"{rows.where(row)}: the id {key!r} is that of {rows.where(seen[key])} too",
                expected="an id of its own for every item, by which predictions are matched",
                hint="remove the item that occurs twice, or fetch the file again",
            )


def _no_gold(seen: str, task: Task, split: str) -> NoGold:
    return NoGold(
        f"the {split} split of {task.name} has no gold labels: {seen}",
        expected="a gold answer in every row",
        hint=f"{remedy(task, split)}, or predict it without scores: --unlabelled",
    )


def _missing(rows: Rows, what: str, accepted: tuple[str, ...], *, or_else: str = "") -> DataError:
    return DataError(
        f"{rows.file} has no column for {what}; its columns are {', '.join(map(repr, rows.columns))}",
        expected=f"a column called {' or '.join(map(repr, accepted))}",
        hint=f"rename the column, or check that the file is the one this task means{or_else}",
    )


def _slices(rows: Rows, wanted: Mapping[str, Sequence[str]]) -> dict[str, Coded]:
    """Slice values of every row, by the accepted columns of each slice; a column that this copy lacks and an empty cell make none."""
    found = {name: at for name, accepted in wanted.items() if (at := column(rows, accepted)) is not None}
    return {name: coded(rows.values(at), _named_value) for name, at in found.items()}


def _with_members(rows: Rows, slices: dict[str, Coded], identities: Sequence[str], least: float) -> dict[str, Coded]:
    """The slices, with ``yes`` or ``no`` for the number in each column of identities; what is empty stays out."""
    found = dict(slices)
    wrong: list[tuple[int, str]] = []
    for name in (name for name in identities if name in slices):
        known = slices[name]
        numbers = [{"true": 1.0, "false": 0.0}.get(text.casefold(), _number(text)) for text in known.values]
        strange = [code for code, number in enumerate(numbers) if number is None]
        if strange:
            wrong.append((int(np.isin(known.codes, strange).argmax()), name))
        found[name] = Coded(
            known.codes, tuple("yes" if number is not None and number >= least else "no" for number in numbers)
        )
    if wrong:
        row, name = min(wrong, key=lambda one: one[0])
        raise DataError(
            f"{rows.where(row)}: {name!r} is {slices[name].values[slices[name].codes[row]]!r}",
            expected=f"a number: from {least:g} on the item is a member of {name}",
            hint="leave membership= out where the values of a column are the groups",
        )
    return found


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _named_value(cell: Any) -> str | None:
    """The name of a value that rows share: one for a whole number, in every Unicode normal form, with blanks around it or without;
    None for an empty cell and for what a table writes for one.
    """
    name = spelling(cell)
    if name is None and (cell is None or isinstance(cell, Real)):
        return None
    if name is None or name in ("true", "false"):
        name = str(cell).strip()
    return name or None


def _cluster_columns(rows: Rows, task: Task, inputs: Mapping[str, Values]) -> dict[str, Values | Coded]:
    """Values of the columns that the cluster rule names: inputs of the task, or columns of the file.

    A column that is not there is an error: intervals over items taken for independent would be too narrow.
    """
    found: dict[str, Values | Coded] = {}
    for name in task.cluster.columns if task.cluster else ():
        if name in inputs:
            found[name] = inputs[name]
            continue
        at = column(rows, (name,))
        if at is None:
            raise _missing(rows, "the cluster of each item", (name,))
        cells = rows.values(at)
        found[name] = coded(cells, _cluster_name) if isinstance(cells, Texts) else list(map(_cluster_name, cells))
    return found


def _cluster_name(cell: Any) -> Any:
    return cell if spelling(cell) is None else _named_value(cell)
