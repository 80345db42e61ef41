"""The words of an item: what a method may take away, in reading order."""

from __future__ import annotations

from benchwright.explanations.segments import Span, find_words
from benchwright.types import ChoiceTask, Example, Kind, Task, Word

MOST = 512
"""Most words to an item; of a longer one neighbouring words of an input are taken away together, as few as will do."""


def words_of(task: Task, example: Example, *, most: int = MOST) -> tuple[Word, ...]:
    """The words of every text of an item, input by input; of a sentence to tag its words as they are given.

    Options have none: they are what is chosen among, and so has the placeholder whose place an option takes. Of an item with more
    than ``most`` words each is a run of neighbours.
    """
    by_input = {name: _spans(task, example.inputs[name]) for name in task.inputs}
    total = sum(map(len, by_input.values()))
    together = max(1, -(-total // most)) if most else 1
    while together > 1 and sum(-(-len(spans) // together) for spans in by_input.values()) > max(most, len(by_input)):
        together += 1
    return tuple(
        Word(input=name, start=spans[at][0], end=spans[min(at + together, len(spans)) - 1][1])
        for name, spans in by_input.items()
        for at in range(0, len(spans), together)
    )


def _spans(task: Task, value: object) -> list[Span]:
    if task.kind is Kind.TAG and isinstance(value, list | tuple):
        return [(at, at + 1) for at in range(len(value))]
    if not isinstance(value, str):
        return []
    placeholder = task.placeholder if isinstance(task, ChoiceTask) else ""
    if not placeholder or placeholder not in value:
        return list(find_words(value))
    found, start = [], 0
    for piece in value.split(placeholder):
        found += [(start + low, start + high) for low, high in find_words(piece)]
        start += len(piece) + len(placeholder)
    return found


def text_of(example: Example, word: Word) -> str:
    """The word as it stands in its input; of several words of a sentence these, with blanks between them."""
    value = example.inputs[word.input]
    if isinstance(value, list | tuple):
        return " ".join(map(str, value[word.start : word.end]))
    return str(value[word.start : word.end])
