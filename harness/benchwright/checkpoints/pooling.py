"""What a checkpoint of sentence-transformers states of its vectors: ``modules.json``, ``1_Pooling/config.json`` and two more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchwright.checkpoints.config import brief, read_object, read_value
from benchwright.encoders.codec import Pooling
from benchwright.errors import ModelError
from benchwright.paths import exists

MODULES, SENTENCES, PROMPTS = "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json"
PATTERNS = (MODULES, SENTENCES, PROMPTS, "*_Pooling/config.json")
"""Files of a hub repository that are read."""

_USUAL = "1_Pooling"
_POOLINGS: Mapping[str, Pooling] = {"mean": "mean", "cls": "cls", "max": "max"}
_SWITCHES = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
"""Switches of older versions, and the names of newer ones for what each switches on."""

_WIDTHS = ("word_embedding_dimension", "embedding_dimension")


@dataclass(frozen=True, kw_only=True)
class StatedPooling:
    """How a checkpoint says that its vectors are made.

    Attributes:
        pooling: How vectors of tokens become one.
        scaled: Whether it has the module ``Normalize``: vectors of length 1.
        max_length: Most tokens to a text; None where it states none.
        files: What was read and decides the vectors.
        note: What a reader of the numbers must know.
    """

    pooling: Pooling
    scaled: bool
    max_length: int | None
    files: tuple[Path, ...]
    note: str


def read_pooling(folder: Path, shown: str, width: int | None) -> StatedPooling:
    """How a checkpoint says that its vectors are made; the mean over tokens where it says nothing.

    Args:
        folder: The checkpoint.
        shown: How messages call it.
        width: Numbers in a vector, as config.json states it; None: it does not.

    Raises:
        ModelError: It states what is not done here: modules with weights of their own (``Dense``), another pooling or several at
            once, lower-casing before the tokenizer, another width than the encoder's.
    """
    modules = _modules(folder, shown)
    place = folder / modules.get("Pooling", _USUAL) / "config.json"
    if not exists(place):
        if modules:
            raise _refused(
                shown, f"{MODULES} names no pooling that is here", f"{place.relative_to(folder)} beside {MODULES}"
            )
        note = f"no {place.relative_to(folder).as_posix()}: mean over all tokens"
        return StatedPooling(pooling="mean", scaled=False, max_length=None, files=(), note=note)
    config = read_object(place, shown)
    pooling = _stated(config, shown)
    stated = next((config[name] for name in _WIDTHS if config.get(name) is not None), None)
    if None not in (stated, width) and stated != width:
        raise _refused(shown, f"its pooling is for vectors of {brief(stated)} numbers", f"{width}, as config.json says")
    sentences = read_object(folder / SENTENCES, shown) if exists(folder / SENTENCES) else {}
    if sentences.get("do_lower_case"):
        raise _refused(shown, f"{SENTENCES} lower-cases texts before the tokenizer", "do_lower_case false")
    scaled = "Normalize" in modules
    files = [place, *(folder / name for name in (MODULES, SENTENCES) if exists(folder / name))]
    said = f"pooled as {place.relative_to(folder).as_posix()} states: {pooling}"
    prompt = _prompt(folder, shown)
    return StatedPooling(
        pooling=pooling,
        scaled=scaled,
        max_length=_length(sentences, shown),
        files=tuple(files),
        note=said + (", then scaled to length 1 (Normalize)" if scaled else "") + prompt,
    )


def _modules(folder: Path, shown: str) -> dict[str, str]:
    """Class of each module -> its folder; empty where there is no list of them."""
    if not exists(folder / MODULES):
        return {}
    listed = read_value(folder / MODULES, shown)
    if not isinstance(listed, list):
        raise _refused(shown, f"{MODULES} holds {brief(listed)}", "a list of modules")
    found: dict[str, str] = {}
    for module in listed:
        named: dict[str, Any] = module if isinstance(module, dict) else {}
        name, path = str(named.get("type")).rpartition(".")[2], str(named.get("path", ""))
        is_inside = path not in ("..", ".") and not {"/", "\\"} & set(path)
        if name not in ("Transformer", "Pooling", "Normalize") or not is_inside or name in found:
            raise _refused(
                shown, f"{MODULES} names {brief(module)}", "one Transformer, one Pooling, at most one Normalize"
            )
        found[name] = path
    if list(found)[:2] != ["Transformer", "Pooling"]:
        raise _refused(
            shown, f"{MODULES} names {', '.join(found) or 'nothing'}", "Transformer, Pooling, and Normalize or nothing"
        )
    if found["Transformer"]:
        raise _refused(shown, f"the encoder lies in {found['Transformer']}", "an encoder beside modules.json")
    return found


def _stated(config: Mapping[str, Any], shown: str) -> Pooling:
    named = config.get("pooling_mode")
    if named is None:
        named = [name for switch, name in _SWITCHES.items() if config.get(switch)]
    modes = [named] if isinstance(named, str) else named
    if not isinstance(modes, list) or len(modes) != 1 or modes[0] not in _POOLINGS:
        told = " and ".join(map(str, modes)) if isinstance(modes, list) and modes else brief(named)
        raise _refused(shown, f"its pooling is {told}", f"one of: {', '.join(_POOLINGS)}")
    return _POOLINGS[modes[0]]


def _length(sentences: Mapping[str, Any], shown: str) -> int | None:
    stated = sentences.get("max_seq_length")
    if stated is not None and (type(stated) is not int or stated < 1):
        raise _refused(shown, f"max_seq_length is {brief(stated)} in {SENTENCES}", "a whole number, at least 1")
    return stated


def _prompt(folder: Path, shown: str) -> str:
    """What is said of a prompt that sentence-transformers would put before each text."""
    config = read_object(folder / PROMPTS, shown) if exists(folder / PROMPTS) else {}
    name = config.get("default_prompt_name")
    return "" if name is None else f"; its default prompt {brief(name)} is not put before texts"


def _refused(shown: str, given: str, expected: str) -> ModelError:
    return ModelError(
        f"{shown}: {given}",
        expected=expected,
        hint="name a pooling: ?pooling=mean, ?pooling=cls or ?pooling=max",
    )
