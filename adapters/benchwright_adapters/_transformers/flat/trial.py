"""A model that is tried before it reads buffers, and the texts of random tokens that it is tried with."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.checkpoints.model import count_positions, vocabulary_size
from benchwright.encoders.flat import Buffer

_LENGTHS = (8, 6, 5, 4, 3, 2)
"""Tokens of the texts."""

_FILLING = 3
"""Tokens behind the texts that belong to none."""

_BEYOND = 8
_LONGEST = 512
"""Tokens by which the longest text reaches beyond a window of attention, and the most that it may have for that."""

_MOST_IDS = 2**16
"""Ids that are drawn from, the lowest of a vocabulary."""


@dataclass(frozen=True, kw_only=True)
class TriedModel:
    """A model with its own attention, and how it will be asked.

    Attributes:
        model: In evaluation mode on its device.
        device: ``cpu`` or ``cuda``.
        special: Ids that no text holds.
        padding: Id that pads; None: the model has none.
        layer: Layer whose vectors are wanted; None: outputs of the head.
        rowwise: Whether the head is asked for rows of its own and not for all tokens of a buffer.
        single: Whether the model computes in single precision.
        fuses: Whether its linear layers may be computed by oneDNN while a buffer is read.
    """

    model: Any
    device: str
    special: frozenset[int]
    padding: int | None
    layer: int | None = None
    rowwise: bool = False
    single: bool = True
    fuses: bool = True

    @property
    def family(self) -> str:
        """How messages call the architecture."""
        return str(getattr(self.model.config, "model_type", None) or type(self.model).__name__)

    @property
    def accepted(self) -> Mapping[str, Any]:
        """Names of what its forward pass may be given."""
        forward: Callable[..., Any] = self.model.forward
        return inspect.signature(forward).parameters


def trial_buffer(tried: TriedModel) -> Buffer:
    """Six texts of random tokens, always the same for a vocabulary, longest first, and a little filling."""
    lengths = _lengths(tried.model)
    tokens = sum(lengths)
    padding = tried.padding or 0
    ids = np.concatenate([_draw_ids(tried, tokens), np.full(_FILLING, padding)])
    segments = np.zeros(len(ids), dtype=np.int64)
    if "token_type_ids" in tried.accepted and (getattr(tried.model.config, "type_vocab_size", 0) or 0) > 1:
        segments[:tokens:3] = 1
    columns = {"input_ids": ids.astype(np.int64), "token_type_ids": segments}
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Buffer(rows=np.arange(len(lengths)), columns=columns, offsets=offsets)


def _lengths(model: Any) -> Sequence[int]:
    """Within a model's positions; where it has a window, one text reaches beyond it."""
    most = count_positions(model) or _LONGEST
    window = getattr(model.config, "sliding_window", None)
    longest = window + _BEYOND if isinstance(window, int) and window + _BEYOND <= _LONGEST else _LENGTHS[0]
    wanted = (max(longest, _LENGTHS[0]), *_LENGTHS[1:])
    return tuple(min(length, most) for length in wanted)


def _draw_ids(tried: TriedModel, count: int) -> NDArray[np.int64]:
    """Ids of a text; special ones too where there are hardly any others, which would make all texts alike."""
    ids = np.arange(min(vocabulary_size(tried.model), _MOST_IDS))
    ordinary = ids[~np.isin(ids, list(tried.special))]
    if len(ordinary) < len(_LENGTHS):
        ordinary = ids[ids != tried.padding] if len(ids) > 1 else ids
    drawn: NDArray[np.int64] = np.random.default_rng(17).choice(ordinary, size=count)
    return drawn
