"""Rows as a model learns from them: token ids, and targets as numbers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchwright import bulk
from benchwright.types import Example, Kind, Task
from benchwright_adapters._transformers import padding
from benchwright_adapters._transformers.opening import quiet

from .build import Built
from .scale import Scale


@dataclass(frozen=True, kw_only=True)
class Material:
    """Rows that were tokenised once.

    Attributes:
        examples: The rows; those that the tokenizer cannot take are left out.
        encoded: Token ids of each.
        fill: Padding value of each column.
        targets: Label numbers (n), 0 or 1 for each label (n, k), or standardised numbers (n), on the model's device.
        unreadable: Rows left out.
    """

    examples: tuple[Example, ...]
    encoded: bulk.Encoded
    fill: Mapping[str, int]
    targets: torch.Tensor
    unreadable: int


def prepare(built: Built, task: Task, examples: Sequence[Example], scale: Scale) -> Material:
    """The rows as material for a model."""
    fill = {
        "input_ids": padding.padding_token(built.model, built.tokenizer) or 0,
        "token_type_ids": built.tokenizer.pad_token_type_id,
    }
    encoded = _encode(built, examples)
    readable = tuple(example for at, example in enumerate(examples) if at not in encoded.errors)
    if encoded.errors:
        encoded = _encode(built, readable)
    numbers = number_targets(task, readable, scale)
    return Material(
        examples=readable,
        encoded=encoded,
        fill=fill,
        targets=torch.from_numpy(numbers).to(built.device),
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


def model_inputs(built: Built, material: Material, rows: bulk.encoded.Ints) -> dict[str, torch.Tensor]:
    """A padded batch of rows, as keyword arguments of the model, on its device."""
    batch = bulk.pad(material.encoded, rows, material.fill)
    columns = dict(batch.columns)
    if "attention_mask" in accepted(built.model):
        columns["attention_mask"] = batch.mask.astype(np.int64)
    return {name: torch.from_numpy(values).to(built.device) for name, values in columns.items()}


def accepted(model: Any) -> frozenset[str]:
    """Names of inputs that a model's forward pass takes; segments only where it has more than one."""
    forward: Callable[..., Any] = model.forward
    names = set(inspect.signature(forward).parameters)
    if getattr(model.config, "type_vocab_size", None) == 1:
        names.discard("token_type_ids")
    return frozenset(names)


def _encode(built: Built, examples: Sequence[Example]) -> bulk.Encoded:
    texts = [list(map(str, example.inputs.values())) for example in examples]
    pairs = bool(texts) and len(texts[0]) == 2
    names = accepted(built.model)
    with quiet():
        return bulk.encode(
            built.tokenizer,
            [text[0] for text in texts],
            [text[1] for text in texts] if pairs else None,
            max_length=built.max_length,
            names=[name for name in ("input_ids", "token_type_ids") if name in names],
            stand_in=padding.stand_in(built.model, built.tokenizer),
        )
