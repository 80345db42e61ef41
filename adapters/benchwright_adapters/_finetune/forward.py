"""Forward passes of training: through the whole model, or from cached encoder states."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchwright import encoders
from benchwright.encoders.contexts import ContextRows
from benchwright.encoders.encoded import InputRows, Ints
from benchwright.types import Task

from .config import Precision
from .features import Features, lines_of, model_inputs, token_places
from .heads import raw_outputs, reads_tokens, takes_options
from .losses import row_losses
from .model import BuiltModel

ForwardPass = Callable[[Ints], torch.Tensor]
"""Positions of lines -> raw outputs (lines, outputs), of tokens (lines, tokens, outputs), in single precision."""

_BUDGET = {"cpu": 4096, "cuda": 32768}
"""Padded tokens to a batch where nothing is learned."""

_MOST_CACHED = 2**31
"""Bytes of states that may be kept."""

_SAME = 1e-5


@dataclass(frozen=True, kw_only=True)
class ForwardPasses:
    """Forward passes over the training and the validation rows."""

    train: ForwardPass
    validation: ForwardPass
    cached: bool


@contextmanager
def full_forward(
    built: BuiltModel, train: Features, validation: Features, precision: Precision
) -> Iterator[ForwardPasses]:
    """Passes through the whole model, of lines of training and of validation rows."""

    def through(features: Features) -> ForwardPass:
        def forward(lines: Ints) -> torch.Tensor:
            with torch.autocast(built.device, torch.bfloat16, enabled=precision == "bf16"):
                found = built.model(**model_inputs(built, features, lines))
            return raw_outputs(found)

        return forward

    yield ForwardPasses(train=through(train), validation=through(validation), cached=False)


@contextmanager
def cached_features(
    built: BuiltModel, train: Features, validation: Features, *, tell: Callable[[int, int], None]
) -> Iterator[ForwardPasses | None]:
    """Passes through the head alone, over the encoder's states, which are computed once.

    States of all tokens are cached for token heads, else of the first token. Yields None if the head needs more (GPT-2, T5,
    mean pooling), or the cache would exceed 2 GiB. Meanwhile a stand-in replaces the encoder in the model.
    """
    model, prefix = built.model, built.model.base_model_prefix
    encoder = getattr(model, prefix)
    count = sum(_count_states(built, features) for features in (train, validation))
    width = getattr(model.config, "hidden_size", 0)
    if count * width * 4 > _MOST_CACHED or not _head_agrees(built, train):
        yield None
        return
    states = [_read_states(built, features, encoder, tell) for features in (train, validation)]
    stand_in = _CachedEncoder(getattr(encoder, "pooler", None))

    def over(kept: torch.Tensor, features: Features) -> ForwardPass:
        def forward(lines: Ints) -> torch.Tensor:
            where = torch.from_numpy(_where_states(built, features, lines)).to(kept.device)
            stand_in.states = kept[where]
            return _through_head(built, len(lines))

        return forward

    setattr(model, prefix, stand_in)
    try:
        yield ForwardPasses(train=over(states[0], train), validation=over(states[1], validation), cached=True)
    finally:
        setattr(model, prefix, encoder)


@dataclass(frozen=True, kw_only=True)
class RawPass:
    """Raw outputs and loss of a pass without gradients.

    Attributes:
        outputs: Raw outputs of each line, as a codec's `decode` takes them: outputs (k), of tokens (tokens, k), of start and
            end (2, tokens).
        loss: Mean loss.
    """

    outputs: list[NDArray[np.float32]]
    loss: float


def run_rows(forward: ForwardPass, features: Features, built: BuiltModel) -> RawPass:
    """Raw outputs of all rows, in order, and the loss. Batches are halved when memory runs out."""
    budget = _BUDGET[built.device]
    costs = features.costs
    while True:
        try:
            return _run_rows(forward, features, built.task, encoders.plan_batches(costs, budget))
        except Exception as error:
            if not encoders.is_out_of_memory(error) or budget <= int(costs.max(initial=1)):
                raise
        budget //= 2


@torch.inference_mode()
def _run_rows(forward: ForwardPass, features: Features, task: Task, batches: Sequence[Ints]) -> RawPass:
    outputs: list[NDArray[np.float32]] = []
    losses: list[torch.Tensor] = []
    lines = [lines_of(features, rows) for rows in batches]
    for rows, some in zip(batches, lines, strict=True):
        raw = forward(some)
        losses.append(row_losses(task, raw, features, rows))
        outputs += _without_padding(raw.cpu().numpy(), features.lines, some)
    order = torch.from_numpy(np.argsort(np.concatenate(batches)))
    total = torch.cat(losses)[order.to(losses[0].device)].sum()
    return RawPass(
        outputs=[outputs[at] for at in np.argsort(np.concatenate(lines)).tolist()],
        loss=float(total / max(1, int(features.weights.sum()))),
    )


def _without_padding(raw: NDArray[np.float32], rows: InputRows, lines: Ints) -> list[NDArray[np.float32]]:
    """Raw outputs of each of some lines in the form that codecs decode."""
    if raw.ndim == 2:
        return list(raw)
    found = [line[:size].copy() for line, size in zip(raw, rows.encoded.lengths[lines].tolist(), strict=True)]
    return [line.T for line in found] if isinstance(rows, ContextRows) else found


class _CachedEncoder(torch.nn.Module):
    """Replaces an encoder and returns the cached states that it is given; a pooler is applied as before."""

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
def _head_agrees(built: BuiltModel, features: Features) -> bool:
    """Whether the head gives the same from cached states, tried on the shortest and longest lines."""
    model, prefix = built.model, built.model.base_model_prefix
    encoder = getattr(model, prefix)
    model.eval()
    order = np.argsort(features.encoded.lengths, kind="stable")
    inputs = model_inputs(built, features, np.concatenate([order[:2], order[-2:]]))
    expected = raw_outputs(model(**inputs))
    try:
        stand_in = _CachedEncoder(getattr(encoder, "pooler", None))
        stand_in.states = _states(built, encoder, inputs)
        setattr(model, prefix, stand_in)
        found = _through_head(built, len(stand_in.states))
    except Exception:
        # Whatever a family's head asks of its encoder beyond first states, the whole model answers.
        return False
    finally:
        setattr(model, prefix, encoder)
    return found.shape == expected.shape and torch.allclose(found, expected, rtol=_SAME, atol=_SAME)


def _states(built: BuiltModel, encoder: Any, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    """States of all tokens, or of the first, of each line (lines, tokens or 1, width)."""
    flat = {name: values.flatten(0, -2) for name, values in inputs.items()}  # options are no dimension of an encoder
    states: torch.Tensor = encoder(**flat).last_hidden_state
    return (states if reads_tokens(built.task) else states[:, :1]).float().clone()


def _through_head(built: BuiltModel, lines: int) -> torch.Tensor:
    """Raw outputs with the stand-in encoder; a multiple-choice head reads the number of options from the ids."""
    ids = torch.zeros(lines, 1, 1, dtype=torch.long, device=built.device) if takes_options(built.model) else None
    return raw_outputs(built.model(input_ids=ids))


def _count_states(built: BuiltModel, features: Features) -> int:
    return int(features.encoded.offsets[-1]) if reads_tokens(built.task) else len(features.encoded)


def _where_states(built: BuiltModel, features: Features, lines: Ints) -> Ints:
    """Indices of the cached states of each line (lines, tokens or 1); arbitrary for padding."""
    return token_places(features.encoded, lines)[0] if reads_tokens(built.task) else lines[:, None]


@torch.no_grad()
def _read_states(built: BuiltModel, features: Features, encoder: Any, tell: Callable[[int, int], None]) -> torch.Tensor:
    """States of all lines, one after the other (states, width)."""
    encoder.eval()
    encoded = features.encoded
    kept = torch.empty(_count_states(built, features), built.model.config.hidden_size, device=built.device)
    done = 0
    for lines in encoders.plan_batches(encoded.lengths, _BUDGET[built.device]):
        states = _states(built, encoder, model_inputs(built, features, lines))
        where = _where_states(built, features, lines)
        there = token_places(encoded, lines)[1] if reads_tokens(built.task) else np.ones(where.shape, dtype=bool)
        kept[torch.from_numpy(where[there]).to(built.device)] = states[torch.from_numpy(there).to(built.device)]
        done += len(lines)
        tell(done, len(encoded))
    return kept
