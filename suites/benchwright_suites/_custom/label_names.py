"""Which labels a user's data have: as said, as the file declares, or as they occur."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from benchwright import label_sets
from benchwright.errors import BenchwrightError, DataError
from benchwright.kinds.gold_cells import class_by_number, is_absent
from benchwright.labels import canonical, looks_like
from benchwright.spelling import difference, fold, is_fraction, look_alikes, spelling
from benchwright.types import Label
from benchwright_suites._custom.label_cells import check_combined, check_vectors, reads_vectors
from benchwright_suites._custom.own_tables import OwnTable, TableOptions

_INTEGER = re.compile(r"-?(0|[1-9]\d*)")
_GENERIC = re.compile(r"label[_ -]?\d+")
_MOST = 500
_FEW = 20
_BEYOND = 1_000_000
"""First id of names among integers: no integer in a file may mean them."""


def name_labels(options: TableOptions, tables: Mapping[str, OwnTable]) -> tuple[Label, ...]:
    """The labels in id order.

    A name that is an integer has itself as its id, so that 1 in a JSON file and "1" in a CSV file are the label `1`,
    wherever it stands in the list. Among other names that somebody stated ids are positions: with `labels=bad,good` a 0 in the
    file is `bad`. Names that were found in the files have no ids (`Label.found`).

    Raises:
        BenchwrightError: The files hold fewer than two labels, too many, labels that are not told apart, scores, zeros and ones
            by position, a row without a label, or one that `labels` does not name (the row is named).
    """
    declared = options.labels or _declared(options, tables)
    check_vectors(options, tables, declared)
    labels = _with_ids(declared or _found(options, tables), found=not declared)
    for table in tables.values():
        _check_known(options, table, labels)
    return labels


def reading_notes(options: TableOptions, tables: Mapping[str, OwnTable], labels: tuple[Label, ...]) -> tuple[str, ...]:
    """What a reader must know about how the files' cells became labels."""
    names = {spelling(label.name) for label in labels}
    by_position = {split for split, table in tables.items() if reads_vectors(options, table, labels)}
    others = {
        written: label
        for split, table in tables.items()
        if not table.rows.class_names.get(table.names[options.label])
        for cell in _distinct(table, options)
        if not (split in by_position and label_sets.bits(cell))
        for part in _parts(cell, options, labels)
        if (written := spelling(part)) not in names and written and (label := canonical(part, labels))
    }
    notes = []
    if any(_INTEGER.fullmatch(written) for written in others):
        notes.append(f"Label numbers of the file are read as {', '.join(f'{one.id} {one.name}' for one in labels)}.")
    folded = [f"{written!r} as {label!r}" for written, label in others.items() if not _INTEGER.fullmatch(written)]
    if folded:
        notes.append(f"Other spellings are read as the labels that you named: {', '.join(folded[:5])}.")
    if by_position:
        notes.append(f"Zeros and ones of a row are read by position: {', '.join(label.name for label in labels)}.")
    return tuple(notes)


def unseen_in_training(options: TableOptions, tables: Mapping[str, OwnTable], labels: tuple[Label, ...]) -> str:
    """Labels of the evaluated file that no row of the train file has, as a sentence; empty where there is none."""
    if "train" not in tables:
        return ""
    seen = {split: _labels_in(options, table, labels) for split, table in tables.items()}
    lacking = [label.name for label in labels if label.name in seen["test"] - seen["train"]]
    return f"no training row of: {', '.join(lacking)}" if lacking else ""


def _labels_in(options: TableOptions, table: OwnTable, labels: tuple[Label, ...]) -> set[str | None]:
    """Names of the labels that a file holds."""
    class_names = table.rows.class_names.get(table.names[options.label], ())
    by_position = reads_vectors(options, table, labels)
    found: set[str | None] = set()
    for cell in _distinct(table, options):
        if by_position and (said := label_sets.bits(cell)):
            found |= {label.name for label, given in zip(labels, said, strict=True) if given}
        else:
            found |= {canonical(class_by_number(part, class_names), labels) for part in _parts(cell, options, labels)}
    return found


def _distinct(table: OwnTable, options: TableOptions) -> list[Any]:
    """Each different cell of the labels once."""
    return [cell for _, cell in table.distinct(options.label)]


def _with_ids(names: tuple[str, ...], *, found: bool) -> tuple[Label, ...]:
    integers = [bool(_INTEGER.fullmatch(name)) for name in names]
    start = _BEYOND if any(integers) else 0
    return tuple(
        Label(name=name, id=int(name) if is_integer else start + position, found=found)
        for position, (name, is_integer) in enumerate(zip(names, integers, strict=True))
    )


def _declared(options: TableOptions, tables: Mapping[str, OwnTable]) -> tuple[str, ...]:
    """Class names that a Parquet file of the hub keeps in its metadata."""
    for table in tables.values():
        names = table.rows.class_names.get(table.names[options.label], ())
        if len(names) > 1:
            _check_declared(table, names, options)
            return names
    return ()


def _check_declared(table: OwnTable, names: tuple[str, ...], options: TableOptions) -> None:
    twice = [name for name in names if sum(spelling(name) == spelling(other) for other in names) > 1]
    if twice:
        raise DataError(
            f"{table.rows.file}: the classes of {options.label!r} are named {', '.join(map(repr, names))}: "
            f"{' and '.join(map(repr, twice))} are one name",
            expected="a name of its own for every class",
            hint="mend the names of the classes in the file",
        )


def _found(options: TableOptions, tables: Mapping[str, OwnTable]) -> tuple[str, ...]:
    """Names of the labels that occur, sorted, integers by value."""
    first: dict[str, str] = {}
    by_split: dict[str, set[str]] = {}
    for split, table in tables.items():
        seen = by_split.setdefault(split, set())
        for row, cell in table.distinct(options.label):
            _check_form(table, row, cell, options)
            for part in _parts(cell, options):
                name = spelling(part)
                if name is None or is_absent(part):
                    raise _unlabelled(table, row, part, options)
                first.setdefault(name, table.rows.where(row))
                seen.add(name)
    names = sorted(first, key=lambda name: (0, int(name), "") if _INTEGER.fullmatch(name) else (1, 0, name))
    _check_whole(names, first, options)
    check_combined(names, first, options)
    _check_told_apart(names, first)
    _check_numbers(names, first)
    _check_shared(by_split, options)
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


def _parts(cell: Any, options: TableOptions, labels: tuple[Label, ...] = ()) -> list[Any]:
    """The labels in a cell: one, or those of a set."""
    if not options.multilabel:
        return [cell]
    return label_sets.parts(cell, options.separator or None, lambda text: canonical(text, labels) is not None)


def _check_form(table: OwnTable, row: int, cell: Any, options: TableOptions) -> None:
    """Raise where a cell is a list though a row has one label, or opens like a list and is none."""
    is_list = isinstance(cell, list | tuple) or (isinstance(cell, str) and label_sets.listed(cell) is not None)
    if is_list and not options.multilabel:
        raise DataError(
            f"{table.rows.where(row)}: {options.label!r} holds the list {cell!r}",
            expected="one label in every row",
            hint="add &multilabel=true if a row may have several labels",
        )
    if options.multilabel and isinstance(cell, str) and label_sets.is_odd(cell):
        raise DataError(
            f"{table.rows.where(row)}: {options.label!r} holds {cell!r}, which looks like a list and cannot be read as one",
            expected='a list such as ["a", "b"], or a|b',
            hint="write the file again from lists, or name the labels if the brackets are part of a name (labels=...)",
        )


def _check_whole(names: list[str], first: Mapping[str, str], options: TableOptions) -> None:
    """Raise where labels are numbers that are not whole."""
    scores = [name for name in names if is_fraction(name)]
    if scores:
        raise DataError(
            f"the column {options.label!r} holds numbers that are not whole, such as {scores[0]} ({first[scores[0]]}): "
            "scores for a regression, and this task is a classification",
            expected="labels: names or whole numbers",
            hint="round them to classes in the file, or, if these numbers are names, name them all: "
            f"labels={','.join(names[:3])},...; a task of kind regress needs a suite of your own (benchwright new suite NAME)",
        )


def _check_told_apart(names: list[str], first: Mapping[str, str]) -> None:
    for other, name in look_alikes(names):
        hint = f"write one of them in every row, or, if they are two labels, name them: labels={other},{name},..."
        if fold(other) == fold(name):
            hint = f"labels={other},... reads both as {other!r}; or mend the file"
        raise DataError(
            f"the labels {other!r} ({first[other]}) and {name!r} ({first[name]}) look alike: they differ in "
            f"{difference(other, name)} alone",
            expected="one spelling for each label, or a list of the labels that are meant",
            hint=hint,
        )


def _check_numbers(names: list[str], first: Mapping[str, str]) -> None:
    """Raise where numbers stand among names of which they may be the places: one label would be two."""
    generic = [name for name in names if _GENERIC.fullmatch(name.casefold())]
    numbers = generic or [name for name in names if _INTEGER.fullmatch(name)]
    others = [name for name in names if name not in numbers]
    if not others or not numbers or (not generic and not all(0 <= int(name) < len(others) for name in numbers)):
        return
    raise DataError(
        f"labels are numbers in some rows and names in others: {numbers[0]!r} ({first[numbers[0]]}) and {others[0]!r} "
        f"({first[others[0]]})",
        expected="one way of writing labels",
        hint=f"name the labels in the order of the numbers (labels={','.join(others[:3])},...); or, if the numbers are labels of "
        f"their own, name them too (labels={','.join([*others[:2], *numbers[:2]])},...)",
    )


def _check_shared(by_split: Mapping[str, set[str]], options: TableOptions) -> None:
    """Raise where the files have no label in common: one of them is written in another way."""
    test, train = by_split.get("test", set()), by_split.get("train", set())
    if test and train and not test & train:
        named = [", ".join(sorted(names)[:5]) for names in (test, train)]
        raise DataError(
            f"the two files have no label in common: {options.path} has {named[0]}; {options.train} has {named[1]}",
            expected="the same labels in both",
            hint="write one of them as the other, or, where numbers stand for names, name the labels in the order of the numbers: "
            "labels=first,second",
        )


def _check_known(options: TableOptions, table: OwnTable, labels: tuple[Label, ...]) -> None:
    """Every cell means one of the labels."""
    class_names = table.rows.class_names.get(table.names[options.label], ())
    by_position = reads_vectors(options, table, labels)
    known: dict[tuple[type, Any], bool] = {}
    for row, cell in table.distinct(options.label):
        if by_position and label_sets.bits(cell):
            continue
        for part in _parts(cell, options, labels):
            value = class_by_number(part, class_names)
            key = (type(value), value if isinstance(value, str | int | float | bool) else repr(value))
            if key not in known:
                known[key] = canonical(value, labels) is not None
            if not known[key]:
                raise (
                    _unlabelled(table, row, part, options)
                    if is_absent(part)
                    else _unknown(table, row, part, labels, options)
                )


def _unlabelled(table: OwnTable, row: int, cell: Any, options: TableOptions) -> BenchwrightError:
    hint = "remove that row"
    if str(cell).strip() in ("-1", "-"):
        hint += f", or name all labels if {str(cell).strip()} is one of them: labels={str(cell).strip()},{'1' if '1' in str(cell) else '...'}"
    elif options.multilabel:
        hint += "; a row that has none of the labels is an empty list in JSON lines: []"
    what = "which is how files say that there is no gold label" if is_absent(cell) else "which is no label"
    return DataError(
        f"{table.rows.where(row)}: {options.label!r} holds {cell!r}, {what}", expected="a label in every row", hint=hint
    )


def _unknown(
    table: OwnTable, row: int, cell: Any, labels: tuple[Label, ...], options: TableOptions
) -> BenchwrightError:
    names = ",".join(label.name for label in labels)
    alike = looks_like(cell, labels)
    if alike is not None:
        return DataError(
            f"{table.rows.where(row)}: the label {cell!r} looks like {alike!r} and is another one: they differ in "
            f"{difference(str(cell), alike)}",
            expected=f"one of: {', '.join(label.name for label in labels)}",
            hint="mend that row",
        )
    hint = f"name it too: labels={names},{spelling(cell) or '...'}; or mend that row"
    if mark := label_sets.parted_by(cell, lambda text: canonical(text, labels) is not None):
        said = f"add separator={mark}" if mark in ";/" else "write several labels of a row as a|b, or as lists"
        hint = said if options.multilabel else "add multilabel=true if a row may have several labels"
    return DataError(
        f"{table.rows.where(row)}: the label {cell!r} is not one of the task",
        expected=f"one of: {', '.join(label.name for label in labels)}",
        hint=hint,
    )
