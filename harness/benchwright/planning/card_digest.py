"""Digest of what a card and its rows say beside inputs and targets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np

from benchwright.example_table import ExampleTable
from benchwright.types import EmbeddingTask, Example, FillTask, Task

_MANY = 4096
"""Rows whose bytes are joined at a time."""


def card_digest(task: Task, examples: Sequence[Example]) -> str:
    """What decides records and scores beside inputs and targets: options of a user's own data, and the slices, clusters and
    groups that its rows say. File names count for nothing.
    """
    decided: list[Any] = [
        *(task.labels, task.positive, task.multilabel, task.separator, task.vectors),
        *(task.slices, task.cluster, sorted(task.inputs), task.unanswerable, task.normalisation),
    ]
    if isinstance(task, FillTask):
        decided += [task.rule, task.top, task.digits, None if task.lexicon is None else task.lexicon.words]
    if isinstance(task, EmbeddingTask):
        decided += [task.pooling, task.layer]
    hasher = hashlib.sha256(msgspec.json.encode(decided, order="deterministic"))
    for part in _beside(examples):
        hasher.update(part)
    return hasher.hexdigest()[:16]


def _beside(examples: Sequence[Example]) -> Iterator[bytes]:
    """What rows say beside inputs and targets, as bytes; nothing where none of them says anything."""
    if isinstance(examples, ExampleTable) and examples.official_ids is None:
        columns = [*examples.slices.values(), *filter(None, (examples.clusters, examples.groups))]
        if all((column.codes < 0).all() for column in columns):
            return
        # Rows with equal values are written once, and joined by their codes.
        codes, kinds_of_row = np.unique(np.stack([column.codes for column in columns]), axis=1, return_inverse=True)
        first = np.zeros(codes.shape[1], dtype=np.intp)
        first[kinds_of_row[::-1]] = np.arange(len(examples))[::-1]
        written = [_said_beside(example) for example in examples.take(first)]
        for start in range(0, len(examples), _MANY):
            yield b"".join([written[kind] for kind in kinds_of_row[start : start + _MANY].tolist()])
    elif any(example.slices or example.cluster or example.group or example.official_id for example in examples):
        yield from map(_said_beside, examples)


def _said_beside(example: Example) -> bytes:
    return msgspec.json.encode(
        (example.slices, example.cluster, example.group, example.official_id), order="deterministic"
    )
