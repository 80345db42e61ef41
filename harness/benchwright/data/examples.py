"""Rows -> examples of a task: columns found by name, gold cells made canonical, slices and clusters attached; and their content hash.

The same rows give the same hash whichever file or hub copy they came from.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from typing import Any

from benchwright import kinds
from benchwright.data import cluster
from benchwright.data.rationales import InvalidRationale, read_rationale
from benchwright.data.row_numbers import is_reordered, own_numbers
from benchwright.data.rows import Rows
from benchwright.errors import DataError, NoGold
from benchwright.kinds import Inputs, InvalidTarget, MissingTarget, Problem, ReadCell, ReadOptions
from benchwright.spelling import spelling
from benchwright.tags import Entity
from benchwright.types import Example, Task


def examples_of(rows: Rows, task: Task, split: str, *, need_targets: bool) -> tuple[Example, ...]:
    """Examples in row order, with ids `<task>/<row>`.

    Args:
        rows: The whole split; clusters are computed over all of it.
        task: What the rows are examples of.
        split: Name of the split, for messages.
        need_targets: Whether to read gold answers; without, every target is None.

    Raises:
        DataError: A column is missing, an input is absent, or a gold answer is absent or not one of the task's.
    """
    columns = {name: _input_values(rows, name, accepted) for name, accepted in task.inputs.items()}
    inputs = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    _check_inputs(rows, task, inputs)
    keys: Sequence[str | None] = _names(rows, task.official_id, "its own id")
    groups = _names(rows, task.group, "what items are judged together in")
    if not task.official_id:
        keys = own_numbers(rows, task) or keys
    _check_keys(rows, keys)
    nothing: list[None] = [None] * len(rows.cells)
    targets = _targets(rows, task, split) if need_targets and task.target else nothing
    strict = _strict(rows, task) if need_targets and rows.scheme != "IOB2" else nothing
    if need_targets:
        _check_targets(rows, task, inputs, targets, keys)
    slices = _slices(rows, task.slices)
    if task.membership is not None:
        slices = _with_members(rows, slices, task.identities, task.membership)
    metadata = _slices(rows, task.metadata)
    rationales = _rationales(rows, task, inputs) if need_targets and task.rationale else nothing
    ids = [f"{task.name}/{row}" for row in range(len(rows.cells))]
    clusters = cluster.keys(task.cluster, _cluster_columns(rows, task, columns), ids)
    return tuple(
        Example(
            id=ids[row],
            index=row,
            inputs=inputs[row],
            target=targets[row],
            strict=strict[row],
            slices=slices[row],
            cluster=clusters[row],
            official_id=keys[row],
            group=groups[row],
            metadata=metadata[row],
            rationale=rationales[row],
        )
        for row in range(len(rows.cells))
    )


def _check_inputs(rows: Rows, task: Task, inputs: Sequence[Inputs]) -> None:
    """Raise DataError for the first row whose inputs have not the form that the kind of task asks for."""
    check = kinds.of(task).check_inputs
    if check is None:
        return
    for row, values in enumerate(inputs):
        if problem := check(values, task):
            raise _contradiction(rows.where(row), problem)


def _check_targets(
    rows: Rows, task: Task, inputs: Sequence[Inputs], targets: Sequence[Any], keys: Sequence[str | None]
) -> None:
    """Raise DataError for the first gold answer that its inputs contradict."""
    check = kinds.of(task).check_target
    if check is None:
        return
    for row, target in enumerate(targets):
        if target is not None and (problem := check(target, inputs[row], task)):
            called = f", id {keys[row]}" if keys[row] is not None else ""
            raise _contradiction(f"{rows.where(row)}{called}", problem)


def _rationales(rows: Rows, task: Task, inputs: Sequence[Inputs]) -> list[Any]:
    """What people marked in every row. A file may lack the column: nobody was asked. Raises DataError for the first that does not fit."""
    found = column(rows, task.rationale)
    if found is None:
        return [None] * len(rows.cells)
    marked = []
    for row, (cells, values) in enumerate(zip(rows.cells, inputs, strict=True)):
        try:
            marked.append(read_rationale(cells.get(found), values))
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


def _input_values(rows: Rows, name: str, accepted: tuple[str, ...]) -> list[Any]:
    found = column(rows, accepted)
    if found is None:
        raise _missing(rows, f"the input {name!r}", accepted)
    values = [row.get(found) for row in rows.cells]
    if None in values:
        raise DataError(
            f"{rows.where(values.index(None))}: {found!r} is empty",
            expected=f"a value for the input {name!r} in every row",
            hint="mend or remove that row",
        )
    return values


def _targets(rows: Rows, task: Task, split: str) -> list[Any]:
    found = column(rows, task.target)
    if found is None:
        if not task.splits[split].labelled:
            raise _no_gold(f"{rows.file} has no column of gold answers", task, split)
        if not kinds.of(task).needs_gold:
            return [None] * len(rows.cells)
        absent = _missing(
            rows, "the gold answer", task.target, or_else=f"; if no labels are public, {remedy(task, split)}"
        )
        raise NoGold(absent.problem, expected=absent.expected, hint=absent.hint)
    convert = kinds.of(task).read_target(task, _options(rows, found))
    cells = [row.get(found) for row in rows.cells]
    try:
        return [convert(cell) for cell in cells]
    except (MissingTarget, InvalidTarget):
        return _explained(rows, task, split, column_name=found, convert=convert)


def _strict(rows: Rows, task: Task) -> Sequence[tuple[Entity, ...] | None]:
    """Of each row of tags that are written in another scheme than IOB2, the entities that are legal in it, where that differs."""
    found = column(rows, task.target)
    read_strict = kinds.of(task).read_strict
    if read_strict is None or found is None:
        return [None] * len(rows.cells)
    find = read_strict(task, _options(rows, found))
    return [find(row.get(found)) for row in rows.cells]


def _options(rows: Rows, column_name: str) -> ReadOptions:
    return ReadOptions(class_names=rows.class_names.get(column_name, ()), scheme=rows.scheme)


def _explained(rows: Rows, task: Task, split: str, *, column_name: str, convert: ReadCell) -> list[Any]:
    """The targets again, this time knowing the row (the fast pass counts none), which ends in a DataError."""
    done = []
    for number, row in enumerate(rows.cells):
        try:
            done.append(convert(row.get(column_name)))
        except MissingTarget as reason:
            raise _no_gold(f"{rows.where(number)}: {column_name!r} holds {reason}", task, split) from None
        except InvalidTarget as reason:
            raise DataError(
                f"{rows.where(number, reason.word)}: {reason} (column {column_name!r})",
                expected=reason.expected,
                hint="check that the file is the one this task means, or mend that row",
            ) from None
    return done


def _names(rows: Rows, accepted: tuple[str, ...], what: str) -> list[str | None]:
    """Texts of the column that names items; None for every row of a task that names none."""
    if not accepted:
        return [None] * len(rows.cells)
    found = column(rows, accepted)
    if found is None:
        raise _missing(rows, what, accepted)
    cells = [row.get(found) for row in rows.cells]
    empty = next((number for number, cell in enumerate(cells) if cell is None or cell == ""), None)
    if empty is not None:
        raise DataError(
            f"{rows.where(empty)}: {found!r} is empty", expected="a value in every row", hint="mend or remove that row"
        )
    return [str(cell) for cell in cells]


def _check_keys(rows: Rows, keys: Sequence[str | None]) -> None:
    seen: dict[str, int] = {}
    for row, key in enumerate(keys):
        if key is not None and seen.setdefault(key, row) != row:
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


def _slices(rows: Rows, wanted: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Slice values of every row, by the accepted columns of each slice; a column that this copy lacks and an empty cell make none."""
    found = {name: at for name, accepted in wanted.items() if (at := column(rows, accepted)) is not None}
    if not found:
        return [{} for _ in rows.cells]
    shared: dict[Any, dict[str, str]] = {}
    return [_slices_of(row, found, shared) for row in rows.cells]


def _slices_of(row: dict[str, Any], found: dict[str, str], shared: dict[Any, dict[str, str]]) -> dict[str, str]:
    """Slices of a row; rows with equal texts in the slice columns share one mapping, and the texts in it."""
    cells = tuple(row.get(at) for at in found.values())
    texts = all(isinstance(cell, str) or cell is None for cell in cells)
    known = shared.get(cells) if texts else None
    if known is None:
        known = {
            name: value for name, cell in zip(found, cells, strict=True) if (value := _named_value(cell)) is not None
        }
        if texts:
            shared[cells] = known
    return known


def _with_members(
    rows: Rows, slices: list[dict[str, str]], identities: Sequence[str], least: float
) -> list[dict[str, str]]:
    """The slices, with ``yes`` or ``no`` for the number in each column of identities; what is empty stays out."""
    found = []
    for row, known in enumerate(slices):
        told = dict(known)
        for name in identities:
            if name not in known:
                continue
            number = {"true": 1.0, "false": 0.0}.get(known[name].casefold(), _number(known[name]))
            if number is None:
                raise DataError(
                    f"{rows.where(row)}: {name!r} is {known[name]!r}",
                    expected=f"a number: from {least:g} on the item is a member of {name}",
                    hint="leave membership= out where the values of a column are the groups",
                )
            told[name] = "yes" if number >= least else "no"
        found.append(told)
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


def _cluster_columns(rows: Rows, task: Task, inputs: dict[str, list[Any]]) -> dict[str, Sequence[Any]]:
    """Values of the columns that the cluster rule names: inputs of the task, or columns of the file.

    A column that is not there is an error: intervals over items taken for independent would be too narrow.
    """
    found: dict[str, Sequence[Any]] = {}
    for name in task.cluster.columns if task.cluster else ():
        if name in inputs:
            found[name] = inputs[name]
            continue
        at = column(rows, (name,))
        if at is None:
            raise _missing(rows, "the cluster of each item", (name,))
        cells = (row.get(at) for row in rows.cells)
        found[name] = [cell if spelling(cell) is None else _named_value(cell) for cell in cells]
    return found


_SCHEME = b"benchwright-content-1\n"
_CHUNK = 512


def content_digest(examples: Sequence[Example], task: Task) -> str:
    """SHA-256, in hex, over the inputs (in the order of `task.inputs`) and the target of every example, in order.

    Where gold tags are read strictly otherwise than their IOB2 form says, that reading is in it too, and so are the metadata of items
    and the rows' own numbers where they are their places in another order. Every value is written with its type and length before it, so no two
    different splits write the same bytes. Other ids, slices and clusters are not in it: they are told by position or by columns
    that not every copy has.
    """
    names = tuple(task.inputs)
    reordered = is_reordered(examples, task)
    hasher = hashlib.sha256(_SCHEME + encoded(list(names)))
    parts: list[bytes] = []
    of_target = _encoder_of_targets() if task.behaviour else encoded
    for count, example in enumerate(examples, 1):
        inputs = example.inputs
        parts.extend([encoded(inputs[name]) for name in names])
        parts.append(of_target(example.target))
        if example.strict is not None:
            parts.append(encoded({"strict": example.strict}))
        if example.metadata:
            parts.append(encoded({"metadata": example.metadata}))
        if reordered:
            parts.append(encoded({"key": example.official_id}))
        if count % _CHUNK == 0:
            hasher.update(b"".join(parts))
            parts.clear()
    hasher.update(b"".join(parts))
    return hasher.hexdigest()


def _encoder_of_targets() -> Callable[[Any], bytes]:
    """`encoded` for what is expected of cases, which many rows share: each is encoded once, without what is said of its test."""
    known: dict[int, tuple[Any, bytes]] = {}

    def encode(value: Any) -> bytes:
        found = known.get(id(value))
        if found is None:
            # Rows that a head is learned from have plain answers.
            is_told = isinstance(value, Mapping)
            told = {name: part for name, part in value.items() if name != "description"} if is_told else value
            found = known[id(value)] = (value, encoded(told))  # the value is kept, or another might get its id
        return found[1]

    return encode


def encoded(value: Any) -> bytes:
    """Canonical bytes of a JSON value; tuples are lists, objects are in key order. Raises TypeError for anything else.

    A whole number written as 3 and as 3.0 differ: targets have one type by the kind of their task.
    """
    if isinstance(value, str):
        data = value.encode("utf-8", "surrogatepass")
        return b"s%d:%b" % (len(data), data)
    if value is None:
        return b"n"
    if isinstance(value, bool):
        return b"t" if value else b"f"
    if isinstance(value, int):
        return b"i%d;" % value
    if isinstance(value, float):
        return b"d%b;" % repr(value).encode()
    if isinstance(value, list | tuple):
        return b"l%d:%b" % (len(value), b"".join([encoded(item) for item in value]))
    if isinstance(value, dict):
        items = [encoded(key) + encoded(value[key]) for key in sorted(value)]
        return b"m%d:%b" % (len(items), b"".join(items))
    raise TypeError(f"{type(value).__name__} is not a JSON value")
