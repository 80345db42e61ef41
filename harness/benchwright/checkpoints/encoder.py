"""The encoder of a checkpoint without its head: which layers it has, what is left unread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchwright.checkpoints.head import CheckpointHead
from benchwright.errors import ModelError

_LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
_STACKED = ("encoder_layers", "num_layers", "num_hidden_layers")
"""Names of the number of layers, of an encoder and of the encoder beside a decoder."""

_WIDTHS = ("hidden_size", "d_model", "n_embd", "dim")
_CAUSAL = ("ForCausalLM", "LMHeadModel", "DoubleHeadsModel")
_CAUSAL_FAMILIES = (
    "gpt",
    "opt",
    "bloom",
    "llama",
    "mistral",
    "mixtral",
    "qwen",
    "phi",
    "gemma",
    "falcon",
    "mpt",
    "codegen",
    "olmo",
    "openai-gpt",
)
_BOTH_SIDES = ("bert", "electra", "roberta", "xlnet", "xlm")
"""Beginnings and parts of the names of families that also have a causal head, and see both sides without it."""


def encoder_notes(head: CheckpointHead, config: Mapping[str, Any]) -> Iterator[str]:
    """What a reader must know of vectors of this checkpoint: a head or decoder that is not read, tokens that see one side."""
    name = head.architecture or ""
    if config.get("is_encoder_decoder"):
        yield f"vectors of its encoder alone: the decoder of {name or config['model_type']} is not read"
    elif name and not name.endswith(("Model", "Encoder")):
        yield f"vectors of its encoder: the head of {name} is not read"
    family = str(config["model_type"])
    is_causal = name.endswith(_CAUSAL) or family.startswith(_CAUSAL_FAMILIES)
    if is_causal and not any(part in family for part in _BOTH_SIDES):
        yield f"each token of {family} sees only those before it"


def width_of(config: Mapping[str, Any]) -> int | None:
    """Numbers in a vector of a token; None where the configuration does not say."""
    return _first(config, _WIDTHS)


def check_layer(layer: int, config: Mapping[str, Any], shown: str) -> None:
    """Raise ModelError where a configuration says that an encoder has no such layer."""
    count = _first(config, _STACKED if config.get("is_encoder_decoder") else _LAYERS)
    if count is not None:
        _refuse_layer(layer, count, shown)


def find_layer(layer: int, model: Any, shown: str) -> int:
    """The layer that an open model gives its vectors of, -1 for the last by whichever number; raises ModelError where it has no such."""
    count: int = getattr(model.config, "encoder_layers", None) or model.config.num_hidden_layers
    _refuse_layer(layer, count, shown)
    return -1 if layer == count else layer


def _refuse_layer(layer: int, count: int, shown: str) -> None:
    """Raise ModelError unless a layer is one of those of an encoder with ``count`` of them."""
    if not -count - 1 <= layer <= count:
        raise ModelError(
            f"{shown} has {count} layers, layer {layer} was asked for",
            expected=f"0 (embeddings) to {count}, or -1 (the last) to {-count - 1}",
            hint="?layer=-1",
        )


def _first(config: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    found = (config.get(name) for name in names)
    return next((value for value in found if type(value) is int and value > 0), None)
