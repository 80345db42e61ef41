"""Check that every tensor of a checkpoint is used: unused ones are harmless, reported, or an error."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.checkpoints.weights import FLOATS, Weights
from benchwright.errors import ModelError

_ADAPTER = re.compile(
    r"(^|\.)(lora_\w+|hada_w\d\w*|lokr_w\d\w*|oft_\w+|boft_\w+|vera_\w+|ia3_\w+|hra_\w+|fourierft_\w+|randlora_\w+|"
    r"adaption_\w+|prompt_embeddings|prompt_encoder|prefix_encoder|base_layer|modules_to_save|original_module|"
    r"trainable_tokens_\w+)(\.|$)|^base_model\.model\."
)
"""Names that `peft` gives: beside or around the weights of a base, and unknown to `transformers` without `peft`."""

_WRAPS = r"(_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module|_forward_module)"
_WRAPPER = re.compile(rf"^((module|{_WRAPS})\.)+|(?<=\.)({_WRAPS}\.)+")
"""Names that `torch.compile`, data-parallel and sharded wrappers put before or among those of the model."""

_SILENT = (
    r"(^|\.)(position_ids|token_type_ids)$",
    r"(^|\.)rotary_emb\.(original_)?inv_freq$",
    r"(^|\.)(attn|attention)\.(bias|masked_bias)$",
    r"^(model\.)?(encoder|decoder)\.version$",
    r"(^|\.)final_logits_bias$",
    r"^(loss|loss_fct|loss_fn|criterion)(\.|$)",
)
"""Tensors that are no weights of a model: tables that it makes itself, versions, weights of a training's loss."""

_LANGUAGE = (
    r"^cls\.predictions\.",
    r"^cls\.seq_relationship\.",
    r"^(lm_head|lm_loss|lm_predictions|mask_predictions|pred_layer|vocab_projector|vocab_transform|vocab_layer_norm)(\.|$)",
    r"^(generator_predictions|generator_lm_head)\.",
    r"^discriminator_predictions\.",
    r"^predictions\.",
    r"^sop_classifier\.",
)
"""Heads of pre-training, which no head for a task reads; a head for words is one of them, and reads none of the others."""

_POOLER = (r"(^|\.)pooler\.",)
"""A pooler: heads for tags and spans, and some for whole inputs, read the encoder past it."""

_HEAD = re.compile(
    r"^(classifier|classifier\.out_proj|classification_head\.out_proj|score|qa_outputs|logits_proj)\.weight$"
)
"""The last layer of a head for labels, tags or spans, as most families call it."""

_DECODER = re.compile(r"^(transformer\.)?decoder\.")
_DECODERLESS = re.compile(r"^(M|U|UM)?T5(For(TokenClassification)|EncoderModel)")
"""Classes of the T5 family that read the encoder alone."""

_UNBIASED = re.compile(r"^deberta\.embeddings\.position_embeddings\.weight$")
"""DeBERTa saves a table of absolute positions also where its configuration switches it off."""


@dataclass(frozen=True, kw_only=True)
class LoadingReport:
    """The loading report of `transformers`.

    Attributes:
        missing: Weights of the model that the files lack.
        unexpected: Tensors of the files that the model has no place for.
        mismatched: Name, shape in the files, and shape by the configuration.
    """

    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    mismatched: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]


def read_report(report: Mapping[str, Any]) -> LoadingReport:
    """What `transformers` reports of a loading, in order."""
    return LoadingReport(
        missing=tuple(sorted(report["missing_keys"])),
        unexpected=tuple(sorted(report["unexpected_keys"])),
        mismatched=tuple(
            sorted((key, tuple(found), tuple(wanted)) for key, found, wanted in report.get("mismatched_keys", ()))
        ),
    )


def check_names(weights: Weights, shown: str) -> None:
    """Refuse tensors that are another model's by their names or numbers, before anything is loaded.

    Raises:
        ModelError: Tensors of an adapter, names with the prefix of a wrapper, or weights in a quantised form.
    """
    foreign = [name for name in weights.tensors if _ADAPTER.search(name)]
    if foreign:
        raise ModelError(
            f"{shown} holds {listed(foreign, 'tensor')} of an adapter; `transformers` would leave them out without a word",
            expected="weights with the adapter merged into its base",
            hint="merge it (`merge_and_unload()` of `peft`, then `save_pretrained`) and name that folder; without these "
            "tensors the base alone is measured",
        )
    wrapped = [name for name in weights.tensors if _WRAPPER.search(name)]
    if wrapped:
        prefix = _prefix_of(wrapped[0])
        raise ModelError(
            f"{shown} holds {listed(wrapped, 'tensor')} with `{prefix}` in the name, which torch.compile or a parallel "
            "wrapper put there",
            expected="the names of the model itself",
            hint=_strip(prefix, weights),
        )
    coded = [
        name
        for name, tensor in weights.tensors.items()
        if tensor.dtype not in FLOATS and re.search(r"(^|\.)(weight|bias)$", name) and not matches(name, _SILENT)
    ]
    if coded:
        dtype = weights.tensors[coded[0]].dtype
        raise ModelError(
            f"{shown} holds {listed(coded, 'tensor')} of the type {dtype}: quantised weights, or none",
            expected="weights in float32, float16 or bfloat16",
            hint="name the checkpoint that was quantised, or save the weights in one of these types",
        )


def check_head_size(labels: int, weights: Weights, shown: str) -> None:
    """Refuse a head with another number of outputs than names, as far as its tensor is known by name."""
    for name, tensor in weights.tensors.items():
        if _HEAD.search(name) and len(tensor.shape) == 2 and tensor.shape[0] != labels:
            raise _other_head(name, tensor.shape, (labels, tensor.shape[1]), shown)


def check_loaded(model: Any, loading: LoadingReport, weights: Weights, shown: str) -> None:
    """Refuse a model that is not what the files hold: each weight from the files, each tensor in the model.

    Raises:
        ModelError: Weights are missing or of another size (they would be random), or tensors have no place in the model.
    """
    name = type(model).__name__
    if loading.mismatched:
        raise _other_sizes(model, loading.mismatched, shown)
    if loading.missing:
        raise _lacking(name, loading.missing, weights, shown)
    _check_doubles(model, weights.tensors, shown)
    lost = sorted(
        key for key in {*loading.unexpected, *_silenced(model, weights.tensors)} if not is_harmless(key, model, name)
    )
    if lost:
        raise _left_over(name, lost, shown)


def check_base(model: Any, loading: LoadingReport, weights: Weights, shown: str) -> None:
    """Refuse a base whose encoder is not what the files hold; heads come and go, so theirs may be missing or left over.

    Raises:
        ModelError: Weights of the encoder are missing, of another size or left over.
    """
    name, prefix = type(model).__name__, f"{model.base_model_prefix}."
    bare = not any(key.startswith(prefix) for key in weights.tensors)
    fresh = [*loading.missing, *(key for key, _, _ in loading.mismatched)]
    lost = sorted(key for key in fresh if key.startswith(prefix) and "pooler" not in key)
    other = [row for row in loading.mismatched if row[0] in lost]
    if other:
        raise _other_sizes(model, other, shown)
    if lost:
        raise _lacking(name, lost, weights, shown)
    _check_doubles(model, weights.tensors, shown)
    left = sorted(
        key
        for key in {*loading.unexpected, *_silenced(model, weights.tensors)}
        if (bare or key.startswith(prefix)) and not is_harmless(key, model, name)
    )
    if left:
        raise _left_over(name, left, shown)


def check_encoder(model: Any, loading: LoadingReport, weights: Weights, shown: str) -> None:
    """Refuse a bare encoder that is not what the files hold. A pooler is not read: it may be missing; a head may be left over.

    Raises:
        ModelError: Weights of the encoder are missing (they would be random), of another size or left over.
    """
    name, prefix = type(model).__name__, f"{model.base_model_prefix}."
    with_head = any(key.startswith(prefix) for key in weights.tensors)
    other = [row for row in loading.mismatched if not matches(row[0], _POOLER)]
    if other:
        raise _other_sizes(model, other, shown)
    lost = [key for key in loading.missing if not matches(key, _POOLER)]
    if lost:
        raise _lacking(name, lost, weights, shown)
    _check_doubles(model, weights.tensors, shown)
    own = set(model.state_dict())
    left = sorted(
        key
        for key in {*loading.unexpected, *_silenced(model, weights.tensors)}
        if (not with_head or key.startswith(prefix) or key in own) and not is_harmless(key, model, name)
    )
    if left:
        raise _left_over(name, left, shown)


def is_harmless(key: str, model: Any, name: str) -> bool:
    """Whether a tensor that the model has no place for changes no answer, by one of the rules above.

    A rule holds only where the model has nothing of the kind: beside a pooler that is read, another tensor of a pooler is unknown.
    """
    if _DECODER.search(key) and _DECODERLESS.search(name):
        return True
    if _UNBIASED.search(key) and getattr(model.config, "position_biased_input", True) is False:
        return True
    own = tuple(model.state_dict())
    found = [pattern for pattern in (*_SILENT, *_LANGUAGE, *_POOLER) if re.search(pattern, key)]
    return any(not any(re.search(pattern, name) for name in own) for pattern in found)


def unread_tensors(weights: Weights) -> tuple[str, ...]:
    """Notes about tensors that no task head reads."""
    unread = [name for name in weights.tensors if matches(name, _LANGUAGE)]
    verb = "is" if len(unread) == 1 else "are"
    return (f"{listed(unread, 'tensor')} of a pre-training head {verb} not read",) if unread else ()


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns is found in a name."""
    return any(re.search(pattern, name) for pattern in patterns)


def listed(names: Collection[str], noun: str, most: int = 3) -> str:
    """``5 tensors (a, b, c and 2 more)``."""
    return f"{len(names):,} {noun}{'s' * (len(names) != 1)} ({_cut(names, most)})"


def _cut(names: Collection[str], most: int = 3) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(list(names)[:most]) + more


def _silenced(model: Any, names: Iterable[str]) -> list[str]:
    """Tensors that `transformers` leaves out without naming them in its report."""
    patterns = [str(pattern) for pattern in getattr(model, "_keys_to_ignore_on_load_unexpected", None) or ()]
    prefix = f"{model.base_model_prefix}."
    known = set(model.state_dict())
    known |= {key.removeprefix(prefix) for key in known} | {prefix + key for key in known}
    return [name for name in names if name not in known and matches(name, patterns)]


def _check_doubles(model: Any, names: Mapping[str, Any], shown: str) -> None:
    """Refuse two tensors for one weight: with and without the prefix of the encoder."""
    prefix = f"{model.base_model_prefix}."
    own = set(model.state_dict())
    twice = [name for name in names if prefix + name in names and not {name, prefix + name} <= own]
    if twice:
        raise ModelError(
            f"{shown} holds {listed(twice, 'tensor')} twice, with and without `{prefix}`: which one counts is chance",
            expected="each weight once",
            hint="save the checkpoint again with `save_pretrained`",
        )


def _other_sizes(model: Any, rows: Sequence[tuple[str, Sequence[int], Sequence[int]]], shown: str) -> ModelError:
    name, found, wanted = rows[0]
    more = f" ({len(rows) - 1} more tensors differ)" if len(rows) > 1 else ""
    labels = model.config.num_labels
    if list(wanted)[:1] == [labels] and not name.startswith(f"{model.base_model_prefix}."):
        return _other_head(name, found, wanted, shown, more)
    return ModelError(
        f"{shown}: {name} is {_shape(found)} in the weights, {_shape(wanted)} by config.json{more}",
        expected="the config.json that the weights were saved with",
        hint="fetch or save the checkpoint again",
    )


def _other_head(name: str, found: Sequence[int], wanted: Sequence[int], shown: str, more: str = "") -> ModelError:
    return ModelError(
        f"{shown}: config.json names {wanted[0]} labels, the head in the weights has {found[0]} outputs "
        f"({name}: {_shape(found)} in the file, {_shape(wanted)} by config.json){more}",
        expected="one name in `id2label` for each output of the head",
        hint=f"write the {found[0]} names that it was trained with into config.json, in output order",
    )


def _shape(sizes: Sequence[int]) -> str:
    return " x ".join(map(str, sizes)) or "a single number"


def _lacking(name: str, missing: Sequence[str], weights: Weights, shown: str) -> ModelError:
    given = f"{shown} lacks weights of {name}: {_cut(sorted(missing))}; they would be random"
    prefix = _common_prefix(missing, weights.tensors)
    if prefix:
        return ModelError(
            f"{given}. Its tensors are called so with `{prefix}` before the name",
            expected="the names of the model itself",
            hint=_strip(prefix, weights),
        )
    if name.endswith("ForMaskedLM"):
        return ModelError(
            given,
            expected="a checkpoint of pre-training with its head for words",
            hint="name the checkpoint that was saved with its head; one is never initialised at random",
        )
    return ModelError(
        given,
        expected="a checkpoint whose encoder and head were both trained and saved",
        hint=f"train the head first (`finetune:{shown}`), or save the checkpoint again with `save_pretrained`",
    )


def _left_over(name: str, lost: Sequence[str], shown: str) -> ModelError:
    return ModelError(
        f"{shown} holds {listed(lost, 'tensor')} that {name} has no place for; they would be left out without a word",
        expected="weights of which every one is used",
        hint="save it with the class it was trained with, or, if they are none of the model's, without these tensors",
    )


def _common_prefix(missing: Sequence[str], names: Collection[str]) -> str:
    """What stands before a missing name in the files; empty where nothing does."""
    for wanted in missing:
        found = next((name for name in names if name.endswith(f".{wanted}")), None)
        if found is not None:
            return found.removesuffix(wanted)
    return ""


def _prefix_of(name: str) -> str:
    found = _WRAPPER.search(name)
    assert found is not None
    return found.group(0)


def _strip(prefix: str, weights: Weights) -> str:
    """A command that takes a prefix out of the names."""
    where = next(path for path in weights.files if path.suffix == ".safetensors").name
    many = "each safetensors file" if len(weights.files) > 1 else where
    bare = (
        f"k.removeprefix('{prefix}')"
        if all(name.startswith(prefix) for name in weights.tensors)
        else f"k.replace('{prefix}', '')"
    )
    return (
        f'in the folder, for {many}: `python -c "from safetensors.torch import load_file, save_file; '
        f"save_file({{{bare}: v for k, v in load_file('{where}').items()}}, '{where}', "
        "{'format': 'pt'})\"`"
    )
