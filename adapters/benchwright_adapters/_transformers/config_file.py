"""``config.json`` of a checkpoint: values of the kinds that are read, sizes that the weights can have, and nothing that leads elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchwright.errors import ModelError
from benchwright.paths import exists, is_file

from .json_file import brief, read_object
from .weights import Weights

PROBLEMS = ("regression", "single_label_classification", "multi_label_classification")
_MOST_LABELS = 1_000_000
_MOST_POSITIONS = 10_000_000
_MOST_LAYERS = 1_000
"""Layers that no checkpoint has, where its weights are few: some families share theirs between layers."""

_LAYERS: tuple[str, ...] = (
    "num_hidden_layers",
    "num_layers",
    "n_layer",
    "n_layers",
    "encoder_layers",
    "decoder_layers",
)
_LAYERS += ("num_decoder_layers", "num_hidden_groups", "inner_group_num", "num_experts", "num_local_experts")
_WIDTHS: tuple[str, ...] = (
    "vocab_size",
    "type_vocab_size",
    "hidden_size",
    "embedding_size",
    "intermediate_size",
    "pooler_hidden_size",
)
_WIDTHS += ("d_model", "d_ff", "d_kv", "d_inner", "d_head", "n_embd", "n_inner", "dim", "hidden_dim", "d_embed")
_WIDTHS += ("encoder_ffn_dim", "decoder_ffn_dim", "relative_attention_num_buckets", "position_buckets")
_WIDTHS += ("max_relative_positions", "num_hash_buckets")
_POSITIONS = ("max_position_embeddings", "n_positions", "n_ctx")
_TABLE = re.compile(r"(^|\.)(position_embeddings|embed_positions|wpe)\.weight$")


def read_config(folder: Path, shown: str) -> dict[str, Any]:
    """``config.json`` of a folder; raises ModelError when it is absent, unreadable, no configuration, or sends elsewhere."""
    path = folder / "config.json"
    if not exists(path):
        raise ModelError(
            f"{shown} holds no config.json",
            expected="a folder that `save_pretrained` wrote: config.json, model.safetensors, tokenizer files",
            hint=_no_config(folder),
        )
    config = read_object(path, shown)
    if not isinstance(config.get("model_type"), str):
        raise ModelError(
            f"{shown}: config.json names no `model_type`",
            expected="the configuration of a model of `transformers`",
            hint="save the checkpoint again with `save_pretrained`",
        )
    _check_kinds(config, shown)
    _refuse_detours(config, shown)
    return config


def own_code(config: Mapping[str, Any]) -> tuple[str, ...]:
    """What a reader must know of a checkpoint that brings code of its own for its model."""
    named = config.get("auto_map")
    models = [auto for auto in named if str(auto).startswith("AutoModel")] if isinstance(named, dict) else []
    if not models:
        return ()
    named_here, family = ", ".join(map(str, models[:3])), config["model_type"]
    told = (
        f"config.json names code of its own ({named_here}): it is never run, the class of `transformers` for {family}"
    )
    return (f"{told} stands in its place",)


def check_sizes(config: Mapping[str, Any], weights: Weights, shown: str) -> None:
    """Refuse sizes that the weights cannot have: a model of that size would be made before it is compared with them.

    Raises:
        ModelError: There are more layers than tensors, or a width or a table is larger than any tensor.
    """
    shapes = [tensor.shape for tensor in weights.tensors.values()]
    largest = max((max(shape, default=1) for shape in shapes), default=1)
    rows = max((tensor.shape[0] for name, tensor in weights.tensors.items() if _TABLE.search(name)), default=None)
    limits = {
        **dict.fromkeys(_LAYERS, max(_MOST_LAYERS, len(shapes))),
        **dict.fromkeys(_WIDTHS, largest),
        **dict.fromkeys(_POSITIONS, _MOST_POSITIONS if rows is None else max(rows, largest)),
    }
    for name, value in _settings(config):
        if name in limits and isinstance(value, int | float) and value > limits[name]:
            raise ModelError(
                f"{shown}: `{name}` in config.json is {value:,}, the weights have {len(shapes):,} tensors, the longest side of "
                f"one is {largest:,}",
                expected="the config.json that the weights were saved with",
                hint="fetch or save the checkpoint again",
            )


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) and name for name in value)


def _is_labels(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(name, str | int | float) for name in value.values())


def _is_count(value: Any) -> bool:
    return type(value) is int and 1 <= value <= _MOST_LABELS


_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "architectures": (_is_names, "a list of class names"),
    "id2label": (_is_labels, "an object: the number of each output and its name"),
    "num_labels": (_is_count, f"a whole number, 1 to {_MOST_LABELS:,}"),
    "problem_type": (lambda value: value in PROBLEMS, f"one of: {', '.join(PROBLEMS)}"),
    "sentence_transformers": (lambda value: isinstance(value, dict), "an object"),
    "sbert_ce_default_activation_function": (lambda value: isinstance(value, str), "the name of a function"),
}
"""Settings that are read here, what they must be where they are not null, and that in words."""


def _check_kinds(config: Mapping[str, Any], shown: str) -> None:
    wrong = [
        (name, words)
        for name, (is_right, words) in _KINDS.items()
        if config.get(name) is not None and not is_right(config[name])
    ]
    nested = config.get("sentence_transformers")
    if isinstance(nested, dict) and not isinstance(nested.get("activation_fn"), str | None):
        wrong.append(("sentence_transformers", "an object whose `activation_fn` is the name of a function"))
    if wrong:
        told = ", ".join(f"`{name}` is {brief(config[name])}" for name, _ in wrong)
        raise ModelError(
            f"{shown}: in config.json {told}",
            expected="; ".join(f"`{name}`: {words}" for name, words in wrong),
            hint="mend config.json, or save the checkpoint again with `save_pretrained`",
        )


def _refuse_detours(config: Mapping[str, Any], shown: str) -> None:
    """Refuse settings by which numbers would hang on files or libraries that no digest and no version tells of."""
    if config.get("transformers_weights") is not None:
        raise ModelError(
            f"{shown}: `transformers_weights` in config.json is {brief(config['transformers_weights'])}",
            expected="weights in model.safetensors, or the files of its index",
            hint="rename the file to model.safetensors and drop the setting",
        )
    if config.get("quantization_config") is not None:
        raise ModelError(
            f"{shown}: `quantization_config` in config.json asks for quantised weights, whose answers hang on libraries and "
            "hardware",
            expected="weights in float32, float16 or bfloat16",
            hint="name the checkpoint that was quantised, or `dequantize()` it with `transformers` and save that",
        )
    for name, value in _settings(config):
        if re.fullmatch(r"_?(attn|experts)_implementation", name) and value not in (None, "eager", "sdpa"):
            raise ModelError(
                f"{shown}: `{name}` in config.json is {brief(value)}",
                expected="eager, sdpa or nothing: what torch itself computes",
                hint="drop the setting from config.json",
            )


def _settings(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Settings of a configuration and of those inside it."""
    waiting: list[Mapping[str, Any]] = [config]
    while waiting:
        for name, value in waiting.pop().items():
            yield name, value
            if isinstance(value, Mapping):
                waiting.append(value)


def _no_config(folder: Path) -> str:
    inner = sorted(path.parent.name for path in folder.glob("*/config.json"))
    if inner:
        return f"name one of the checkpoints inside: {', '.join(inner[:5])}{', ...' if len(inner) > 5 else ''}"
    if is_file(folder / "adapter_config.json"):
        return "this is a PEFT adapter: merge it into its base model (`merge_and_unload`) and save the result"
    return "name the folder itself, not one above or below it"
