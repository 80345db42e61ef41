"""The words of an item: what a method may take away, in reading order."""

from __future__ import annotations

import re

from benchwright.types import Example, Kind, Task, Word

_WORD = re.compile(r"\w+(?:['\u2019\-]\w+)*|[^\w\s]+")


def words_of(task: Task, example: Example) -> tuple[Word, ...]:
    """The words of every text of an item, input by input; of a sentence to tag its words as they are given; options have none."""
    found: list[Word] = []
    for name in task.inputs:
        value = example.inputs[name]
        if task.kind is Kind.TAG:
            found += [Word(input=name, start=at, end=at + 1) for at in range(len(value))]
        elif isinstance(value, str):
            found += [Word(input=name, start=one.start(), end=one.end()) for one in _WORD.finditer(value)]
    return tuple(found)


def text_of(example: Example, word: Word) -> str:
    """The word as it stands in its input."""
    value = example.inputs[word.input]
    return str(value[word.start]) if isinstance(value, list | tuple) else str(value[word.start : word.end])
