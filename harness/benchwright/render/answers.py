"""Gold answers and answers as a reader sees them: entities with their words, options with their text, spans in quotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchwright.render.numbers import clip, plain
from benchwright.tags import entities
from benchwright.types import Kind, Record, Task

EMPTY = "(empty)"
NO_ANSWER = "(no answer)"
NO_ENTITY = "(no entity)"


def gold(task: Task, record: Record) -> str:
    """The gold answer in one line."""
    target = record.target
    if task.kind is Kind.SPAN and isinstance(target, Mapping):
        texts = dict.fromkeys(str(text) for text in target.get("text", ()))
        return " / ".join(map(plain, texts)) or NO_ANSWER
    if task.by_text and isinstance(target, list | tuple):
        return " / ".join(map(plain, target))
    return _answer(task, target, record)


def given(task: Task, record: Record) -> str:
    """What the model answered, in one line."""
    if task.kind is Kind.SPAN and record.output == "":
        return NO_ANSWER
    return EMPTY if record.output == "" else _answer(task, record.output, record)


def inputs(record: Record, width: int) -> str:
    """The texts of an example in one line of about ``width`` characters: short ones whole, so that none hides another.

    Options are numbered. Empty where the texts were not kept.
    """
    found = texts_of(record)
    if not found:
        return ""
    texts = [_numbered(value) if name == "options" else plain(value) for name, value in found.items()]
    room = width - 3 * (len(texts) - 1)
    limits: dict[int, int] = {}
    for left, at in zip(
        range(len(texts), 0, -1), sorted(range(len(texts)), key=lambda at: len(texts[at])), strict=True
    ):
        limits[at] = max(min(len(texts[at]), room // left), 12)
        room -= limits[at]
    return " | ".join(clip(text, limits[at]) for at, text in enumerate(texts))


def texts_of(record: Record) -> Mapping[str, Any]:
    """The inputs that a record carries, in the order in which a model reads them; none where they were not kept."""
    found = record.extra.get("inputs")
    return found if isinstance(found, Mapping) else {}


def _numbered(options: Any) -> str:
    several = isinstance(options, list | tuple)
    return "; ".join(f"{at}: {plain(option)}" for at, option in enumerate(options)) if several else plain(options)


def _answer(task: Task, value: Any, record: Record) -> str:
    last = next(reversed(list(texts_of(record).values())), None)
    if task.kind is Kind.TAG and isinstance(value, list | tuple):
        return _entities(value, last if isinstance(last, list | tuple) else ())
    if task.kind is Kind.CHOOSE and isinstance(value, int) and isinstance(last, list | tuple) and value < len(last):
        return f"{value}: {plain(last[value])}"
    return plain(value)


def _entities(tags: Sequence[Any], words: Sequence[Any]) -> str:
    """Types with their words, or with the numbers of their words where the texts were not kept."""
    found = []
    for entity in entities([str(tag) for tag in tags]):
        span = words[entity.start : entity.end]
        place = " ".join(map(plain, span)) if span else f"{entity.start}-{entity.end - 1}"
        found.append(f"{plain(entity.type) if entity.type else '?'}: {place}")
    return "; ".join(found) or NO_ENTITY
