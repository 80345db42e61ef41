"""Which labels a user's data have: as said, as the file declares, or as they occur."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from benchwright.data.targets import is_absent
from benchwright.errors import BenchwrightError, DataError
from benchwright.labels import canonical
from benchwright.spelling import fold
from benchwright.types import Label
from benchwright_suites._classification.custom.options import Options
from benchwright_suites._classification.custom.table import Table

_INTEGER = re.compile(r"-?(0|[1-9]\d*)")
_MOST = 500
_FEW = 20
_BEYOND = 1_000_000
"""First id of names among integers: no integer in a file may mean them."""


def name_labels(options: Options, tables: Mapping[str, Table]) -> tuple[Label, ...]:
    """The labels in id order.

    A name that is an integer has itself as its id, so that 1 in a JSON file and "1" in a CSV file are the label `1`,
    wherever it stands in the list. Among other names ids are positions: with `labels=bad,good` a 0 in the file is `bad`.

    Raises:
        BenchwrightError: The files hold fewer than two labels, too many, labels that are not told apart, a row without a
            label, or one that `labels` does not name (the row is named).
    """
    declared = options.labels or _declared(options, tables)
    labels = _with_ids(declared or _found(options, tables))
    for table in tables.values():
        _check_known(options, table, labels)
    return labels


def labels_by_id(options: Options, tables: Mapping[str, Table], labels: tuple[Label, ...]) -> bool:
    """Whether a file holds numbers that stand for labels of other names."""
    names = {fold(label.name) for label in labels}
    cells = {
        _spelling(part)
        for table in tables.values()
        if not table.rows.class_names.get(table.names[options.label])
        for cell in table.cells(options.label)
        for part in _parts(cell, options)
    }
    return any(_INTEGER.fullmatch(cell) and fold(cell) not in names for cell in cells)


def _with_ids(names: tuple[str, ...]) -> tuple[Label, ...]:
    integers = [bool(_INTEGER.fullmatch(name)) for name in names]
    start = _BEYOND if any(integers) else 0
    return tuple(
        Label(name=name, id=int(name) if is_integer else start + position)
        for position, (name, is_integer) in enumerate(zip(names, integers, strict=True))
    )


def _declared(options: Options, tables: Mapping[str, Table]) -> tuple[str, ...]:
    """Class names that a Parquet file of the hub keeps in its metadata."""
    for table in tables.values():
        names = table.rows.class_names.get(table.names[options.label], ())
        if len(names) > 1:
            return names
    return ()


def _found(options: Options, tables: Mapping[str, Table]) -> tuple[str, ...]:
    """Names of the labels that occur, sorted, integers by value."""
    first: dict[str, str] = {}
    for table in tables.values():
        for row, cell in enumerate(table.cells(options.label)):
            for part in _parts(cell, options):
                if is_absent(part):
                    raise _unlabelled(table, row, part, options)
                first.setdefault(_spelling(part), table.rows.where(row))
    names = sorted(first, key=lambda name: (0, int(name), "") if _INTEGER.fullmatch(name) else (1, 0, name))
    _check_told_apart(names, first)
    rows = sum(len(table.rows.cells) for table in tables.values())
    if len(names) < 2:
        raise DataError(
            f"the column {options.label!r} holds one label: {', '.join(map(repr, names)) or 'none at all'}",
            expected="two labels or more",
            hint="name all of them, also those that do not occur: labels=bad,good",
        )
    if len(names) > _MOST or (len(names) > _FEW and 2 * len(names) > rows):
        raise DataError(
            f"the column {options.label!r} holds {len(names):,} different values in {rows:,} rows, such as {names[0]!r}",
            expected="a column of labels",
            hint="say which column it is (label=...), or name the labels (labels=a,b,c)",
        )
    return tuple(names)


def _parts(cell: Any, options: Options) -> Iterator[Any]:
    """The labels in a cell: one, or those of a set."""
    if not options.multilabel:
        yield cell
    elif isinstance(cell, list | tuple):
        yield from cell
    elif isinstance(cell, str):
        mark = options.separator or ("|" if "|" in cell else ",")
        yield from cell.split(mark)
    else:
        yield cell


def _spelling(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _check_told_apart(names: list[str], first: Mapping[str, str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(fold(name), name)
        if other != name:
            raise DataError(
                f"the labels {other!r} ({first[other]}) and {name!r} ({first[name]}) differ in case or punctuation alone",
                expected="one spelling for each label, or a list of the labels that are meant",
                hint=f"labels={other},... reads both as {other!r}; or mend the file",
            )


def _check_known(options: Options, table: Table, labels: tuple[Label, ...]) -> None:
    """Every cell means one of the labels."""
    class_names = table.rows.class_names.get(table.names[options.label], ())
    known: dict[tuple[type, Any], bool] = {}
    for row, cell in enumerate(table.cells(options.label)):
        for part in _parts(cell, options):
            value = _by_name(part, class_names)
            key = (type(value), value if isinstance(value, str | int | float | bool) else repr(value))
            if key not in known:
                known[key] = canonical(value, labels) is not None
            if not known[key]:
                raise _unlabelled(table, row, part, options) if is_absent(part) else _unknown(table, row, part, labels)


def _by_name(cell: Any, class_names: tuple[str, ...]) -> Any:
    is_index = isinstance(cell, int) and not isinstance(cell, bool) and 0 <= cell < len(class_names)
    return class_names[cell] if is_index else cell


def _unlabelled(table: Table, row: int, cell: Any, options: Options) -> BenchwrightError:
    hint = "remove that row"
    if str(cell).strip() in ("-1", "-"):
        hint += f", or name the labels if {str(cell).strip()} is one of them: labels=-1,1"
    elif options.multilabel:
        hint += "; a row that has none of the labels is an empty list in JSON lines: []"
    return DataError(
        f"{table.rows.where(row)}: {options.label!r} holds {cell!r}, which is how files say that there is no gold label",
        expected="a label in every row",
        hint=hint,
    )


def _unknown(table: Table, row: int, cell: Any, labels: tuple[Label, ...]) -> BenchwrightError:
    names = ",".join(label.name for label in labels)
    return DataError(
        f"{table.rows.where(row)}: the label {cell!r} is not one of the task",
        expected=f"one of: {', '.join(label.name for label in labels)}",
        hint=f"name it too: labels={names},{_spelling(cell)}; or mend that row",
    )
