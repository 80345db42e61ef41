"""Layers of an encoder compiled by torch for buffers of one size, and for nothing else.

One layer is compiled and serves all that are like it. Attention over the texts of a buffer is one operation to the compiler, which does
not look into it: what lies where in a buffer is no part of what is compiled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import nn

from benchwright.checkpoints.model import count_positions, vocabulary_size
from benchwright.encoders.failures import complaint
from benchwright.encoders.flat import Buffer
from benchwright.errors import ModelError

from .attention import attend_held
from .model import FlatModel

_TEXT = 32
"""Tokens of each text of the buffer that layers are compiled with."""
_SINGLE, _COARSE = 1e-4, 0.1
"""Largest difference of a state from the same layers not compiled, as a share of the largest: in single precision, and in any other."""


@torch.library.custom_op("benchwright::attend_buffer", mutates_args=())
def _attend(  # noqa: PLR0917 - operations of torch are asked by place
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    scaling: float | None,
    is_causal: bool,  # noqa: FBT001
    window: int | None,
) -> torch.Tensor:
    """Attention over the texts of the buffer that is being read: 1 x tokens x heads x numbers."""
    found: torch.Tensor = attend_held((query, key, value), scaling=scaling, is_causal=is_causal, window=window)
    return found


@_attend.register_fake
def _(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, *_: Any) -> torch.Tensor:
    del key
    return query.new_empty((1, query.shape[2], query.shape[1], value.shape[3]))


def compile_layers(flat: FlatModel, tokens: int, *, single: bool, shown: str) -> FlatModel:
    """A model that reads buffers, with layers compiled for those of ``tokens`` tokens; any other it reads as before.

    Args:
        flat: Proved.
        tokens: Of a buffer.
        single: Whether it computes in single precision throughout.
        shown: How messages call it.

    Raises:
        ModelError: It has no repeated layers, the compiler fails, or what it makes gives other numbers.
    """
    layers = _repeated(flat.base)
    if not layers:
        raise _refused(shown, "it has no layers that repeat")
    compiled = replace(flat, base=CompiledEncoder(flat.base, layers))
    buffer = _buffer(flat, tokens)
    with torch.inference_mode():
        given, layout = flat.prepare(buffer)
        wanted = flat.states(given, layout)
        calls, layout.calls = layout.calls, 0
        try:
            with compiled.base.compiling():
                found = compiled.states(given, layout)
        except Exception as error:
            raise _refused(shown, complaint(getattr(error, "inner_exception", None) or error)) from error
        if layout.calls != calls:
            raise _refused(shown, f"attention was asked {layout.calls} times and not {calls}")
    apart = float((found - wanted).abs().max()) / max(float(wanted.abs().max()), 1.0)
    if not apart <= (_SINGLE if single else _COARSE):
        raise _refused(shown, f"its compiled layers give other numbers (by {apart:.2g} of the largest)")
    return compiled


class CompiledEncoder:
    """Stands in the place of an encoder that reads buffers.

    Args:
        base: The encoder; it is never changed, since others ask it with other shapes.
        layers: Those of its layers that are to be compiled.
    """

    def __init__(self, base: Any, layers: Sequence[Any]) -> None:
        self._base, self._layers = base, layers
        self._ways = [torch.compile(layer._call_impl, dynamic=False) for layer in layers]  # noqa: SLF001 - as Module.compile does
        self._stance = "eager_on_recompile"  # a buffer of another size is not worth a compiler's minute

    @contextmanager
    def compiling(self) -> Iterator[None]:
        """Meanwhile what is not compiled yet is compiled."""
        before, self._stance = self._stance, "default"
        try:
            yield
        finally:
            self._stance = before

    def __call__(self, **inputs: Any) -> Any:
        """As the encoder itself."""
        with torch.compiler.set_stance(self._stance), self._in_place():
            return self._base(**inputs)

    @contextmanager
    def _in_place(self) -> Iterator[None]:
        for layer, way in zip(self._layers, self._ways, strict=True):
            layer._compiled_call_impl = way  # noqa: SLF001 - as Module.compile does
        try:
            yield
        finally:
            for layer in self._layers:
                layer._compiled_call_impl = None  # noqa: SLF001


def _repeated(base: Any) -> list[Any]:
    """The outermost modules that stand in a list."""
    found: list[Any] = []
    for module in base.children():
        found += list(module) if isinstance(module, nn.ModuleList) else _repeated(module)
    return found


def _buffer(flat: FlatModel, tokens: int) -> Buffer:
    """Texts of random tokens and a little filling, always the same."""
    length = min(_TEXT, count_positions(flat.base) or _TEXT, tokens)
    count = max(1, (tokens - 1) // length)
    ids = np.random.default_rng(17).integers(0, vocabulary_size(flat.base), size=tokens)
    columns = {"input_ids": ids.astype(np.int64), "token_type_ids": np.zeros(tokens, dtype=np.int64)}
    offsets = np.arange(count + 1, dtype=np.int64) * length
    return Buffer(rows=np.arange(count), columns=columns, offsets=offsets)


def _refused(shown: str, why: str) -> ModelError:
    return ModelError(
        f"{shown}: compile=true fails: {why}",
        expected="layers that torch compiles with the C++ compiler of this machine",
        hint="leave ?compile= out; `benchwright doctor` shows the versions",
    )
