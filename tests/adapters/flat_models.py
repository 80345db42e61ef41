"""Tiny random models of every family that may read buffers, and what `transformers` gives for one text at a time."""

from functools import cache

import numpy as np

from benchwright.encoders.flat import Buffer

VOCABULARY = 60
SPECIAL = frozenset((0, 1, 2, 3))
LENGTHS = (40, 33, 33, 20, 9, 9, 9, 4, 3, 1)
"""Tokens of the texts of a buffer, longest first: some alike, and one of a single token."""

_SMALL = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "max_position_embeddings": 48,
    "initializer_range": 0.2,
    "pad_token_id": 0,
}
_BEHIND = {**_SMALL, "max_position_embeddings": 50, "pad_token_id": 1, "type_vocab_size": 1}
_ROTARY = {"bos_token_id": 1, "eos_token_id": 2, "max_position_embeddings": 64}
_MODERN = {"cls_token_id": 1, "sep_token_id": 2, "local_attention": 8, "global_attn_every_n_layers": 2, **_ROTARY}

FLAT = {
    "bert": ("Bert", _SMALL),
    "roberta": ("Roberta", _BEHIND),
    "xlm-roberta": ("XLMRoberta", _BEHIND),
    "camembert": ("Camembert", _BEHIND),
    "electra": ("Electra", {**_SMALL, "embedding_size": 16}),
    "albert": ("Albert", {**_SMALL, "embedding_size": 16}),
    "distilbert": (
        "DistilBert",
        {
            "dim": 32,
            "n_layers": 2,
            "n_heads": 2,
            "hidden_dim": 48,
            "max_position_embeddings": 48,
            "initializer_range": 0.2,
            "pad_token_id": 0,
        },
    ),
    "ernie": ("Ernie", _SMALL),
    "modernbert": ("ModernBert", {**_SMALL, **_MODERN, "classifier_pooling": "cls"}),
    "modernbert, mean": ("ModernBert", {**_SMALL, **_MODERN, "classifier_pooling": "mean"}),
    "eurobert, late": ("EuroBert", {**_SMALL, **_ROTARY, "num_key_value_heads": 1, "classifier_pooling": "late"}),
    "eurobert, mean": ("EuroBert", {**_SMALL, **_ROTARY, "classifier_pooling": "mean"}),
    "gpt2": (
        "GPT2",
        {
            "n_embd": 32,
            "n_layer": 2,
            "n_head": 2,
            "n_positions": 48,
            "initializer_range": 0.2,
            "pad_token_id": 2,
            "bos_token_id": 2,
            "eos_token_id": 2,
        },
    ),
    "nomic_bert": ("NomicBert", {**_SMALL, **_ROTARY}),
}
"""Families that read buffers, with their class and a small configuration."""

_BIASED = {**_SMALL, "relative_attention": True, "pos_att_type": ["p2c", "c2p"], "type_vocab_size": 0}

BUCKETS = {
    "deberta-v2": ("DebertaV2", {**_BIASED, "position_buckets": 16}),
    "mpnet": ("MPNet", {**_SMALL, "max_position_embeddings": 50, "pad_token_id": 1}),
    "roformer": ("RoFormer", {**_SMALL, "embedding_size": 32}),
    "convbert": ("ConvBert", {**_SMALL, "embedding_size": 32, "head_ratio": 2}),
    "rembert": ("RemBert", {**_SMALL, "input_embedding_size": 16, "output_embedding_size": 16}),
    "mobilebert": (
        "MobileBert",
        {
            **_SMALL,
            "embedding_size": 16,
            "intra_bottleneck_size": 16,
            "true_hidden_size": 16,
            "num_feedforward_networks": 1,
        },
    ),
}
"""Families that read rows of one length."""


@cache
def make(family, head="ForSequenceClassification"):
    """A random model of a family in evaluation mode; do not change it."""
    import torch
    import transformers

    name, sizes = (FLAT | BUCKETS)[family]
    torch.manual_seed(3)
    config = getattr(transformers, f"{name}Config")(vocab_size=VOCABULARY, num_labels=2, **sizes)
    model = getattr(transformers, f"{name}{head}")(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.05 * torch.randn_like(parameter))
    return model


def buffer_of(texts, *, tokens=None, segments=None, reads=None, rows=None):
    """Texts as lists of ids, one after the other, filled up with zeros."""
    offsets = np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype(np.int64)
    size = int(offsets[-1]) if tokens is None else tokens
    columns = {"input_ids": np.zeros(size, dtype=np.int64), "token_type_ids": np.zeros(size, dtype=np.int64)}
    columns["input_ids"][: offsets[-1]] = np.concatenate(texts)
    if segments is not None:
        columns["token_type_ids"][: offsets[-1]] = np.concatenate(segments)
    found = np.arange(len(texts)) if rows is None else rows
    return Buffer(rows=found, columns=columns, offsets=offsets, reads=reads)


def draw_texts(lengths=LENGTHS, seed=5):
    """Random tokens without special ids, another draw than that of the proof."""
    draw = np.random.default_rng(seed)
    return [draw.integers(4, VOCABULARY, size=length) for length in lengths]


def plain(model, text, segments=None):
    """Outputs of the unchanged class for one text, with the attention that `transformers` gives it by itself."""
    import inspect

    import torch

    given = {"input_ids": text, "attention_mask": np.ones_like(text)}
    if segments is not None and "token_type_ids" in inspect.signature(model.forward).parameters:
        given["token_type_ids"] = segments
    shape = (1, 1, -1) if type(model).__name__.endswith("ForMultipleChoice") else (1, -1)
    with torch.inference_mode():
        found = model(**{name: torch.from_numpy(values).reshape(shape) for name, values in given.items()})
    return {name: values[0].numpy() for name, values in found.items() if hasattr(values, "numpy")}
