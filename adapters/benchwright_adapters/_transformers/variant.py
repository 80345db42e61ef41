"""Variants of a checkpoint: what is computed otherwise than `transformers` does with no option, in words and in bytes."""

from __future__ import annotations

import math

from benchwright.checkpoints.weights import FLOATS, Weights

from .settings import EncoderSettings

_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}


def variant_of(settings: EncoderSettings) -> str:
    """What the settings change of how a checkpoint is computed, in the few words of a table; empty: nothing."""
    return ", ".join([] if settings.dtype == "float32" else [settings.dtype])


def memory_bytes(weights: Weights, settings: EncoderSettings) -> int:
    """Bytes of the weights while the model computes: every number of a float type in the precision asked for, others as they are."""
    return sum(
        math.prod(tensor.shape) * _BYTES[settings.dtype] if tensor.dtype in FLOATS else tensor.end - tensor.begin
        for tensor in weights.tensors.values()
    )
