"""Read gold cells with labels: missing gold, labels by number, labels by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchwright.kinds.spec import InvalidTarget, MissingTarget, ReadCell
from benchwright.labels import canonical, describe, looks_like
from benchwright.spelling import difference, spelling
from benchwright.types import Label

_DIGITS = 10

_ABSENT = frozenset({"", "-", "-1", "-1.0"})
"""Spellings of *no gold label*: GLUE and SuperGLUE copies write -1, NLI corpora a dash where annotators disagreed."""


def is_absent(cell: Any) -> bool:
    """Whether the cell is a spelling of *no gold label*."""
    return cell is None or str(cell).strip() in _ABSENT


def as_it_is(cell: Any) -> Any:
    """The cell unchanged. Raises MissingTarget where it is empty."""
    if cell is None:
        raise MissingTarget(repr(cell))
    return cell


def label_reader(labels: tuple[Label, ...], class_names: tuple[str, ...] = ()) -> ReadCell:
    """A function from a cell to the name of the label that it means, as `benchwright.labels.canonical` matches them.

    Where a file names its own classes, an integer is an index into those names and is matched by name, never by position.
    """
    if class_names == tuple(map(str, range(len(class_names)))):
        class_names = ()  # names 0, 1, 2 say no more than the ids do

    def read(cell: Any) -> str:
        value = class_by_number(cell, class_names)
        name = canonical(value, labels)
        if name is not None:
            return name
        if is_absent(value):
            raise MissingTarget(repr(cell))
        named = f" ({value})" if value != cell else ""
        if alike := looks_like(value, labels):
            named += f", which looks like {alike!r} ({difference(str(value), alike)}),"
        raise InvalidTarget(f"the label {cell!r}{named} is not one of the task", f"one of: {describe(labels)}")

    return _remembered(read)


def tag_by_number(cell: Any, class_names: Sequence[str]) -> Any:
    """The name that a whole number stands for, however it was stored; anything else, and a number beyond them, as it is."""
    number = spelling(cell)
    if not class_names or number is None or not number.isdecimal():
        return cell
    return class_names[int(number)] if len(number) < _DIGITS and int(number) < len(class_names) else cell


def class_by_number(cell: Any, class_names: Sequence[str]) -> Any:
    """As `tag_by_number`; a text that is one of the names means it, and no truth value is a number."""
    is_name = isinstance(cell, bool) or (isinstance(cell, str) and cell.strip() in class_names)
    return cell if is_name else tag_by_number(cell, class_names)


def _remembered(read: ReadCell) -> ReadCell:
    """The same function, asked once for each different cell; a split holds few labels and many rows."""
    seen: dict[tuple[type, Any], Any] = {}

    def remembered(cell: Any) -> Any:
        key = (type(cell), cell)  # True, 1 and 1.0 are one dictionary key, but not one label
        try:
            return seen[key]
        except KeyError:
            seen[key] = read(cell)
            return seen[key]
        except TypeError:  # a list or an object, which no label is
            return read(cell)

    return remembered
