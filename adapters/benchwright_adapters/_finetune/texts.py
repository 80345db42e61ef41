"""One text or two, as a head for labels or a number learns from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright import encoders
from benchwright.checkpoints.model import stand_in
from benchwright.checkpoints.tokenizer import quiet
from benchwright.types import Example, Kind, Task

from .build import Built
from .material import Material, column_names, keep_readable, on_device, padding_values
from .scale import Scale


def prepare_texts(built: Built, task: Task, examples: Sequence[Example], scale: Scale) -> Material:
    """A row for each example."""
    encoded = _encode(built, examples)
    readable = keep_readable(examples, set(encoded.errors))
    if encoded.errors:
        encoded = _encode(built, readable)
    return Material(
        examples=readable,
        encoded=encoded,
        fill=padding_values(built),
        targets=on_device(built, number_targets(task, readable, scale)),
        owner=np.arange(len(readable)),
        weights=np.ones(len(readable), dtype=np.int64),
        unreadable=len(examples) - len(readable),
    )


def number_targets(task: Task, examples: Sequence[Example], scale: Scale) -> NDArray[Any]:
    """Targets as a loss takes them: int64 (n), float32 (n, k) for label sets, float32 (n) for numbers."""
    if task.kind is Kind.REGRESS:
        raw = np.array([example.target for example in examples], dtype=np.float64)
        return scale.shrink(raw).astype(np.float32)
    numbers = {name: number for number, name in enumerate(task.label_names)}
    if not task.multilabel:
        return np.array([numbers[example.target] for example in examples], dtype=np.int64)
    hot = np.zeros((len(examples), len(numbers)), dtype=np.float32)
    for at, example in enumerate(examples):
        hot[at, [numbers[name] for name in example.target]] = 1
    return hot


def _encode(built: Built, examples: Sequence[Example]) -> encoders.Encoded:
    texts = [list(map(str, example.inputs.values())) for example in examples]
    pairs = bool(texts) and len(texts[0]) == 2
    with quiet():
        return encoders.encode(
            built.tokenizer,
            [text[0] for text in texts],
            [text[1] for text in texts] if pairs else None,
            max_length=built.max_length,
            names=column_names(built),
            stand_in=stand_in(built.model, built.tokenizer),
        )
