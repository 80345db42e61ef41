"""Gold answers that are texts: spans of a context, and options by their text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchwright.types import Task


class Unlabelled(Exception):
    """The cell says that the gold answer is not public."""


class Unfit(Exception):
    """The cell is no gold answer of the task; the message says what it is, `expected` what it should be, and `word` which
    item of a list it is about.
    """

    def __init__(self, message: str, expected: str, *, word: int | None = None) -> None:
        super().__init__(message)
        self.expected = expected
        self.word = word


def spans(task: Task) -> Callable[[Any], dict[str, list[Any]]]:
    """A function from a cell to `{"text": [gold, ...], "answer_start": [0-based character, ...]}`.

    Both lists are empty for a question without an answer, which only a task with `unanswerable` may hold; a text that is
    blank is no answer.
    """

    def convert(cell: Any) -> dict[str, list[Any]]:
        if cell is None:
            raise Unlabelled(repr(cell))
        if not isinstance(cell, dict) or not {"text", "answer_start"} <= cell.keys():
            raise Unfit(f"{_shown(cell)} are no answers", _SPANS)
        texts, starts = list(cell["text"]), list(cell["answer_start"])
        if len(texts) != len(starts):
            raise Unfit(f"{len(texts)} answer texts and {len(starts)} positions", "a position for every answer text")
        if not all(isinstance(text, str) for text in texts) or not all(_is_position(start) for start in starts):
            raise Unfit(f"{_shown(cell)} are no answers", _SPANS)
        if any(not text.strip() for text in texts):
            raise Unfit(f"{_shown(cell)} hold a blank answer", f"{_SPANS}; both empty where there is no answer")
        if not texts and not task.unanswerable:
            raise Unlabelled("no answer")
        return {"text": texts, "answer_start": starts}

    return convert


_SPANS = 'texts and 0-based character positions: {"text": ["blue"], "answer_start": [12]}'


def misplaced(target: dict[str, Sequence[Any]], context: str) -> tuple[str, int, str] | None:
    """The first answer that the context does not hold at its position: answer, position, what stands there; else None."""
    for text, start in zip(target["text"], target["answer_start"], strict=True):
        there = context[start : start + len(text)]
        if there != text:
            return text, start, there
    return None


def right_texts(cell: Any) -> tuple[str, ...]:
    """The texts that are right, each once, in the order given. Raises Unlabelled where there is none."""
    if isinstance(cell, str) and cell:
        return (cell,)
    if cell is None or cell == "" or (isinstance(cell, list | tuple) and not cell):
        raise Unlabelled(repr(cell))
    if not isinstance(cell, list | tuple) or not all(isinstance(text, str) for text in cell):
        raise Unfit(f"{_shown(cell)} are no texts", "a list of the texts that are right")
    return tuple(dict.fromkeys(cell))


def _is_position(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
