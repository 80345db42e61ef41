"""The tokenizer files of a checkpoint, and whether a tokenizer can be made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchwright.checkpoints.config import brief, read_object
from benchwright.errors import ModelError
from benchwright.paths import is_file

PATTERNS = (
    "tokenizer.json",
    "tokenizer.*.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.*",
    "vocab-*",
    "merges.txt",
    "bpe.codes",
    "*.model",
    "*.tiktoken",
    "dict.txt",
    "entity_vocab.json",
    "prophetnet.tokenizer",
    "word_shape.json",
    "word_pronunciation.json",
)
"""Files that a tokenizer of `transformers` reads; chat templates are none that matter here."""
_BYTES = frozenset({"canine", "perceiver", "byt5"})
"""Families that read characters or bytes and need no vocabulary."""


def tokenizer_files(folder: Path, model_type: str, shown: str) -> tuple[Path, ...]:
    """The files that decide how texts become tokens, by name; chat templates do not.

    Raises:
        ModelError: There is no vocabulary among them (`transformers` would make an empty one and read every word as
            unknown), or a value of their configuration is none.
    """
    found = tuple(sorted({path for pattern in PATTERNS for path in folder.glob(pattern) if path.is_file()}))
    names = {path.name for path in found}
    if not _has_vocabulary(names) and model_type not in _BYTES:
        there = ", ".join(sorted(names)) or "none of its files"
        lack = "merges.txt" if "vocab.json" in names else "its vocabulary"
        raise ModelError(
            f"{shown} lacks {lack}: the tokenizer is missing or incomplete ({there})",
            expected="tokenizer.json, vocab.txt, vocab.json with merges.txt, or a SentencePiece .model",
            hint="save the tokenizer it was trained with beside it: `tokenizer.save_pretrained(FOLDER)`",
        )
    check_files(folder, shown)
    return found


def _has_vocabulary(names: set[str]) -> bool:
    if {"tokenizer.json", "vocab.txt"} & names or {"vocab.json", "merges.txt"} <= names:
        return True
    return any(name.endswith((".model", ".tiktoken")) for name in names)


MOST_TOKENS = 100_000
"""Added tokens; a vocabulary that is larger belongs into its own file, and each costs the libraries time."""

SPECIAL = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")

_HINT = "save the tokenizer again: `tokenizer.save_pretrained(FOLDER)`"


def check_files(folder: Path, shown: str) -> None:
    """Raise ModelError for a value in ``tokenizer_config.json`` or its kin that no tokenizer can be made with.

    Args:
        folder: The checkpoint.
        shown: How messages call it.
    """
    for name, kinds in _FILES.items():
        if is_file(folder / name):
            found = read_object(folder / name, shown, hint=_HINT)
            for key, value in found.items():
                known = kinds.get(key, kinds.get("*"))
                if known is not None and value is not None and not known[0](value):
                    raise ModelError(
                        f"{shown}: `{brief(key)[1:-1]}` in {name} is {brief(value)}", expected=known[1], hint=_HINT
                    )
            if name == "added_tokens.json" and len(found) > MOST_TOKENS:
                raise ModelError(f"{shown}: {name} has {len(found):,} tokens", expected=f"at most {MOST_TOKENS:,}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _is_token(value: Any) -> bool:
    if not isinstance(value, dict):
        return isinstance(value, str)
    flags = (value.get(name, False) for name in ("lstrip", "rstrip", "normalized", "single_word", "special"))
    return isinstance(value.get("content"), str) and all(map(_is_flag, flags))


def _is_tokens(value: Any) -> bool:
    entries = list(value.values()) if isinstance(value, dict) else value
    return isinstance(entries, list) and len(entries) <= MOST_TOKENS and all(map(_is_token, entries))


def _is_decoder(value: Any) -> bool:
    if not isinstance(value, dict) or not all(key.isdecimal() and len(key) < 10 for key in value):
        return False
    return all(isinstance(entry, dict) for entry in value.values()) and _is_tokens(value)


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(name, str) for name in value)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


Kinds = Mapping[str, tuple[Callable[[Any], bool], str]]
"""Key -> whether a value is of its kind, and what kind that is; ``*`` is any other key."""

_TOKEN = (_is_token, "a token: text, or an object with `content` and flags")
_SIDE = (lambda value: value in ("left", "right"), "left or right")
_FLAG = (_is_flag, "true or false")
_TOKENS = (_is_tokens, f"a list of at most {MOST_TOKENS:,} tokens")

_CONFIG: Kinds = {
    "model_max_length": (_is_number, "a number above 0"),
    "tokenizer_class": (lambda value: isinstance(value, str), "the name of a class"),
    "truncation_side": _SIDE,
    "padding_side": _SIDE,
    "model_input_names": (_is_names, "a list of names"),
    "added_tokens_decoder": (_is_decoder, f"at most {MOST_TOKENS:,} tokens by number, each with its `content`"),
    "additional_special_tokens": _TOKENS,
    "extra_special_tokens": _TOKENS,
    **dict.fromkeys(SPECIAL, _TOKEN),
    **dict.fromkeys(
        (
            "do_lower_case",
            "tokenize_chinese_chars",
            "strip_accents",
            "add_prefix_space",
            "keep_accents",
            "split_by_punct",
        ),
        _FLAG,
    ),
}
_FILES: Mapping[str, Kinds] = {
    "tokenizer_config.json": _CONFIG,
    "special_tokens_map.json": {**dict.fromkeys(SPECIAL, _TOKEN), "additional_special_tokens": _TOKENS},
    "added_tokens.json": {"*": (lambda value: type(value) is int and value >= 0, "the number of the token")},
}
