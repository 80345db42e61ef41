"""Whether a model is given segment ids: as in transformers 4, whose tokenizers named their inputs class by class.

Since transformers 5 most classes leave segment ids out unless asked, whatever the model was trained with. What a class gave
until 4.57 is how checkpoints of it were trained, so that decides; a checkpoint that names its inputs itself comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


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
