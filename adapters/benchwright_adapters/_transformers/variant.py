"""Variants of a checkpoint: what is computed otherwise than `transformers` does with no option, in words and in bytes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from benchwright.checkpoints.weights import FLOATS, Tensor, Weights

from .settings import EncoderSettings

_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
_OF_LAYERS = re.compile(r"\.\d+\..*(?<!relative_attention_bias)\.weight$")
"""Names of weights of a layer; layers are numbered. A table of T5 that is read by distance is none of its products."""

ENGINES = {"cpu": "torch", "cuda": "torchao"}
"""Device -> library whose products of whole numbers are used."""


def is_product(name: str, tensor: Tensor) -> bool:
    """Whether a tensor of a checkpoint is a matrix that a layer multiplies with; tables of embeddings and heads are none."""
    return len(tensor.shape) == 2 and tensor.dtype in FLOATS and _OF_LAYERS.search(name) is not None


def variant_of(settings: EncoderSettings, device: str) -> str:
    """What the settings change of how a checkpoint is computed, in the few words of a table; empty: nothing."""
    return ", ".join(_changes(settings, device))


def packages_for(settings: EncoderSettings, device: str) -> tuple[str, ...]:
    """Libraries beside torch whose version decides what the variant answers."""
    return ("torchao",) if settings.quantize and ENGINES[device] == "torchao" else ()


def memory_bytes(weights: Weights, settings: EncoderSettings) -> int:
    """Bytes of the weights while the model computes, as their types say.

    Numbers of float types count in the precision asked for, others as they are; of matrices in whole numbers each weight is a byte, and
    scales are left out. So is what computing keeps beside them: the second copy of linear weights as oneDNN wants them, on a CPU.
    """
    return sum(_bytes(name, tensor, settings) for name, tensor in weights.tensors.items())


def _changes(settings: EncoderSettings, device: str) -> Iterator[str]:
    if settings.prune is not None:
        yield f"pruned {settings.prune:.4g}"
    if settings.quantize:
        yield f"INT8, dynamic ({ENGINES[device]})"
    if settings.dtype != "float32":
        yield settings.dtype
    if settings.compiled:
        yield "compiled"
    if settings.attention in ("sdpa", "eager"):
        yield f"attention {settings.attention}"


def _bytes(name: str, tensor: Tensor, settings: EncoderSettings) -> int:
    if settings.quantize and is_product(name, tensor):
        return math.prod(tensor.shape)
    if tensor.dtype in FLOATS:
        return math.prod(tensor.shape) * _BYTES[settings.dtype]
    return tensor.end - tensor.begin
