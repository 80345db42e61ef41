"""What a model is given of a buffer: ids, segments, positions, and where its texts lie."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.flat import Buffer

from .attention import BufferLayout

Positions = Callable[[Buffer], NDArray[np.int64]]


def positions_of(base: Any) -> Positions:
    """How an encoder numbers the tokens of each text: from 0, or as RoBERTa does, from behind the padding id, which keeps its own."""
    for module in base.modules():
        padding = getattr(module, "padding_idx", None)
        if hasattr(module, "create_position_ids_from_input_ids") and isinstance(padding, int):
            return lambda buffer: _behind(buffer, padding)
    return _from_zero


def layout_of(buffer: Buffer, device: str) -> BufferLayout:
    """Where the texts of a buffer lie."""
    import torch

    offsets = torch.from_numpy(buffer.offsets.astype(np.int32)).to(device, non_blocking=True)
    longest = int(buffer.lengths.max(initial=0))
    return BufferLayout(buffer.groups, buffer.tokens, offsets, longest)


class FlatInputs:
    """Inputs of an encoder as tensors on its device.

    Args:
        base: Encoder without its head.
        device: Where it computes.
    """

    def __init__(self, base: Any, device: str) -> None:
        self._names = frozenset(inspect.signature(base.forward).parameters)
        self._positions, self._device = positions_of(base), device

    @property
    def takes_positions(self) -> bool:
        """Whether the encoder can be told where each token stands in its text."""
        return "position_ids" in self._names

    def __call__(self, buffer: Buffer, layout: BufferLayout) -> dict[str, Any]:
        """By the names that `transformers` gives them, each 1 x tokens; and the cumulative lengths."""
        columns = {name: values for name, values in buffer.columns.items() if name in self._names}
        columns["position_ids"] = self._positions(buffer)
        found = {name: self._there(values[None]) for name, values in columns.items()}
        return {
            **found,
            "cu_seq_lens_q": layout.offsets,
            "cu_seq_lens_k": layout.offsets,
            "max_length_q": layout.longest,
            "max_length_k": layout.longest,
        }

    def _there(self, values: NDArray[np.int64]) -> Any:
        import torch

        tensor = torch.from_numpy(np.ascontiguousarray(values))
        if self._device == "cpu":
            return tensor
        return tensor.pin_memory().to(self._device, non_blocking=True)


def _from_zero(buffer: Buffer) -> NDArray[np.int64]:
    """Places within each text, 0 in the filling."""
    found = np.zeros(buffer.tokens, dtype=np.int64)
    filled = int(buffer.offsets[-1])
    found[:filled] = np.arange(filled) - np.repeat(buffer.offsets[:-1], buffer.lengths)
    return found


def _behind(buffer: Buffer, padding: int) -> NDArray[np.int64]:
    """The padding id for padding, and above it the count of other tokens up to each one of its text."""
    counted = buffer.columns["input_ids"] != padding
    counted[buffer.offsets[-1] :] = False
    total = np.concatenate([[0], np.cumsum(counted)])
    before = np.zeros(buffer.tokens, dtype=np.int64)
    before[: buffer.offsets[-1]] = np.repeat(total[buffer.offsets[:-1]], buffer.lengths)
    return np.where(counted, total[1:] - before, 0) + padding
