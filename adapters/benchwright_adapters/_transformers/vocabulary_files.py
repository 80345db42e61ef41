"""Tokenizers from vocabulary files alone, converted as transformers 4 converted them.

Where a checkpoint has no ``tokenizer.json``, `transformers` 5 builds its classes from the pieces of a SentencePiece model or a
``vocab.json`` and forgets how some of them cleaned and framed texts: double separators for DeBERTa, unnormalised texts for
ALBERT, XLNet, T5, DeBERTa-v2 and BigBird. The converters of transformers 4 are still in the library; they are given here
what they asked of the old tokenizers.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchwright import documents
from benchwright.paths import is_file

_CLEANING: Mapping[str, Mapping[str, Any]] = {
    "Albert": {"do_lower_case": True, "keep_accents": False},
    "Barthez": {},
    "BigBird": {},
    "Camembert": {},
    "DebertaV2": {"do_lower_case": False, "split_by_punct": False},
    "FNet": {"do_lower_case": False, "keep_accents": True},
    "MBart": {},
    "Reformer": {},
    "RemBert": {"do_lower_case": False, "keep_accents": True},
    "T5": {"extra_ids": 100, "legacy": True, "add_prefix_space": True},
    "XLMRoberta": {},
    "XLNet": {"do_lower_case": False, "keep_accents": False},
}
"""Classes that read a SentencePiece model, and what their options were where tokenizer_config.json said nothing."""

_MODELS = ("spiece.model", "spm.model", "sentencepiece.bpe.model", "sentencepiece.model")
_SAME = {"MT5": "T5"}


def convert_files(folder: Path, tokenizer_class: str, tokenizer_config: Mapping[str, Any]) -> tuple[Any, str] | None:
    """A tokenizer of `tokenizers` and the file it was made of; None for a class that needs no help.

    Args:
        folder: Holds the vocabulary.
        tokenizer_class: Class of the checkpoint.
        tokenizer_config: ``tokenizer_config.json``.
    """
    family = tokenizer_class.removesuffix("Fast").removesuffix("Tokenizer")
    family = _SAME.get(family, family)
    if family == "Deberta":
        return _convert_pairs(folder)
    file = next((folder / name for name in _MODELS if is_file(folder / name)), None)
    if family not in _CLEANING or file is None:
        return None
    wanted = {name: tokenizer_config.get(name, usual) for name, usual in _CLEANING[family].items()}
    old = SimpleNamespace(vocab_file=str(file), **{name: value for name, value in wanted.items() if value is not None})
    old._extra_ids = wanted.get("extra_ids", 0)  # noqa: SLF001 - the converter's name for it
    converter = _converter(f"{family}Tokenizer", old)
    if converter is None:
        return None
    ids = {piece: at for at, (piece, _) in reversed(list(enumerate(converter.vocab(converter.proto))))}
    old.convert_tokens_to_ids = ids.get
    return converter.converted(), file.name


def _convert_pairs(folder: Path) -> tuple[Any, str] | None:
    """DeBERTa, from ``vocab.json`` and ``merges.txt``; its pairs have one separator between them."""
    files = folder / "vocab.json", folder / "merges.txt"
    if not all(is_file(file) for file in files):
        return None
    encoder = documents.read_json(files[0].read_bytes())
    lines = files[1].read_text(encoding="utf-8").split("\n")
    merges = [tuple(line.split()) for line in lines if len(line.split()) == 2 and not line.startswith("#version")]
    old = SimpleNamespace(
        encoder=encoder, bpe_ranks=dict.fromkeys(merges), add_prefix_space=False, convert_tokens_to_ids=encoder.get
    )
    converter = _converter("DebertaTokenizer", old)
    return None if converter is None else (converter.converted(), files[0].name)


def _converter(name: str, old: SimpleNamespace) -> Any:
    """The converter of a class; None in a release that has it no more."""
    try:
        from transformers.convert_slow_tokenizer import SLOW_TO_FAST_CONVERTERS
    except ImportError:
        return None
    make = SLOW_TO_FAST_CONVERTERS.get(name)
    return None if make is None else make(old)
