"""Regression: a number for one or two texts."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import Any

from benchwright.kinds.spec import (
    CheckOutput,
    ColumnForm,
    Inputs,
    InvalidTarget,
    KindSpec,
    MissingTarget,
    ReadCell,
    ReadOptions,
    no_names,
)
from benchwright.types import Example, Prediction, Task

_LARGEST_SINGLE = 3.4028234663852886e38


def read_target(task: Task, _options: ReadOptions) -> ReadCell:
    """A function from a cell to a finite number within the range of the task."""
    low, high = task.value_range or (-math.inf, math.inf)
    expected = f"a number from {low:g} to {high:g}" if task.value_range else "a finite number"

    def read(cell: Any) -> float:
        value = _parsed(cell, expected)
        if not math.isfinite(value):
            raise InvalidTarget(f"{cell!r} is not finite", expected)
        value = without_float32_noise(value)
        if low <= value <= high:
            return value
        if value == -1:
            raise MissingTarget(repr(cell))
        raise InvalidTarget(f"{value:g} is out of range", expected)

    return read


def _parsed(cell: Any, expected: str) -> float:
    if cell is None or cell == "":
        raise MissingTarget(repr(cell))
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    try:
        if isinstance(cell, str) and "_" not in cell:  # Python would read 1_0 as 10
            return float(cell)
    except ValueError:
        pass
    raise InvalidTarget(f"{cell!r} is not a number", expected)


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


def check_output(_task: Task) -> CheckOutput:
    """A function that says why an answer is no finite number."""

    def check(prediction: Prediction, _example: Example) -> str | None:
        return None if _is_number(prediction.output) else f"not a finite number: {prediction.output!r}"

    return check


def check_card(task: Task) -> Iterator[str]:
    """What is wrong with the range of a task."""
    low, high = task.value_range or (0.0, 1.0)
    if not low < high:
        yield f"the value range runs from {low:g} to {high:g}"
    if task.labels:
        yield "a task that asks for a number has labels"


def error_size(target: Any, output: Any, _task: Task) -> float | None:
    """The absolute difference; None where one of the two is no finite number."""
    return abs(output - target) if _is_number(target) and _is_number(output) else None


def right_answer(target: Any, _task: Task) -> Any:
    """The target itself."""
    return target


def make_target(_inputs: Inputs, _task: Task, which: int) -> float:
    """0 or 5."""
    return (0.0, 5.0)[which]


def are_alike(first: Prediction, second: Prediction, tolerance: float) -> bool:
    """Whether two numbers differ by no more than the tolerance."""
    return math.isclose(first.output, second.output, rel_tol=0, abs_tol=tolerance)


def column(_task: Task) -> ColumnForm:
    """A double."""
    return "number"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


spec = KindSpec(
    read_target=read_target,
    check_output=check_output,
    answers_stand_alone=True,
    check_card=check_card,
    is_correct=None,  # numbers are not right or wrong, they have an error size
    error_size=error_size,
    error_title="Deviation",
    right_answer=right_answer,
    make_target=make_target,
    are_alike=are_alike,
    column=column,
    labels_in=no_names,
)
