"""Gold answers and answers as a reader sees them: entities with their words, options with their text, spans in quotes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchwright import kinds
from benchwright.formatting import clip, plain
from benchwright.types import Record, Task

EMPTY = "(empty)"


def gold(task: Task, record: Record) -> str:
    """The gold answer in one line."""
    return kinds.of(task).show_target(record.target, texts_of(record), plain)


def given(task: Task, record: Record) -> str:
    """What the model answered, in one line."""
    shown = kinds.of(task).show_output(record.output, record.target, texts_of(record), plain)
    return EMPTY if record.output == "" == shown else shown


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
