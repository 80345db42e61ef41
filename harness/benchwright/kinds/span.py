"""Spans: the text in a context that answers a question, or none."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchwright.answer_text import NOWHERE, answer_error, gold_texts, is_exact, stands_in
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
    clipped,
    no_names,
)
from benchwright.types import Example, Prediction, Task

NO_ANSWER = "(no answer)"
_SPANS = 'texts and 0-based character positions: {"text": ["blue"], "answer_start": [12]}'

LOST = "questions whose gold answers fit in no window"
"""What the ledger counts where a long context was read in windows."""


def read_target(task: Task, _options: ReadOptions) -> ReadCell:
    """A function from a cell to `{"text": [gold, ...], "answer_start": [0-based character, ...]}`.

    Both lists are empty for a question without an answer, which only a task with `unanswerable` may hold; a text that is
    blank is no answer.
    """

    def read(cell: Any) -> dict[str, list[Any]]:
        if cell is None:
            raise MissingTarget(repr(cell))
        if not isinstance(cell, dict) or not {"text", "answer_start"} <= cell.keys():
            raise InvalidTarget(f"{clipped(cell)} are no answers", _SPANS)
        texts, starts = list(cell["text"]), list(cell["answer_start"])
        if len(texts) != len(starts):
            raise InvalidTarget(
                f"{len(texts)} answer texts and {len(starts)} positions", "a position for every answer text"
            )
        if not all(isinstance(text, str) for text in texts) or not all(_is_position(start) for start in starts):
            raise InvalidTarget(f"{clipped(cell)} are no answers", _SPANS)
        if any(not text.strip() for text in texts):
            raise InvalidTarget(
                f"{clipped(cell)} hold a blank answer", f"{_SPANS}; both empty where there is no answer"
            )
        if not texts and not task.unanswerable:
            raise MissingTarget("no answer")
        return {"text": texts, "answer_start": starts}

    return read


def _is_position(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def check_target(target: Any, inputs: Inputs, _task: Task) -> Problem | None:
    """Whether every gold answer stands in the context at the character given."""
    context = _context(inputs)
    for text, start in _places(target):
        there = context[start : start + len(text)]
        if there != text:
            return Problem(
                f"the context holds {clipped(there)} at character {start}, where the answer {clipped(text)} should be",
                "answers that stand in their context at the character given (0-based, in characters, not bytes)",
                "correct answer_start, or fetch the file again",
            )
    return None


def check_output(_task: Task) -> CheckOutput:
    """A function that says why an answer is no text, or does not stand where the model says. The empty text says that there is no
    answer.
    """

    def check(prediction: Prediction, example: Example) -> str | None:
        answer, start = prediction.output, prediction.extra.get("start")
        if not isinstance(answer, str):
            return f"not a text: {answer!r}"
        if not answer or start is None:
            return None
        if not _is_position(start):
            return f"start is {start!r}, not a whole number from 0 on: the answer's first character in the context"
        there = _context(example.inputs)[start : start + len(answer)]
        if there == answer:
            return None
        return f"the context holds {clipped(there)} at start {start}, not the answer {clipped(answer)}"

    return check


def check_card(task: Task) -> Iterator[str]:
    """What is wrong with the inputs of a task."""
    names = tuple(task.inputs)
    if names != ("question", "context"):
        yield f"a span task has the inputs question, context, not {', '.join(names)}"


def is_correct(target: Any, output: Any, task: Task) -> bool:
    """Whether an answer is one of the gold answers, as the task's scripts normalise them."""
    return is_exact(str(output), gold_texts(target), unanswerable=task.unanswerable, rule=task.normalisation)


def error_size(target: Any, output: Any, task: Task) -> float:
    """1 - F1 with the gold answer that an answer is most like, above 0 where it is no exact match."""
    return answer_error(
        str(output), list(map(str, gold_texts(target))), unanswerable=task.unanswerable, rule=task.normalisation
    )


def right_answer(target: Any, _task: Task) -> str:
    """The first gold answer; the empty text where there is none."""
    texts = gold_texts(target)
    return texts[0] if texts else ""


def wrong_answer(_target: Any, _task: Task) -> str:
    """A text that stands in no context."""
    return NO_TEXT


def make_target(inputs: Inputs, _task: Task, which: int) -> dict[str, list[Any]]:
    """The first word of the context, or the last."""
    context = _context(inputs)
    word = context.split()[-which]
    return {"text": [word], "answer_start": [context.index(word)]}


def are_alike(first: Prediction, second: Prediction, tolerance: float) -> bool:
    """Whether two texts are equal, and the scores of no answer nearly so."""
    one, other = (answer.extra.get("null_score") for answer in (first, second))
    if one is None or other is None:
        return one is other and bool(first.output == second.output)
    return math.isclose(one, other, rel_tol=0, abs_tol=tolerance) and bool(first.output == second.output)


def show_target(target: Any, _inputs: Inputs, write: Write) -> str:
    """The gold answers, each once."""
    if not isinstance(target, Mapping):
        return write(target)
    return " / ".join(map(write, dict.fromkeys(map(str, gold_texts(target))))) or NO_ANSWER


def show_output(output: Any, _target: Any, _inputs: Inputs, write: Write) -> str:
    """The text, or that there is no answer."""
    return NO_ANSWER if output == "" else write(output)


def column(_task: Task) -> ColumnForm:
    """JSON text: a target holds several texts and their places."""
    return "json"


def answers_are_texts(_task: Task) -> bool:
    """Yes: every answer is a piece of its context."""
    return True


def facts(prediction: Prediction, example: Example) -> dict[str, Any]:
    """The facts beside an answer; of the windows that were read, a count where no gold answer lies in any; and a count where
    the answer stands nowhere in its context.
    """
    given = prediction.extra
    found = {name: value for name, value in given.items() if name != "windows"}
    counted = []
    windows, gold = given.get("windows"), [(start, start + len(text)) for text, start in _places(example.target)]
    if windows is not None and gold and not _is_within(gold, windows):
        counted.append(LOST)
    if isinstance(prediction.output, str) and not stands_in(prediction.output, str(_context(example.inputs))):
        counted.append(NOWHERE)
    return {**found, "counts": {**found.get("counts", {}), **dict.fromkeys(counted, 1)}} if counted else found


def _is_within(spans: Sequence[tuple[int, int]], windows: Sequence[tuple[int, int]]) -> bool:
    return any(low <= start and end <= high for start, end in spans for low, high in windows)


def _places(target: Any) -> list[tuple[str, int]]:
    """Gold answers with their first characters."""
    gold = target or {}
    return list(zip(gold.get("text", ()), gold.get("answer_start", ()), strict=False))


def _context(inputs: Inputs) -> Any:
    return list(inputs.values())[-1]


spec = KindSpec(
    noun="question",
    read_target=read_target,
    check_target=check_target,
    check_output=check_output,
    check_card=check_card,
    is_correct=is_correct,
    what_is_right=lambda _task: "an exact match",
    error_size=error_size,
    right_answer=right_answer,
    wrong_answer=wrong_answer,
    make_target=make_target,
    are_alike=are_alike,
    column=column,
    show_target=show_target,
    show_output=show_output,
    answers_are_texts=answers_are_texts,
    facts=facts,
    labels_in=no_names,
)
