"""Read and validate ``config.json`` of a checkpoint: types, sizes, no references to code or files elsewhere."""

from __future__ import annotations

import math
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchwright.documents import read_json
from benchwright.encoders.codec import NullThreshold
from benchwright.errors import ModelError
from benchwright.paths import exists, is_file

PROBLEMS = ("regression", "single_label_classification", "multi_label_classification")
NULL_THRESHOLD = "benchwright_null_threshold"
"""Where `finetune` leaves the threshold it chose, in config.json."""

_MOST_LABELS = 1_000_000


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
    """A note about a checkpoint that has custom model code."""
    named = config.get("auto_map")
    models = [auto for auto in named if str(auto).startswith("AutoModel")] if isinstance(named, dict) else []
    if not models:
        return ()
    named_here, family = ", ".join(map(str, models[:3])), config["model_type"]
    told = (
        f"config.json names code of its own ({named_here}): it is never run, the class of `transformers` for {family}"
    )
    return (f"{told} stands in its place",)


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
    """Refuse settings that make the numbers depend on files or libraries outside the digest."""
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
    for name, value in nested_settings(config):
        if re.fullmatch(r"_?(attn|experts)_implementation", name) and value not in (None, "eager", "sdpa"):
            raise ModelError(
                f"{shown}: `{name}` in config.json is {brief(value)}",
                expected="eager, sdpa or nothing: what torch itself computes",
                hint="drop the setting from config.json",
            )


def nested_settings(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
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


MOST_BYTES = 64 * 2**20
"""Configurations and indexes are far smaller; a file that is larger is none."""

_AGAIN = "save or fetch the checkpoint again"


def read_object(path: Path, shown: str, *, hint: str = _AGAIN) -> dict[str, Any]:
    """The object in a file, as `read_value`; raises ModelError also for another value."""
    found = read_value(path, shown, hint=hint)
    if not isinstance(found, dict):
        raise ModelError(
            f"{shown}: {path.name} holds {brief(found)}", expected="an object: names and their values", hint=hint
        )
    return found


def read_value(path: Path, shown: str, *, hint: str = _AGAIN) -> Any:
    """The value in a file of JSON.

    Args:
        path: A file of a checkpoint; a link is followed, anything but a regular file is refused.
        shown: How messages call the checkpoint.
        hint: What to do when it cannot be used.

    Raises:
        ModelError: It is absent, no regular file, too large, too deeply nested, or no JSON.
    """
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise ModelError(f"{shown}: {path.name} is not a regular file", expected="a file of JSON", hint=hint)
        if state.st_size > MOST_BYTES:
            raise ModelError(
                f"{shown}: {path.name} has {state.st_size:,} bytes", expected=f"at most {MOST_BYTES:,}", hint=hint
            )
        return parse(path.read_bytes())
    except OSError as error:
        raise ModelError(f"{shown}: {path.name} cannot be read ({error.strerror or error})", hint=hint) from error
    except ValueError as error:
        raise ModelError(f"{shown}: {path.name} is not JSON ({error})", hint=hint) from error


def parse(content: bytes) -> Any:
    """The value of a JSON text in UTF-8; raises ValueError, also for nesting that no checkpoint needs."""
    return read_json(content)


def brief(value: object, most: int = 60) -> str:
    """A value as a message shows it, cut where it is long or deep."""
    try:
        text = repr(value)
    except RecursionError:
        return "a deeply nested value"
    return text if len(text) <= most else f"{text[:most]}..."


def find_threshold(given: float | None, config: Mapping[str, Any], shown: str) -> NullThreshold:
    """The null-score threshold above which there is no answer: the user's, else that of the configuration, else 0.

    It is never tuned on what it is applied to.

    Raises:
        ModelError: The configuration holds something else than a number.
    """
    if given is not None:
        return NullThreshold(value=given, origin="given")
    said = config.get(NULL_THRESHOLD)
    if said is None:
        return NullThreshold(value=0.0, origin="default")
    if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said):
        raise ModelError(
            f"{shown}: {NULL_THRESHOLD} in config.json is {said!r}", expected="a number", hint="?null_threshold=0"
        )
    return NullThreshold(value=float(said), origin="checkpoint")
