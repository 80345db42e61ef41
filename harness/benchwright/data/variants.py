"""What variants of items have in common, whatever makes them: units, gold answers, digests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from benchwright.data.content import content_digest, encoded
from benchwright.edits import project
from benchwright.perturbations import Changes
from benchwright.types import Example, Kind, Task


def unit_of(example: Example, *, clustered: bool) -> str:
    """What an item is resampled with, as in the columns of its split: its cluster, else its group where no item has a cluster."""
    return (example.cluster if clustered else example.group) or example.id


def units_of(examples: Sequence[Example]) -> list[str]:
    """What each item is resampled with."""
    clustered = any(example.cluster is not None for example in examples)
    return [unit_of(example, clustered=clustered) for example in examples]


def is_answer(target: Any, task: Task) -> bool:
    """Whether a gold answer was carried along, and is still one: a blank text answers nothing."""
    if target is None or task.kind is not Kind.SPAN:
        return target is not None
    return all(text.strip() for text in target["text"])


def strict_entities(example: Example, changes: Changes) -> tuple[tuple[str, int, int], ...] | None:
    """Entities of a strict reading, at their places among the new words."""
    if example.strict is None:
        return None
    edits: Any = next(iter(changes.values()))
    places = [(kind, project((start, end), edits)) for kind, start, end in example.strict]
    return tuple((kind, *place) for kind, place in places if place is not None)


def variants_digest(examples: Sequence[Example], task: Task) -> str:
    """SHA-256 over the variants and whose they are."""
    ids = encoded([example.id for example in examples])
    return hashlib.sha256(content_digest(examples, task).encode() + ids).hexdigest()
