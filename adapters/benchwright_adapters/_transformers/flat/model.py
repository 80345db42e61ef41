"""A model that reads buffers: the encoder over all tokens at once, then what its head reads of each text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchwright.encoders.flat import Buffer

from .attention import BufferLayout, reading
from .heads import Head, Reader
from .inputs import FlatInputs, layout_of


@dataclass(frozen=True, kw_only=True)
class FlatModel:
    """An encoder whose attention is set to that of buffers, and its head.

    Attributes:
        base: The encoder without its head.
        inputs: What it is given.
        device: Where it computes.
        layer: Layer whose vectors are given; -1: the last.
        head: The class around the encoder; None: there is none.
        reader: What the head reads; None: vectors of the tokens are what is wanted.
        is_fused: Whether linear layers compute as `linear.fuse` lets them.
        by_kernel: Whether the kernel for varying lengths computes the attention of all layers.
    """

    base: Any
    inputs: FlatInputs
    device: str
    layer: int = -1
    head: Head | None = None
    reader: Reader | None = None
    is_fused: bool = False
    by_kernel: bool = False

    def prepare(self, buffer: Buffer) -> tuple[dict[str, Any], BufferLayout]:
        """Inputs on the device, and where the texts lie."""
        layout = layout_of(buffer, self.device)
        return self.inputs(buffer, layout), layout

    def states(self, inputs: Mapping[str, Any], layout: BufferLayout) -> Any:
        """Vectors of a layer, tokens x numbers; those of the filling say nothing."""
        with reading(layout):
            if self.layer == -1:
                return self.base(**inputs)[0][0]
            return self.base(**inputs, output_hidden_states=True).hidden_states[self.layer][0]

    def read(self, buffer: Buffer, states: Any) -> dict[str, Any]:
        """Outputs of the head by name, from the states of a buffer."""
        assert self.head is not None
        assert self.reader is not None
        return self.reader(self.head, states, buffer)
