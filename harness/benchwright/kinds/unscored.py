"""Texts and likelihoods: answers that are read and kept, and that no metric of ours judges yet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from benchwright.kinds.gold_cells import as_it_is
from benchwright.kinds.spec import (
    CheckOutput,
    ColumnForm,
    Inputs,
    KindSpec,
    ReadCell,
    ReadOptions,
    as_tuple,
    equal_answers,
    no_names,
)
from benchwright.types import Task


def read_target(_task: Task, _options: ReadOptions) -> ReadCell:
    """The cell as it is."""
    return as_it_is


def check_output(_task: Task) -> CheckOutput:
    """A function that says whether there is no answer at all."""
    return lambda prediction, _example: "no answer" if prediction.output is None else None


def check_text(_task: Task) -> CheckOutput:
    """A function that says why an answer is no text."""
    return lambda prediction, _example: (
        None if isinstance(prediction.output, str) else f"not a text: {prediction.output!r}"
    )


def no_judgement(_target: Any, _output: Any, _task: Task) -> None:
    """None: there is no rule for correctness."""


def text_error(target: Any, output: Any, _task: Task) -> float:
    """0 for a text that was expected, letter case and blanks aside, else 1."""
    accepted = {_folded(text) for text in as_tuple(target)} or {""}
    return float(_folded(output) not in accepted)


def _folded(text: Any) -> str:
    return " ".join(str("" if text is None else text).casefold().split())


def right_answer(target: Any, _task: Task) -> Any:
    """The target itself."""
    return target


def make_target(_inputs: Inputs, _task: Task, which: int) -> float:
    """0 or 5."""
    return (0.0, 5.0)[which]


def column(_task: Task) -> ColumnForm:
    """JSON text."""
    return "json"


likelihood = KindSpec(
    noun="text",
    needs_gold=False,
    read_target=read_target,
    check_output=check_output,
    is_correct=None,
    error_size=no_judgement,
    right_answer=right_answer,
    make_target=make_target,
    are_alike=equal_answers,
    column=column,
    labels_in=no_names,
)
generation = replace(likelihood, noun="example", needs_gold=True, check_output=check_text, error_size=text_error)
