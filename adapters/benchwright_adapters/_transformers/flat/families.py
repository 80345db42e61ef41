"""Which families of the installed `transformers` read buffers: a tiny random model of each is tried as every model is when it is opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .model import FlatModel
from .proof import prove
from .trial import TriedModel

_SMALL: Mapping[str, Any] = {
    "vocab_size": 60,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "max_position_embeddings": 48,
    "initializer_range": 0.2,
    "pad_token_id": 0,
}
_BEHIND = {**_SMALL, "pad_token_id": 1, "max_position_embeddings": 50}
_NARROW = {**_SMALL, "embedding_size": 32}
_ROTARY = {**_SMALL, "bos_token_id": 1, "eos_token_id": 2, "cls_token_id": 1, "sep_token_id": 2}
_BIASED = {**_SMALL, "relative_attention": True, "pos_att_type": ["p2c", "c2p"]}
_STACKED = {"vocab_size": 60, "d_model": 32, "decoder_start_token_id": 0, "pad_token_id": 0}
_BART = {
    **_STACKED,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 32,
    "decoder_ffn_dim": 32,
    "bos_token_id": 0,
    "eos_token_id": 2,
    "pad_token_id": 1,
}

FAMILIES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "bert": ("Bert", _SMALL),
    "roberta": ("Roberta", _BEHIND),
    "xlm-roberta": ("XLMRoberta", _BEHIND),
    "camembert": ("Camembert", _BEHIND),
    "data2vec-text": ("Data2VecText", _BEHIND),
    "electra": ("Electra", _NARROW),
    "albert": ("Albert", _NARROW),
    "distilbert": (
        "DistilBert",
        {"vocab_size": 60, "dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 48, "max_position_embeddings": 48},
    ),
    "ernie": ("Ernie", _SMALL),
    "modernbert": ("ModernBert", {**_ROTARY, "local_attention": 8, "global_attn_every_n_layers": 2}),
    "eurobert": ("EuroBert", _ROTARY),
    "nomic_bert": ("NomicBert", _SMALL),
    "gpt2": (
        "GPT2",
        {"vocab_size": 60, "n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 48, "pad_token_id": 2},
    ),
    "deberta": ("Deberta", _BIASED),
    "deberta-v2": ("DebertaV2", {**_BIASED, "position_buckets": 16}),
    "mpnet": ("MPNet", _BEHIND),
    "roformer": ("RoFormer", _NARROW),
    "convbert": ("ConvBert", {**_NARROW, "head_ratio": 2}),
    "rembert": ("RemBert", {**_SMALL, "input_embedding_size": 16, "output_embedding_size": 16}),
    "mobilebert": (
        "MobileBert",
        {**_SMALL, "embedding_size": 16, "intra_bottleneck_size": 16, "true_hidden_size": 16},
    ),
    "xlnet": ("XLNet", {"vocab_size": 60, "d_model": 32, "n_layer": 2, "n_head": 2, "d_inner": 48}),
    "fnet": ("FNet", _SMALL),
    "big_bird": ("BigBird", {**_SMALL, "attention_type": "original_full"}),
    "t5": ("T5", {**_STACKED, "d_kv": 16, "d_ff": 48, "num_layers": 1, "num_heads": 2}),
    "bart": ("Bart", _BART),
}
"""Family -> beginning of the names of its classes, and a small configuration."""


def try_families() -> Iterator[tuple[str, str]]:
    """Each family, and why it reads no buffers; "" where it does."""
    for family in FAMILIES:
        yield family, try_family(family)


def try_family(family: str) -> str:
    """Why a family reads no buffers here; "" where it does."""
    import torch
    import transformers

    name, sizes = FAMILIES[family]
    make = getattr(transformers, f"{name}ForSequenceClassification", None)
    if make is None:
        return f"transformers {transformers.__version__} has no {name}ForSequenceClassification"
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = make(getattr(transformers, f"{name}Config")(num_labels=2, **sizes)).eval()
    padding = model.config.get_text_config().pad_token_id
    found = prove(TriedModel(model=model, device="cpu", special=frozenset((0, 1, 2, 3)), padding=padding))
    return "" if isinstance(found, FlatModel) else found
