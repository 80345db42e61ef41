"""Choice: one of an item's own options, by its number or by its text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from benchwright.answer_text import answer_error, gold_texts, is_exact
from benchwright.kinds.gold_cells import is_absent, label_reader
from benchwright.kinds.spec import (
    NO_TEXT,
    CheckOutput,
    ColumnForm,
    Inputs,
    InvalidTarget,
    KindSpec,
    MissingTarget,
    Problem,
    ReadCell,
    ReadOptions,
    Write,
    as_tuple,
    clipped,
    equal_answers,
)
from benchwright.spelling import spelling
from benchwright.types import Example, Prediction, Task

_NO_OPTION = -1
"""A number that is right nowhere."""


def read_target(task: Task, options: ReadOptions) -> ReadCell:
    """A function from a cell to the 0-based number of the right option, or to the tuple of the texts that are right
    (``by_text``).
    """
    if task.by_text:
        return right_texts
    if not task.labels:
        return _read_number
    name = label_reader(task.labels, options.class_names)
    ids = {label.name: label.id for label in task.labels}
    return lambda cell: ids[name(cell)]


def _read_number(cell: Any) -> int:
    if is_absent(cell):
        raise MissingTarget(repr(cell))
    number = spelling(cell) or ""
    if number.isascii() and number.isdigit():
        return int(number)
    raise InvalidTarget(f"{cell!r} is not the number of an option", "a whole number, 0 for the first option")


def right_texts(cell: Any) -> tuple[str, ...]:
    """The texts that are right, each once, in the order given. Raises MissingTarget where there is none."""
    if isinstance(cell, str) and cell:
        return (cell,)
    if cell is None or cell == "" or (isinstance(cell, list | tuple) and not cell):
        raise MissingTarget(repr(cell))
    if not isinstance(cell, list | tuple) or not all(isinstance(text, str) for text in cell):
        raise InvalidTarget(f"{clipped(cell)} are no texts", "a list of the texts that are right")
    return tuple(dict.fromkeys(cell))


def check_inputs(inputs: Inputs, _task: Task) -> Problem | None:
    """Whether the last input is a list of texts, one at least."""
    options = _options(inputs)
    if isinstance(options, list | tuple) and options and all(isinstance(text, str) for text in options):
        return None
    return Problem(f"the options are {clipped(options)}", "a list of texts")


def check_target(target: Any, inputs: Inputs, task: Task) -> Problem | None:
    """Whether there is an option of the number that is right."""
    options = _options(inputs)
    if task.by_text or target is None or target < len(options):
        return None
    return Problem(
        f"the right option is number {target}, and there are {len(options)}", f"a number from 0 to {len(options) - 1}"
    )


def check_output(task: Task) -> CheckOutput:
    """A function that says why an answer is none of the options."""
    by_text = task.by_text

    def check(prediction: Prediction, example: Example) -> str | None:
        output, scores, options = prediction.output, prediction.scores, _options(example.inputs)
        if not isinstance(options, list | tuple):
            return None if output is not None else "no answer"
        if scores is not None and len(scores) != len(options):
            return f"{len(scores)} scores for {len(options)} options"
        if by_text:
            return None if output in options else f"none of the {len(options)} options: {output!r}"
        is_number = isinstance(output, int) and not isinstance(output, bool) and 0 <= output < len(options)
        return None if is_number else f"not the number of one of {len(options)} options: {output!r}"

    return check


def check_card(task: Task) -> Iterator[str]:
    """What is wrong with the inputs of a task."""
    names = tuple(task.inputs)
    if names[-1:] != ("options",):
        yield f"the last input of a task to choose is `options`, not {names[-1] if names else 'none'}"
    if task.placeholder and len(names) < 2:
        yield "a placeholder needs an input before the options"


def is_correct(target: Any, output: Any, task: Task) -> bool:
    """Whether an answer is the number of the right option, or one of the texts that are right."""
    if not task.by_text:
        return bool(target == output)
    return is_exact(str(output), gold_texts(target), unanswerable=False, rule=task.normalisation)


def error_size(target: Any, output: Any, task: Task) -> float:
    """1 for a wrong option, else 0; of an option's text what it lacks of a right one."""
    if not task.by_text:
        return float(output not in as_tuple(target))
    return answer_error(str(output), list(map(str, gold_texts(target))), unanswerable=False, rule=task.normalisation)


def right_answer(target: Any, task: Task) -> Any:
    """The right option's number, or the first text that is right."""
    return next(iter(target), None) if task.by_text else target


def wrong_answer(target: Any, task: Task) -> Any:
    """A number or a text that no option has."""
    return _NO_OPTION if isinstance(target, int) and not task.by_text else NO_TEXT


def make_target(inputs: Inputs, task: Task, which: int) -> Any:
    """The first option or the second."""
    return (_options(inputs)[which],) if task.by_text else which


def position(output: Any, _task: Task, options: Sequence[Any] | None) -> int | None:
    """The place of an option: its number, or the place of its text where the options are known."""
    if isinstance(output, int):
        return output if output >= 0 else None
    return options.index(output) if options is not None and output in options else None


def show_target(target: Any, inputs: Inputs, write: Write) -> str:
    """The number with its text, or the texts that are right."""
    if isinstance(target, list | tuple):
        return " / ".join(map(write, target))
    return _numbered(target, inputs, write)


def show_output(output: Any, _target: Any, inputs: Inputs, write: Write) -> str:
    """The number with its text, or the text."""
    return _numbered(output, inputs, write)


def _numbered(value: Any, inputs: Inputs, write: Write) -> str:
    options = next(reversed(list(inputs.values())), None)
    if isinstance(value, int) and isinstance(options, list | tuple) and value < len(options):
        return f"{value}: {write(options[value])}"
    return write(value)


def column(task: Task) -> ColumnForm:
    """A whole number, or JSON text: several texts may be right."""
    return "texts" if task.by_text else "integer"


def answers_are_texts(task: Task) -> bool:
    """Whether answers are the texts of options."""
    return task.by_text


def labels_in(value: Any) -> tuple[str, ...]:
    """The options of an answer, as text."""
    return tuple(map(str, as_tuple(value)))


def _options(inputs: Inputs) -> Any:
    return list(inputs.values())[-1]


spec = KindSpec(
    noun="question",
    read_target=read_target,
    check_inputs=check_inputs,
    check_target=check_target,
    check_output=check_output,
    check_card=check_card,
    is_correct=is_correct,
    what_is_right=lambda _task: "the right option",
    error_size=error_size,
    right_answer=right_answer,
    wrong_answer=wrong_answer,
    make_target=make_target,
    are_alike=equal_answers,
    scored="options",
    position=position,
    column=column,
    show_target=show_target,
    show_output=show_output,
    answers_are_texts=answers_are_texts,
    labels_in=labels_in,
)
