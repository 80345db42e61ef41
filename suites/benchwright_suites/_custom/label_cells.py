"""Cells of labels that are more than one name: zeros and ones by position, and labels that are made of other labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from benchwright import label_sets
from benchwright.errors import DataError
from benchwright.spelling import spelling
from benchwright.types import Label
from benchwright_suites._custom.own_tables import OwnTable, TableOptions


def reads_vectors(options: TableOptions, table: OwnTable, labels: Sequence[Label]) -> bool:
    """Whether the table's cells are vectors with a place for each of the labels."""
    return options.multilabel and not _are_names(labels) and _places(options, table, labels) == len(labels)


def check_vectors(options: TableOptions, tables: Mapping[str, OwnTable], declared: tuple[str, ...]) -> None:
    """Raise DataError where cells are vectors, and nobody said what their places are, or fewer or more places were named."""
    labels = tuple(Label(name=name, id=at) for at, name in enumerate(declared))
    for table in tables.values() if options.multilabel and not _are_names(labels) else ():
        places = _places(options, table, labels)
        if places is None or places == len(declared):
            continue
        example = table.cells(options.label)[0]
        if places == 0:
            raise DataError(
                f"{table.rows.file}: {options.label!r} holds zeros and ones of differing number, such as {example!r}",
                expected="label names, or a zero or a one for each label in every row",
                hint='write the names of the labels: ["a", "b"]',
            )
        given = f"labels= names {len(declared)}" if declared else "nothing says which label each place is"
        raise DataError(
            f"{table.rows.file}: {options.label!r} holds zeros and ones by position, such as {example!r}: {places} places, and "
            f"{given}",
            expected=f"the {places} labels in the order of the places",
            hint=f"labels={','.join(f'name{at + 1}' for at in range(min(places, 3)))}{',...' if places > 3 else ''}; or write names "
            'into the file: ["a", "b"]',
        )


def _are_names(labels: Sequence[Label]) -> bool:
    """Whether 0 and 1 (or false and true) are names that somebody stated."""
    names = {spelling(label.name) for label in labels}
    return {"0", "1"} <= names or {"false", "true"} <= names


def _is_named(table: OwnTable, options: TableOptions) -> bool:
    """Whether the file names the classes of its numbers: they are then numbers of classes, and never zeros and ones."""
    names = table.rows.class_names.get(table.names[options.label], ())
    return bool(names) and not set(names) <= {"0", "1"}


def _places(options: TableOptions, table: OwnTable, labels: Sequence[Label]) -> int | None:
    """How many places every cell of the column has, where all are vectors; 0 where their number differs; None otherwise.

    Cells are vectors when all of them could be, with the same number of places. Where the number differs, they are when some
    cell can be nothing else, since a set names no label twice.
    """
    if _is_named(table, options):
        return None
    cells, names = [cell for _, cell in table.distinct(options.label)], {spelling(label.name) for label in labels}
    said = [None if spelling(cell) in names else label_sets.bits(cell) for cell in cells]
    if not cells or None in said:
        return None
    lengths = {len(one) for one in said if one is not None}
    if len(lengths) == 1:
        return lengths.pop()
    return (
        0
        if any(label_sets.is_position_wise(label_sets.parts(cell, options.separator or None)) for cell in cells)
        else None
    )


_BETWEEN = (";", "\t", "\n")
"""Marks that stand between labels and hardly ever within one; `|` and commas part a cell of several labels anyway."""
_WITHIN = ("|", ",", "/", " ")
"""Marks that stand within labels too: they part one only where all its parts are labels of other rows."""


def check_combined(names: Sequence[str], first: Mapping[str, str], options: TableOptions) -> None:
    """Raise DataError where a label that was found is several of the others, as `a;b` beside `a` and `b`.

    Args:
        names: The labels found.
        first: Label -> where it stands first.
        options: What the user said; a separator that was named is what parts labels, and nothing else does.
    """
    if options.separator:
        return
    for mark in (*_BETWEEN, *_WITHIN) if options.multilabel else (*_BETWEEN, "|"):
        pieces = {name: [spelling(part) or "" for part in name.split(mark)] for name in names if mark in name}
        uses = Counter(part for name in names for part in {*pieces.get(name, [name])})
        for name, parts in pieces.items():
            is_shared = options.multilabel and mark in _BETWEEN and any(part and uses[part] > 1 for part in parts)
            if is_shared or all(part in first for part in parts):
                raise _made_of_others(name, next(part for part in parts if uses[part] > 1), mark, first, options)


def _made_of_others(name: str, part: str, mark: str, first: Mapping[str, str], options: TableOptions) -> DataError:
    given = f"{first[name]}: {options.label!r} holds {name!r}, and {part!r} stands in other rows too"
    whole = f"; if {name!r} is one label, name them all: labels=a,b,c"
    separator = f"`separator={mark}`" if mark in ";/" else ""
    if options.multilabel:
        return DataError(
            given,
            expected="a list of labels, or labels with | or a comma between them",
            hint=(f"add {separator}" if separator else 'write lists in JSON lines (["a", "b"]), or a|b') + whole,
        )
    return DataError(
        given,
        expected="one label in every row",
        hint=f"add `multilabel=true` {separator and f'and {separator} '}if a row may have several labels{whole}",
    )
