"""From rows to raw outputs and losses: through the whole model, or from states that were computed before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from benchwright import bulk
from benchwright.bulk.encoded import Ints
from benchwright.types import Kind, Task

from .build import Built
from .material import Material, model_inputs
from .recipe import Precision

Forward = Callable[[Ints], torch.Tensor]
"""Positions of rows -> raw outputs (rows, outputs) in single precision."""

_BUDGET = {"cpu": 4096, "cuda": 32768}
"""Padded tokens to a batch where nothing is learned."""

_MOST_REMEMBERED = 2**31
"""Bytes of states that may be kept."""

_SAME = 1e-5


@dataclass(frozen=True, kw_only=True)
class Passes:
    """Forward passes over the rows learned from and the rows held back."""

    train: Forward
    held: Forward
    remembered: bool


@contextmanager
def whole_passes(built: Built, train: Material, held: Material, precision: Precision) -> Iterator[Passes]:
    """Passes through the whole model."""

    def through(material: Material) -> Forward:
        def forward(rows: Ints) -> torch.Tensor:
            with torch.autocast(built.device, torch.bfloat16, enabled=precision == "bf16"):
                found: torch.Tensor = built.model(**model_inputs(built, material, rows)).logits
            return found.float()

        return forward

    yield Passes(train=through(train), held=through(held), remembered=False)


@contextmanager
def remembered_passes(
    built: Built, train: Material, held: Material, *, tell: Callable[[int, int], None]
) -> Iterator[Passes | None]:
    """Passes through the head alone, over the encoder's states, which are computed once.

    Yields None where that is not the same: the head reads more than the first token's state (GPT-2, T5, mean pooling), or
    the states would take more than 2 GiB. Meanwhile a stand-in takes the encoder's place in the model.
    """
    model, prefix = built.model, built.model.base_model_prefix
    encoder = getattr(model, prefix)
    rows = len(train.examples) + len(held.examples)
    width = getattr(model.config, "hidden_size", 0)
    if rows * width * 4 > _MOST_REMEMBERED or not _suffices(built, train):
        yield None
        return
    states = [_read_states(built, material, encoder, tell) for material in (train, held)]
    stand_in = _Recalled(getattr(encoder, "pooler", None))

    def over(kept: torch.Tensor) -> Forward:
        def forward(rows: Ints) -> torch.Tensor:
            stand_in.states = kept[torch.from_numpy(rows).to(kept.device)]
            found: torch.Tensor = model(input_ids=None).logits
            return found.float()

        return forward

    setattr(model, prefix, stand_in)
    try:
        yield Passes(train=over(states[0]), held=over(states[1]), remembered=True)
    finally:
        setattr(model, prefix, encoder)


def row_losses(task: Task, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The loss of each row (n): cross-entropy, its mean over the labels of a label set, or the squared error."""
    if task.kind is Kind.REGRESS:
        return (logits[:, 0] - targets) ** 2
    if task.multilabel:
        return torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none").mean(1)
    return torch.nn.functional.cross_entropy(logits, targets, reduction="none")


def read_all(forward: Forward, lengths: Ints, device: str) -> torch.Tensor:
    """Raw outputs of all rows, in their order; nothing is learned. Memory decides the batches, halved where it must."""
    budget = _BUDGET[device]
    while True:
        try:
            return _read_all(forward, lengths, budget)
        except Exception as error:
            if not bulk.is_out_of_memory(error) or budget <= int(lengths.max(initial=1)):
                raise
        budget //= 2


@torch.inference_mode()
def _read_all(forward: Forward, lengths: Ints, budget: int) -> torch.Tensor:
    batches = bulk.plan_batches(lengths, budget)
    parts = [forward(rows) for rows in batches]
    order = torch.from_numpy(np.argsort(np.concatenate(batches)))
    return torch.cat(parts)[order.to(parts[0].device)]


class _Recalled(torch.nn.Module):
    """Stands in an encoder's place and gives back the states it is given; a pooler works on them as before."""

    def __init__(self, pooler: Any) -> None:
        super().__init__()
        self.pooler = pooler
        self.states = torch.empty(0)

    def forward(self, *_: Any, **__: Any) -> Any:
        """The states in the form of an encoder's output."""
        from transformers.modeling_outputs import BaseModelOutputWithPooling

        pooled = None if self.pooler is None else self.pooler(self.states)
        return BaseModelOutputWithPooling(last_hidden_state=self.states, pooler_output=pooled)


@torch.no_grad()
def _suffices(built: Built, material: Material) -> bool:
    """Whether the head gives the same from the first token's state alone, tried on the shortest and longest rows."""
    model, prefix = built.model, built.model.base_model_prefix
    encoder = getattr(model, prefix)
    model.eval()
    order = np.argsort(material.encoded.lengths, kind="stable")
    inputs = model_inputs(built, material, np.concatenate([order[:2], order[-2:]]))
    expected = model(**inputs).logits
    try:
        stand_in = _Recalled(getattr(encoder, "pooler", None))
        stand_in.states = _first_states(encoder, inputs)
        setattr(model, prefix, stand_in)
        found = model(input_ids=None).logits
    except Exception:
        # Whatever a family's head asks of its encoder beyond first states, the whole model answers.
        return False
    finally:
        setattr(model, prefix, encoder)
    return found.shape == expected.shape and torch.allclose(found, expected, rtol=_SAME, atol=_SAME)


def _first_states(encoder: Any, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    states: torch.Tensor = encoder(**inputs).last_hidden_state[:, :1].float().clone()
    return states


@torch.no_grad()
def _read_states(built: Built, material: Material, encoder: Any, tell: Callable[[int, int], None]) -> torch.Tensor:
    """First token's state of each row (n, 1, width)."""
    encoder.eval()
    lengths = material.encoded.lengths
    kept = torch.empty(len(lengths), 1, built.model.config.hidden_size, device=built.device)
    done = 0
    for rows in bulk.plan_batches(lengths, _BUDGET[built.device]):
        kept[torch.from_numpy(rows).to(built.device)] = _first_states(encoder, model_inputs(built, material, rows))
        done += len(rows)
        tell(done, len(lengths))
    return kept
