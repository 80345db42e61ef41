"""Gold answers and answers as a reader sees them: entities with their words, options with their text, spans in quotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchwright.render.numbers import plain
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


def _answer(task: Task, value: Any, record: Record) -> str:
    inputs = record.extra.get("inputs")
    last = list(inputs.values())[-1] if isinstance(inputs, Mapping) and inputs else None
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
