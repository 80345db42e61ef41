"""Fill: which of an item's options a masked language model finds most probable, or its most probable words at a slot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from benchwright.kinds.gold_cells import is_absent
from benchwright.kinds.spec import (
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

MASK = "{mask}"
"""Where the slot is in an input ``text``."""

_NO_OPTION = -1
"""A number that is right nowhere."""


def read_target(task: Task, _options: ReadOptions) -> ReadCell:
    """A function from a cell to the 0-based number of an option, where the data say which one is meant; where words are asked for
    to a text that says what the item is about.
    """
    if task.top:
        return _read_text

    def read(cell: Any) -> int:
        if is_absent(cell):
            raise MissingTarget(repr(cell))
        number = spelling(cell) or ""
        if number.isascii() and number.isdigit():
            return int(number)
        raise InvalidTarget(f"{cell!r} is not the number of an option", "a whole number, 0 for the first option")

    return read


def _read_text(cell: Any) -> str:
    if is_absent(cell):
        raise MissingTarget(repr(cell))
    if not isinstance(cell, str):
        raise InvalidTarget(f"{cell!r} is no text", "a text that says what the item is about")
    return cell


def check_inputs(inputs: Inputs, task: Task) -> Problem | None:
    """Whether ``text`` holds the slot once, and the options are texts that differ, none of them empty."""
    text, options = inputs.get("text"), inputs.get("options")
    if "text" in inputs and not _has_slot(text, task):
        return Problem(f"the text is {clipped(text)}", f"a text that holds {MASK} once")
    if task.top:
        return None
    if not isinstance(options, list | tuple) or not options or not all(_is_text(one) for one in options):
        return Problem(f"the options are {clipped(options)}", "a list of texts, none of them empty")
    if len(set(options)) < len(options):
        return Problem(f"two of the options are equal: {clipped(options)}", "options that differ")
    return None


def _has_slot(text: Any, task: Task) -> bool:
    """Whether the slot is there once; StereoSet's own items fill two slots with one word."""
    slots = text.count(MASK) if isinstance(text, str) else 0
    return slots == 1 or (slots > 1 and task.rule == "stereoset")


def _is_text(option: Any) -> bool:
    return isinstance(option, str) and bool(option.strip())


def check_target(target: Any, inputs: Inputs, task: Task) -> Problem | None:
    """Whether there is an option of the number that is meant."""
    if target is None or task.top:
        return None
    count = len(inputs["options"])
    if target < count:
        return None
    return Problem(f"option {target} is meant, and there are {count}", f"a number from 0 to {count - 1}")


def check_output(task: Task) -> CheckOutput:
    """A function that says why an answer is no option with a score for each, or no words."""
    top = task.top

    def check_words(prediction: Prediction, _example: Example) -> str | None:
        words = prediction.output
        if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
            return f"no words: {words!r}"
        if len(words) != top:
            return f"{len(words)} words where {top} are asked for"
        if prediction.scores is not None and len(prediction.scores) != len(words):
            return f"{len(prediction.scores)} scores for {len(words)} words"
        return None

    def check_option(prediction: Prediction, example: Example) -> str | None:
        output, scores, options = prediction.output, prediction.scores, example.inputs.get("options")
        if not isinstance(options, list | tuple):
            return None if output is not None else "no answer"
        if scores is None or len(scores) != len(options):
            return f"{0 if scores is None else len(scores)} scores for {len(options)} options"
        if isinstance(output, bool) or not isinstance(output, int) or not 0 <= output < len(options):
            return f"not the number of one of {len(options)} options: {output!r}"
        best = scores.index(max(scores))
        return None if output == best else f"option {output}, where option {best} has the highest score"

    return check_words if top else check_option


def check_card(task: Task) -> Iterator[str]:
    """What is wrong with the inputs of a task."""
    names = tuple(task.inputs)
    if task.top < 0:
        yield f"`top` is {task.top}: the number of words that are asked for, 0 for none"
    if task.top:
        if names != ("text",):
            yield f"words are asked for in one input, `text`, not {', '.join(names) or 'none'}"
    elif names not in (("options",), ("text", "options")):
        yield f"the inputs of a task to fill are `options`, or `text` and `options`, not {', '.join(names) or 'none'}"


def is_correct(target: Any, output: Any, task: Task) -> bool | None:
    """Whether an answer is the option that is meant; None where none is, of words, and where a preference is measured."""
    return None if target is None or task.top or task.preference else bool(target == output)


def error_size(target: Any, output: Any, task: Task) -> float | None:
    """1 for another option than the one that is meant, else 0; None where no answer is right."""
    return None if is_correct(target, output, task) is None else float(target != output)


def right_answer(target: Any, task: Task) -> Any:
    """The option that is meant; None of words, of which none are right."""
    return None if task.top else target


def wrong_answer(_target: Any, task: Task) -> int | None:
    """A number that no option has; None of words, and where a preference is measured."""
    return None if task.top or task.preference else _NO_OPTION


def make_target(_inputs: Inputs, task: Task, which: int) -> Any:
    """The first option or the second; of words what an item might be about."""
    return ("one", "other")[which] if task.top else which


def position(output: Any, _task: Task, _options: Sequence[Any] | None) -> int | None:
    """The number of the option; None of words."""
    return output if isinstance(output, int) and output >= 0 else None


def column(task: Task) -> ColumnForm:
    """A whole number, or JSON text for words."""
    return "texts" if task.top else "integer"


def show_target(target: Any, inputs: Inputs, write: Write) -> str:
    """The number with its text."""
    return _numbered(target, inputs, write)


def show_output(output: Any, _target: Any, inputs: Inputs, write: Write) -> str:
    """The number with its text, or the words."""
    return _numbered(output, inputs, write)


def _numbered(value: Any, inputs: Inputs, write: Write) -> str:
    if isinstance(value, list | tuple):
        return " / ".join(map(write, value))
    options = inputs.get("options")
    if isinstance(value, int) and isinstance(options, list | tuple) and 0 <= value < len(options):
        return f"{value}: {write(options[value])}"
    return write(value)


def labels_in(value: Any) -> tuple[str, ...]:
    """The options or words of an answer, as text."""
    return tuple(map(str, as_tuple(value)))


spec = KindSpec(
    noun="item",
    needs_gold=False,
    read_target=read_target,
    check_inputs=check_inputs,
    check_target=check_target,
    check_output=check_output,
    check_card=check_card,
    is_correct=is_correct,
    what_is_right=lambda _task: "the option that is meant",
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
    labels_in=labels_in,
)
