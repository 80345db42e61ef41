"""Operations of a forward pass, from a configuration alone, for the families whose every matrix product is known here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchwright.encoders.work import EncoderWork

_POOLED = frozenset({"bert", "ernie", "roberta", "xlm-roberta", "camembert", "albert"})
"""Families whose encoder without a head still computes its pooler."""

_NARROW = frozenset({"albert", "electra"})
"""Families whose embeddings may be narrower than their layers, and whose head for words is as narrow."""

FAMILIES = _POOLED | _NARROW | {"distilbert"}

_ROW_HEADS = ("ForSequenceClassification", "ForMultipleChoice")
_TOKEN_HEADS = ("ForTokenClassification", "ForQuestionAnswering")


@dataclass(frozen=True, kw_only=True)
class _Sizes:
    """Layers, width, width of the feed-forward part, width of embeddings, words."""

    layers: int
    width: int
    inner: int
    embedding: int
    words: int


def read_work(config: Mapping[str, Any], architecture: str) -> EncoderWork | str:
    """Operations of a model by the formula for dense encoders, or why they are not known.

    For L layers of width h with a feed-forward part of width f, a row of s tokens costs
    ``2 L (4 h^2 + 2 h f) s + 4 L h s^2``: the four projections of attention and the two of the feed-forward part for each token, and
    scores and weighted sums for each pair of tokens. Shared layers (ALBERT) are computed as often as any others. Embeddings of width e
    that are not as wide as the layers cost ``2 e h`` for each token. Heads: a dense layer and the outputs, ``2 h^2 + 2 h n`` for
    each row; ``2 h n`` for each token; ``2 h^2 + 2 h V`` for each position whose words are scored.

    Args:
        config: Configuration with every default written out, as ``config.to_dict()`` of an open model.
        architecture: Name of the class that computes: ``BertForSequenceClassification``, ``BertModel``.

    Returns:
        What a token, a pair of tokens, a row and a position that is read cost, or a sentence.
    """
    family = str(config.get("model_type"))
    if family not in FAMILIES:
        return f"the operations of {family} are not counted here; they are of: {', '.join(sorted(FAMILIES))}"
    unusual = _unusual(config)
    if unusual:
        return f"the operations of {family} with {unusual} are not counted here"
    sizes = _sizes(config, family)
    if isinstance(sizes, str):
        return f"config.json does not say {sizes}"
    h = sizes.width
    per_token = 2 * sizes.layers * (4 * h * h + 2 * h * sizes.inner)
    per_pair = 4 * sizes.layers * h
    if family == "albert" or (family == "electra" and sizes.embedding != h):
        per_token += 2 * sizes.embedding * h
    outputs = len(config.get("id2label") or {}) or int(config.get("num_labels") or 2)
    if architecture.endswith(_ROW_HEADS):
        chosen = 1 if architecture.endswith("ForMultipleChoice") else outputs
        return EncoderWork(per_token=per_token, per_pair=per_pair, per_row=2 * h * h + 2 * h * chosen)
    if architecture.endswith(_TOKEN_HEADS):
        return EncoderWork(per_token=per_token + 2 * h * outputs, per_pair=per_pair)
    if architecture.endswith("ForMaskedLM"):
        e = sizes.embedding if family in _NARROW else h
        return EncoderWork(per_token=per_token, per_pair=per_pair, per_read=2 * h * e + 2 * e * sizes.words)
    if architecture.endswith("Model"):
        return EncoderWork(per_token=per_token, per_pair=per_pair, per_row=2 * h * h if family in _POOLED else 0)
    return f"the operations of the head of {architecture} are not counted here"


def _unusual(config: Mapping[str, Any]) -> str:
    """What makes a model of a known family compute more or less than the formula says; empty: nothing."""
    if config.get("is_decoder") or config.get("add_cross_attention"):
        return "a decoder"
    if config.get("position_embedding_type", "absolute") not in ("absolute", None):
        return "relative positions"
    if config.get("pruned_heads"):
        return "pruned heads"
    return ""


def _sizes(config: Mapping[str, Any], family: str) -> _Sizes | str:
    """Sizes of a model, or the name of one that is not there."""
    names = {
        "layers": "n_layers" if family == "distilbert" else "num_hidden_layers",
        "width": "dim" if family == "distilbert" else "hidden_size",
        "inner": "hidden_dim" if family == "distilbert" else "intermediate_size",
        "words": "vocab_size",
    }
    if family in _NARROW:
        names["embedding"] = "embedding_size"
    found = {}
    for field, name in names.items():
        value = config.get(name)
        if type(value) is not int or value < 1:
            return name
        found[field] = value
    inside = config.get("inner_group_num", 1) if family == "albert" else 1
    return _Sizes(
        layers=found["layers"] * inside,
        width=found["width"],
        inner=found["inner"],
        embedding=found.get("embedding", found["width"]),
        words=found["words"],
    )
