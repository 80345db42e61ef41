"""What a kind of task answers for: one frozen value with the questions that the engine asks about every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from benchwright.tags import Entity, Scheme
from benchwright.types import Example, Prediction, Task

Inputs = Mapping[str, Any]
"""Input name -> value of one item, in the order of ``Task.inputs``."""

ReadCell = Callable[[Any], Any]
"""A function from a gold cell to its target. It raises MissingTarget or InvalidTarget."""

Write = Callable[[Any], str]
"""Makes one line of any value, fit to print."""

CheckOutput = Callable[[Prediction, Example], str | None]
"""Why the answer to an example is none; None where it is one."""

ColumnForm = Literal["string", "strings", "number", "integer", "texts", "json", "vector"]
"""How answers lie in a file of records; ``texts`` and ``json`` are JSON text, of which ``texts`` are tuples again. A ``vector`` is
as many numbers of single precision in each row, beside a target in JSON text.
"""


NO_TEXT = "\x00"
"""An answer that is right nowhere, where answers are texts."""


class MissingTarget(Exception):
    """The cell says that the gold answer is not public."""


class InvalidTarget(Exception):
    """The cell is no gold answer of the task; the message says what it is, `expected` what it should be, and `word` which
    item of a list it is about.
    """

    def __init__(self, message: str, expected: str, *, word: int | None = None) -> None:
        super().__init__(message)
        self.expected = expected
        self.word = word


class Problem(NamedTuple):
    """What is wrong with a row: what was seen, what was expected, what to do."""

    seen: str
    expected: str
    hint: str = "mend that row, or fetch the file again"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadOptions:
    """What a file says about how its gold cells are written.

    Attributes:
        class_names: The file's own names of its whole numbers, by position.
        scheme: How tags are written in it.
    """

    class_names: tuple[str, ...] = ()
    scheme: Scheme = "IOB2"


def nowhere(*_: object) -> None:
    """No place, of answers that have none."""


def no_names(_: object) -> tuple[str, ...]:
    """No names."""
    return ()


def not_texts(_: Task) -> bool:
    """No: answers are not pieces of the texts."""
    return False


def written(target: Any, _inputs: Inputs, write: Write) -> str:
    """The target as it is."""
    return write(target)


def output_written(output: Any, _target: Any, _inputs: Inputs, write: Write) -> str:
    """The output as it is."""
    return write(output)


@dataclass(frozen=True, kw_only=True, slots=True)
class KindSpec:
    """A kind of task: how its data are read, when an answer is right, how answers are stored and shown.

    Every function is pure. ``task`` is always a task of this kind.

    Attributes:
        noun: What one item is: ``question``, ``sentence``, ``example``.
        needs_gold: Whether a split without a column of gold answers is refused.
        read_target: (task, options) -> a function from a gold cell to its target.
        read_strict: (task, options) -> a function from a gold cell, which ``read_target`` took, to the entities that are legal
            in the scheme it is written in, where the target would say others; None: no such thing.
        check_inputs: (inputs, task) -> what is wrong with the form of an item's inputs, None: nothing. A kind without it takes
            inputs of any form.
        check_target: (target, inputs, task) -> how a target that was read contradicts its inputs; None: it does not.
        check_output: (task) -> a function from a prediction and its example to why the answer lies outside the domain of what
            was asked, in words; None: it does not. Such an answer is an error, never a wrong answer.
        answers_stand_alone: Whether that function looks at the answer and at how many scores there are, never at the example.
        check_card: (task) -> what is wrong with the inputs and labels of a task of this kind, one sentence each.
        is_correct: (target, output, task) -> whether the answer is correct; None if this item cannot be judged. None in place of
            the function: a kind whose answers are never right or wrong.
        what_is_right: (task) -> what has to be so for an answer to be correct, in words.
        error_size: (target, output, task) -> how far the answer is from the target, 0 when right, at least 0; None if
            undefined.
        error_title: What that distance is called where it is shown instead of the model's confidence; empty: it is not.
        right_answer: (target, task) -> an answer that is right.
        wrong_answer: (target, task) -> an answer that is wrong, to count an unanswered item as wrong; None if there is no
            such answer, as among numbers.
        make_target: (inputs, task, which) -> a gold answer that an item might have, another one for each ``which`` of 0 and 1.
        are_alike: (answer, answer, tolerance) -> whether two answers to one item differ by no more than the tolerance.
        scored: What a model may score one by one to choose among: the task's labels, an item's options; empty: nothing.
        position: (output, task, options) -> the place of the answer among what is scored; None where it has none. ``options``
            are those of the item, or None where they are not known.
        column: (task) -> how targets and outputs lie in a file of records.
        show_target: (target, inputs, write) -> the gold answer in one line. ``inputs`` are empty where the texts were not kept;
            ``write`` makes one line of any value, fit to print.
        show_output: (output, target, inputs, write) -> what the model answered, in one line.
        answers_are_texts: (task) -> whether answers are pieces of the texts of their examples, so that whoever may not see
            these may not see those.
        facts: (prediction, example) -> facts that stand beside the answer in its record; None: as the adapter gave them.
        slice_name: What a slice is called that holds one label against the rest: ``label``, ``type``.
        labels_in: (a target or an output) -> the labels or entity types that it holds.
        many_repeats: Share of rows that repeat earlier ones from which on the score is mostly about those.
    """

    noun: str = "example"
    needs_gold: bool = True
    read_target: Callable[[Task, ReadOptions], ReadCell]
    read_strict: Callable[[Task, ReadOptions], Callable[[Any], tuple[Entity, ...] | None]] | None = None
    check_inputs: Callable[[Inputs, Task], Problem | None] | None = None
    check_target: Callable[[Any, Inputs, Task], Problem | None] | None = None
    check_output: Callable[[Task], CheckOutput]
    answers_stand_alone: bool = False
    check_card: Callable[[Task], Iterable[str]] = no_names
    is_correct: Callable[[Any, Any, Task], bool | None] | None
    what_is_right: Callable[[Task], str] = lambda _task: "the right answer"
    error_size: Callable[[Any, Any, Task], float | None]
    error_title: str = ""
    right_answer: Callable[[Any, Task], Any]
    wrong_answer: Callable[[Any, Task], Any] | None = None
    make_target: Callable[[Inputs, Task, int], Any]
    are_alike: Callable[[Prediction, Prediction, float], bool]
    scored: Literal["labels", "options", ""] = ""
    position: Callable[[Any, Task, Sequence[Any] | None], int | None] = nowhere
    column: Callable[[Task], ColumnForm]
    show_target: Callable[[Any, Inputs, Write], str] = written
    show_output: Callable[[Any, Any, Inputs, Write], str] = output_written
    answers_are_texts: Callable[[Task], bool] = not_texts
    facts: Callable[[Prediction, Example], dict[str, Any]] | None = None
    slice_name: Literal["label", "type"] = "label"
    labels_in: Callable[[Any], Iterable[str]]
    many_repeats: float = 0.1


def as_tuple(value: Any) -> tuple[Any, ...]:
    """Several values as a tuple, one value as a tuple of it, nothing as an empty one."""
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list | tuple | set | frozenset) else (value,)


def clipped(value: Any) -> str:
    """A value as a message quotes it, at most 80 characters."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def equal_answers(first: Prediction, second: Prediction, _tolerance: float) -> bool:
    """Whether two answers are equal."""
    return bool(first.output == second.output)
