"""Embedding: a vector of numbers for a text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from benchwright.kinds.gold_cells import as_it_is
from benchwright.kinds.spec import (
    CheckOutput,
    ColumnForm,
    Inputs,
    KindSpec,
    ReadCell,
    ReadOptions,
    Write,
    clipped,
    no_names,
)
from benchwright.types import Example, Prediction, Task

LARGEST = 3.4028234663852886e38
"""The largest number that single precision holds; vectors are stored in it."""

_SHOWN = 4
"""Numbers of a vector that a line shows."""


def read_target(_task: Task, _options: ReadOptions) -> ReadCell:
    """The cell as it is: what stands beside a vector is the task's own affair."""
    return as_it_is


def check_output(_task: Task) -> CheckOutput:
    """A function that says why an answer is no vector of finite numbers, as long as the first one it was given.

    One model gives vectors of one length; another length among them is another model's, or a mistake.
    """
    first: list[int] = []

    def check(prediction: Prediction, _example: Example) -> str | None:
        problem = find_problem(prediction.output)
        if problem is None:
            first.append(len(prediction.output))
            if first[0] != first[-1]:
                problem = f"a vector of {first.pop():,} numbers, where the first has {first[0]:,}"
            del first[1:]
        return problem

    return check


def find_problem(output: Any) -> str | None:
    """Why an answer is no vector that single precision holds; None where it is one."""
    if not isinstance(output, Sequence) or isinstance(output, str | bytes):
        return f"not a vector: {clipped(output)}"
    if not output:
        return "a vector without numbers"
    for place, value in enumerate(output):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"number {place} of the vector is {clipped(value)}"
        if not math.isfinite(value):
            return f"number {place} of the vector is not finite: {value}"
        if abs(value) > LARGEST:
            return f"number {place} of the vector is {value:g}, more than single precision holds"
    return None


def check_card(task: Task) -> Iterator[str]:
    """What is wrong with the inputs of a task."""
    if len(task.inputs) != 1:
        yield f"a vector is asked for one text, and the inputs are {', '.join(task.inputs) or 'none'}"


def no_judgement(_target: Any, _output: Any, _task: Task) -> None:
    """None: a vector alone is neither right nor wrong."""


def right_answer(_target: Any, _task: Task) -> Any:
    """A vector of one number: any is as right as another."""
    return (0.0,)


def make_target(_inputs: Inputs, _task: Task, which: int) -> str:
    """One of two names of a set."""
    return ("targ1", "targ2")[which]


def are_alike(first: Prediction, second: Prediction, tolerance: float) -> bool:
    """Whether two vectors have one length and no number differs by more than the tolerance."""
    one, other = first.output, second.output
    return len(one) == len(other) and all(
        math.isclose(left, right, rel_tol=0, abs_tol=tolerance) for left, right in zip(one, other, strict=True)
    )


def column(_task: Task) -> ColumnForm:
    """Numbers of single precision, equally many in each row."""
    return "vector"


def show_output(output: Any, _target: Any, _inputs: Inputs, write: Write) -> str:
    """The first numbers and how many there are."""
    if find_problem(output) is not None:
        return write(output)
    more = f", ... ({len(output):,} numbers)" if len(output) > _SHOWN else ""
    return f"{', '.join(f'{value:.4g}' for value in output[:_SHOWN])}{more}"


spec = KindSpec(
    noun="text",
    needs_gold=False,
    read_target=read_target,
    check_output=check_output,
    check_card=check_card,
    is_correct=None,  # a vector alone is not right or wrong
    error_size=no_judgement,
    right_answer=right_answer,
    make_target=make_target,
    are_alike=are_alike,
    column=column,
    show_output=show_output,
    labels_in=no_names,
    many_repeats=2.0,  # tests share their texts on purpose
)
