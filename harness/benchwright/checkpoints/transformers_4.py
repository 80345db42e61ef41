"""What transformers 4 did and 5 does no more: tokenizers made of vocabulary files alone, and segment ids class by class."""

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


def _names(text: str) -> list[str]:
    return text.split()


_WITHOUT = frozenset(
    _names(
        "Bart Barthez Bartpho BertGeneration BigBird BioGpt Blenderbot Bloom ByT5 CLIP Camembert Clvp CodeGen CodeLlama Cohere "
        "CpmAnt DPRReader Dia DistilBert ErnieM Esm FSMT FastSpeech2Conformer GPT2 GPTNeoX GPTNeoXJapanese GPTSw3 Gemma Jukebox "
        "LED LayoutLMv3 LayoutXLM Llama Longformer Luke M2M100 MBart MBart50 MLuke MPNet MT5 Marian Mvp MyT5 Nllb Nougat OpenAIGPT "
        "PLBart Pegasus Perceiver ProphetNet Qwen2 Reformer RetriBert Roberta SeamlessM4T Siglip Speech2Text Speech2Text2 SpeechT5 "
        "T5 Tapex TransfoXL Udop Vits Wav2Vec2 Wav2Vec2CTC Wav2Vec2PhonemeCTC Whisper XGLM XLMProphetNet XLMRoberta"
    )
)
"""Tokenizer classes of transformers 4.57.6 whose ``model_input_names`` lack ``token_type_ids``, without ``Tokenizer(Fast)``."""

_WITH = frozenset(
    _names(
        "Albert Bert BertJapanese Bertweet BlenderbotSmall CTRL Canine ConvBert Cpm DPRContextEncoder DPRQuestionEncoder Deberta "
        "DebertaV2 Electra FNet Flaubert Funnel GPTSanJapanese Herbert LayoutLM LayoutLMv2 Lxmert MarkupLM MobileBert Phobert "
        "PreTrained Realm RemBert RoCBert RoFormer Splinter SqueezeBert Tapas XLM XLNet"
    )
)
"""Those that have it; ``PreTrained`` is the generic class, ``PreTrainedTokenizerFast``."""


def gives_segments(tokenizer_class: str, tokenizer_config: Mapping[str, Any], config: Mapping[str, Any]) -> bool:
    """Whether inputs have ``token_type_ids``; a model whose forward pass does not take them never gets them.

    Args:
        tokenizer_class: Class that the checkpoint names, or that was found for it.
        tokenizer_config: ``tokenizer_config.json``.
        config: ``config.json`` of the model.
    """
    named = tokenizer_config.get("model_input_names")
    if isinstance(named, list):
        return "token_type_ids" in named
    family = tokenizer_class.removesuffix("Fast").removesuffix("Tokenizer")
    if family in _WITH or family in _WITHOUT:
        return family in _WITH
    counted = config.get("type_vocab_size")
    return isinstance(counted, int) and counted > 1
