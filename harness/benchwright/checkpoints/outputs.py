"""What the outputs of a sequence-classification head stand for, and whether they answer a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchwright.errors import ModelError
from benchwright.labels import canonical
from benchwright.types import Kind, Task

if TYPE_CHECKING:
    from benchwright.checkpoints.head import CheckpointHead

THRESHOLD = 0.5
"""Above this sigmoid the one output of a binary head gives the label it stands for."""

_CLASSES = ("single_label_classification", "multi_label_classification")


def is_binary(head: CheckpointHead, task: Task, *, said: bool) -> bool:
    """Whether one output tells two labels apart: its sigmoid is the share of the one.

    Args:
        head: Its configuration says that it classifies, or names a sigmoid as its output function.
        task: One of two labels.
        said: Whether the user says what the output means (``?labels=``), which a head that says nothing needs.
    """
    if task.kind is not Kind.CLASSIFY or task.multilabel or len(task.labels) != 2 or len(head.labels) != 1:
        return False
    if head.problem is not None:
        return head.problem in _CLASSES
    return said or (head.activation or "").rpartition(".")[2] == "Sigmoid"


def output_labels(head: CheckpointHead, task: Task, *, binary: bool) -> tuple[str, ...]:
    """Name of each output; of a binary head what its one output says up to the threshold, and above it."""
    if not binary:
        return head.labels
    (name,) = head.labels
    meant = None if name.strip().isdigit() else canonical(name, task.labels)
    if meant is None:
        return f"{name} up to {THRESHOLD}", f"{name} above {THRESHOLD}"
    return next(label for label in task.label_names if label != meant), meant


def check_outputs(head: CheckpointHead, task: Task, shown: str, *, said: bool) -> None:
    """Raise ModelError unless the head gives what a task of labels or numbers asks for."""
    if task.kind is Kind.REGRESS:
        _check_number(head, task, shown)
        return
    count = len(head.labels)
    if head.problem == "regression":
        raise ModelError(
            f"{shown} is a regression head with {_counted(count)}, {_asked(task)}",
            expected=f"one output for each of: {', '.join(task.label_names)}",
            hint="name a checkpoint that was fine-tuned for classification",
        )
    if is_binary(head, task, said=said):
        return
    if count == 1 and not (task.multilabel and head.problem == "multi_label_classification"):
        raise _one_output(head, task, shown)
    multi = head.problem == "multi_label_classification"
    if head.problem is not None and multi != task.multilabel:
        trained, asked = ("several labels at once", "one label") if multi else ("one label", "several labels at once")
        raise ModelError(
            f"{shown} was trained to give {trained} (problem_type {head.problem}), {task.name} asks for {asked}",
            expected=f"problem_type {'multi' if task.multilabel else 'single'}_label_classification",
            hint="name a checkpoint that was fine-tuned for a task of this form",
        )


def _check_number(head: CheckpointHead, task: Task, shown: str) -> None:
    count = len(head.labels)
    if count == 1 and head.problem in (None, "regression"):
        return
    what = f"a regression head with {_counted(count)}" if head.problem == "regression" else "a classifier with "
    if head.problem != "regression":
        what += f"{_counted(count)} ({', '.join(head.labels)})"
    raise ModelError(
        f"{shown} is {what}, {task.name} asks for a number",
        expected="a regression head (num_labels 1)",
        hint="name a checkpoint that was fine-tuned for regression",
    )


def _one_output(head: CheckpointHead, task: Task, shown: str) -> ModelError:
    """Why one output is too few: the task has more labels, or nothing says that it is not a number."""
    if len(task.labels) != 2 or task.multilabel:
        return ModelError(
            f"{shown} has 1 output ({head.labels[0]}), {_asked(task)}",
            expected=f"one output for each of: {', '.join(task.label_names)}",
            hint="name a checkpoint that was fine-tuned for this task",
        )
    below, above = task.label_names
    return ModelError(
        f"{shown} has 1 output, and its config.json does not say that it is a label: `transformers` trains such a head by "
        f"regression; {_asked(task)}",
        expected="one output for each label, or one and `problem_type: single_label_classification` in config.json",
        hint=f"if it was trained with binary cross-entropy, say what it means up to {THRESHOLD} and above: "
        f"`?labels={below},{above}` (check the order!)",
    )


def _counted(count: int) -> str:
    return f"{count} output{'s' * (count != 1)}"


def _asked(task: Task) -> str:
    some = "any" if task.multilabel else "one"
    return f"{task.name} asks for {some} of {len(task.labels)} labels"
