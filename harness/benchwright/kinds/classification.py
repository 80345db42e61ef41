"""Classification: a label for one or two texts, or a set of labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from benchwright import label_sets
from benchwright.kinds.gold_cells import as_it_is, label_reader
from benchwright.kinds.spec import (
    CheckOutput,
    ColumnForm,
    Inputs,
    InvalidTarget,
    KindSpec,
    MissingTarget,
    ReadCell,
    ReadOptions,
    as_tuple,
    equal_answers,
)
from benchwright.labels import canonical, describe
from benchwright.types import Example, Prediction, Task


def read_target(task: Task, options: ReadOptions) -> ReadCell:
    """A function from a cell to a label name, or to a tuple of label names in id order (``multilabel``)."""
    if not task.labels:
        return as_it_is
    name = label_reader(task.labels, options.class_names)
    if not task.multilabel:
        return name
    return _label_set(task, name, by_position=task.vectors and set(options.class_names) <= {"0", "1"})


def _label_set(task: Task, name: ReadCell, *, by_position: bool) -> ReadCell:
    order = {label.name: position for position, label in enumerate(task.labels)}

    def is_label(text: str) -> bool:
        return canonical(text, task.labels) is not None

    def read(cell: Any) -> tuple[str, ...]:
        if cell is None:
            raise MissingTarget(repr(cell))
        bits = label_sets.bits(cell) if by_position else None
        if bits is not None and len(bits) == len(order):
            return tuple(label for label, is_given in zip(order, bits, strict=True) if is_given)
        parts = label_sets.parts(cell, task.separator, is_label)
        if label_sets.is_position_wise(parts):
            raise InvalidTarget(f"{cell!r} holds zeros and ones by position", f"label names: {describe(task.labels)}")
        return tuple(sorted({name(part) for part in parts}, key=order.__getitem__))

    return read


def check_output(task: Task) -> CheckOutput:
    """A function that says why an answer is no label of the task, or no set of them."""
    names, several = task.label_names, task.multilabel

    def check(prediction: Prediction, _example: Example) -> str | None:
        output, scores = prediction.output, prediction.scores
        given = output if several else (output,)
        if not isinstance(given, tuple) or any(label not in names for label in given):
            return f"not a label of {task.name}: {output!r}"
        if scores is not None and len(scores) != len(names):
            return f"{len(scores)} scores for {len(names)} labels"
        return None

    return check


def check_card(task: Task) -> Iterator[str]:
    """What is wrong with the labels of a task."""
    if len(task.labels) < 2:
        yield f"a task to classify has {len(task.labels)} labels, not 2 or more"


def is_correct(target: Any, output: Any, task: Task) -> bool:
    """Whether an answer is the label, or the same set of labels."""
    return set(target) == set(output) if task.multilabel else bool(target == output)


def error_size(target: Any, output: Any, task: Task) -> float:
    """1 for a wrong label or a set that is not the same, else 0."""
    if task.multilabel:
        return float(set(as_tuple(target)) != set(as_tuple(output)))
    return float(output not in as_tuple(target))


def right_answer(target: Any, _task: Task) -> Any:
    """The target itself."""
    return target


def wrong_answer(target: Any, task: Task) -> Any:
    """Another label (the next of the card); no label of a set that has some, the first one of an empty set."""
    names = task.label_names
    if task.multilabel:
        return type(target)(() if target else names[:1])
    at = names.index(target) if target in names else 0
    return names[(at + 1) % len(names)] if names else None


def make_target(_inputs: Inputs, task: Task, which: int) -> Any:
    """The first label or the second."""
    return task.label_names[which]


def position(output: Any, task: Task, _options: Sequence[Any] | None) -> int | None:
    """The place of a label among those of the card; sets of labels have none."""
    return task.label_names.index(output) if not task.multilabel and output in task.label_names else None


def column(task: Task) -> ColumnForm:
    """A text, or a list of texts."""
    return "strings" if task.multilabel else "string"


def labels_in(value: Any) -> tuple[str, ...]:
    """The labels of an answer."""
    return value if isinstance(value, tuple) else tuple(map(str, as_tuple(value)))


spec = KindSpec(
    read_target=read_target,
    check_output=check_output,
    answers_stand_alone=True,
    check_card=check_card,
    is_correct=is_correct,
    what_is_right=lambda task: "the whole set of labels" if task.multilabel else "the label",
    error_size=error_size,
    right_answer=right_answer,
    wrong_answer=wrong_answer,
    make_target=make_target,
    are_alike=equal_answers,
    scored="labels",
    position=position,
    column=column,
    labels_in=labels_in,
)
