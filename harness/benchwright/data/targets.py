"""Gold cells -> canonical targets: label names, numbers, option numbers, tags, label sets (`answers` has texts)."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from typing import Any

from benchwright import label_sets
from benchwright.data.answers import Unfit, Unlabelled, right_texts, spans
from benchwright.labels import canonical, describe, looks_like
from benchwright.spelling import difference, spelling
from benchwright.tags import Entity, Scheme, parts, read_tags, to_iob2
from benchwright.types import Kind, Task

_NAMES = "tags by name, such as B-PER"
_DIGITS = 10
_LARGEST_SINGLE = 3.4028234663852886e38


Convert = Callable[[Any], Any]

_ABSENT = frozenset({"", "-", "-1", "-1.0"})
"""Spellings of *no gold label*: GLUE and SuperGLUE copies write -1, NLI corpora a dash where annotators disagreed."""


def is_absent(cell: Any) -> bool:
    """Whether the cell is a spelling of *no gold label*."""
    return cell is None or str(cell).strip() in _ABSENT


def converter(task: Task, class_names: tuple[str, ...] = (), scheme: Scheme = "IOB2") -> Convert:
    """How a gold cell of the task becomes its target.

    Labels are matched as `benchwright.labels.canonical` does: names and aliases before ids. Where a file names its own
    classes (`class_names`), an integer is an index into those names and is matched by name, never by position. Tags that
    are written in another scheme than IOB2 are converted first.

    Returns:
        A function from a cell to: a label name (`classify`), a tuple of label names in id order (`multilabel`), a
        finite number (`regress`), a tuple of IOB2 tags (`tag`), `{"text": [...], "answer_start": [...]}` (`span`), the
        option's 0-based number or the tuple of right texts (`choose`), else the cell unchanged. It raises Unlabelled or
        Unfit.
    """
    if task.kind is Kind.REGRESS:
        return _number(task.value_range)
    if task.kind is Kind.SPAN:
        return spans(task)
    if task.kind is Kind.CHOOSE and task.by_text:
        return right_texts
    if not task.labels:
        return _option if task.kind is Kind.CHOOSE else _as_it_is
    if task.kind is Kind.TAG:
        return _tags(_label(task, ()), class_names, scheme)
    name = _label(task, class_names)
    if task.multilabel:
        return _label_set(task, name, by_position=task.vectors and set(class_names) <= {"0", "1"})
    if task.kind is Kind.CHOOSE:
        ids = {label.name: label.id for label in task.labels}
        return lambda cell: ids[name(cell)]
    return name


def _label(task: Task, class_names: tuple[str, ...]) -> Convert:
    if class_names == tuple(map(str, range(len(class_names)))):
        class_names = ()  # names 0, 1, 2 say no more than the ids do

    def convert(cell: Any) -> str:
        value = class_by_number(cell, class_names)
        found = canonical(value, task.labels)
        if found is not None:
            return found
        if is_absent(value):
            raise Unlabelled(repr(cell))
        named = f" ({value})" if value != cell else ""
        if alike := looks_like(value, task.labels):
            named += f", which looks like {alike!r} ({difference(str(value), alike)}),"
        raise Unfit(f"the label {cell!r}{named} is not one of the task", f"one of: {describe(task.labels)}")

    return _remember(convert)


def _tags(name: Convert, class_names: tuple[str, ...], scheme: Scheme) -> Convert:
    def convert(cell: Any) -> tuple[str, ...]:
        items = [tag_by_number(item, class_names) for item in _items(cell, " ")]
        for word, item in enumerate(items):
            if item is None:
                raise Unlabelled(repr(cell))
            if (
                not isinstance(item, str) or item.isdecimal()
            ):  # no order of tags is common: a copy's own would be taken for ours
                what = (
                    f"beyond the {len(class_names)} names" if class_names else "and the file does not name its classes"
                )
                raise Unfit(f"the tag {item!r} is a number, {what}", _NAMES, word=word)
        found = []
        for word, item in enumerate(to_iob2(items, scheme)):
            try:
                found.append(name(item))
            except Unfit as reason:
                raise Unfit(f"the tag {item!r} is not one of the task", reason.expected, word=word) from None
        return tuple(found)

    return convert


def legal_entities(
    task: Task, class_names: tuple[str, ...], scheme: Scheme
) -> Callable[[Any], tuple[Entity, ...] | None]:
    """A function from a gold cell of tags, which `converter` took, to what `benchwright.tags.read_tags` finds legal in it."""
    name = _label(task, ())

    def find(cell: Any) -> tuple[Entity, ...] | None:
        written = read_tags([str(tag_by_number(item, class_names)) for item in _items(cell, " ")], scheme)
        return written.strict and tuple(one._replace(type=parts(name(f"B-{one.type}"))[1]) for one in written.strict)

    return find


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


def _remember(convert: Convert) -> Convert:
    """The same function, asked once for each different cell; a split holds few labels and many rows."""
    seen: dict[tuple[type, Any], Any] = {}

    def remembered(cell: Any) -> Any:
        key = (type(cell), cell)  # True, 1 and 1.0 are one dictionary key, but not one label
        try:
            return seen[key]
        except KeyError:
            seen[key] = convert(cell)
            return seen[key]
        except TypeError:  # a list or an object, which no label is
            return convert(cell)

    return remembered


def _label_set(task: Task, name: Convert, *, by_position: bool) -> Convert:
    order = {label.name: position for position, label in enumerate(task.labels)}

    def is_label(text: str) -> bool:
        return canonical(text, task.labels) is not None

    def convert(cell: Any) -> tuple[str, ...]:
        if cell is None:
            raise Unlabelled(repr(cell))
        said = label_sets.bits(cell) if by_position else None
        if said is not None and len(said) == len(order):
            return tuple(label for label, is_given in zip(order, said, strict=True) if is_given)
        given = label_sets.parts(cell, task.separator, is_label)
        if label_sets.is_position_wise(given):
            raise Unfit(f"{cell!r} holds zeros and ones by position", f"label names: {describe(task.labels)}")
        return tuple(sorted({name(item) for item in given}, key=order.__getitem__))

    return convert


def _items(cell: Any, separator: str) -> list[Any]:
    if isinstance(cell, list | tuple):  # an empty sentence has no tags, and is none the worse for it
        return list(cell)
    if isinstance(cell, str) and cell.strip():
        return cell.strip().split(separator)
    raise Unlabelled(repr(cell))


def _number(value_range: tuple[float, float] | None) -> Convert:
    low, high = value_range or (-math.inf, math.inf)
    expected = f"a number from {low:g} to {high:g}" if value_range else "a finite number"

    def convert(cell: Any) -> float:
        value = _parsed(cell, expected)
        if not math.isfinite(value):
            raise Unfit(f"{cell!r} is not finite", expected)
        value = without_float32_noise(value)
        if low <= value <= high:
            return value
        if value == -1:
            raise Unlabelled(repr(cell))
        raise Unfit(f"{value:g} is out of range", expected)

    return convert


def _parsed(cell: Any, expected: str) -> float:
    if cell is None or cell == "":
        raise Unlabelled(repr(cell))
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    try:
        if isinstance(cell, str) and "_" not in cell:  # Python would read 1_0 as 10
            return float(cell)
    except ValueError:
        pass
    raise Unfit(f"{cell!r} is not a number", expected)


def without_float32_noise(value: float) -> float:
    """The number that was written before a 32-bit float stored it: 3.7999999523162842 -> 3.8.

    A fraction that is exactly a 32-bit float but takes more than nine digits as a double becomes the shortest decimal
    that rounds to that float (nine digits always suffice). Anything else is returned as it is, so no digit of a real
    double is lost. Hub copies store STS-B scores in 32 bits.
    """
    value += 0.0  # -0.0 and 0.0 are one target
    if value.is_integer() or float(f"{value:.9g}") == value or abs(value) > _LARGEST_SINGLE:
        return value
    stored = struct.pack("<f", value)
    if struct.unpack("<f", stored) != (value,):
        return value
    shortened = (float(f"{value:.{digits}g}") for digits in range(6, 10))
    return next(decimal for decimal in shortened if struct.pack("<f", decimal) == stored)


def _option(cell: Any) -> int:
    if is_absent(cell):
        raise Unlabelled(repr(cell))
    number = spelling(cell) or ""
    if number.isascii() and number.isdigit():
        return int(number)
    raise Unfit(f"{cell!r} is not the number of an option", "a whole number, 0 for the first option")


def _as_it_is(cell: Any) -> Any:
    if cell is None:
        raise Unlabelled(repr(cell))
    return cell
