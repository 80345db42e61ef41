"""The tokenizer files of a checkpoint, and whether a tokenizer can be made of them."""

from __future__ import annotations

from pathlib import Path

from benchwright.errors import ModelError

from .tokenizer_config import check_files

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
