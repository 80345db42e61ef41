"""Tiny random checkpoints of every family, each with a tokenizer of its own type, and the plain loop they are checked by."""

import json
from functools import cache
from pathlib import Path

import numpy as np

NEGATIVE_POSITIVE = ("negative", "positive")
POSITIONS = 48

_WORDS = """
a an the film soup hotel train novel garden teacher phone concert market was is are lovely excellent charming
dreadful boring broken very never not quite woman man boy cook sleeping running eating in on at house street
2009 said that they would have been watching another long and tedious story about nothing wonderful
"""


@cache
def corpus():
    """Sentences that tokenizers are trained on; always the same."""
    draw = np.random.default_rng(7)
    words = _WORDS.split()
    return [" ".join(draw.choice(words, size=int(size))) + "." for size in draw.integers(3, 14, size=300)]


def texts():
    """40 first and second texts: empty, blank, repeated, very long, accented, other scripts, special tokens in words."""
    sentences = corpus()
    firsts = [
        "",
        " ",
        "a",
        "Caf\u00e9 \u2014 na\u00efve, \u00fcber; \u4f60\u597d \u4e16\u754c \U0001f600\u200d\U0001f525",
        "the film was </s> lovely",
        "the film was [SEP] lovely <pad> [PAD]",
        "tail of the text <|endoftext|>",
        " ".join(sentences[:30]),
        "lovely " * 200,
        "\ttabs\nand\r\nlines ",
        "the film was lovely",
        "the film was lovely",
        *sentences[:27],
        sentences[3],
    ]
    seconds = [
        "the film",
        "",
        "",
        "\u0440\u0443\u0441\u0441\u043a\u0438\u0439 \u0442\u0435\u043a\u0441\u0442",
        "a",
        "lovely",
        "x",
        "short",
        "dreadful " * 120,
        "",
        "the soup",
        "the soup",
        *sentences[40:67],
        sentences[43],
    ]
    assert len(firsts) == len(seconds) == 40
    return firsts, seconds


# --- tokenizers ------------------------------------------------------------------------------------------------------


def _specials_first(specials, learned):
    return {token: at for at, token in enumerate([*specials, *(t for t in learned if t not in specials)])}


@cache
def _byte_pairs():
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(corpus(), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return sorted(model["vocab"], key=model["vocab"].get), [tuple(pair) for pair in model["merges"]]


@cache
def _word_pieces():
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=160, special_tokens=["[UNK]"], show_progress=False)
    tokenizer.train_from_iterator(corpus(), trainer)
    vocabulary = tokenizer.get_vocab()
    return sorted(vocabulary, key=vocabulary.get)


@cache
def _unigrams():
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=150, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False)
    tokenizer.train_from_iterator(corpus(), trainer)
    return [(piece, score) for piece, score in json.loads(tokenizer.to_str())["model"]["vocab"] if piece != "<unk>"]


def word_piece_tokenizer():
    from transformers import BertTokenizer

    return BertTokenizer(vocab=_specials_first(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], _word_pieces()))


def roberta_tokenizer():
    from transformers import RobertaTokenizer

    pieces, merges = _byte_pairs()
    return RobertaTokenizer(vocab=_specials_first(["<s>", "<pad>", "</s>", "<unk>", "<mask>"], pieces), merges=merges)


def deberta_tokenizer():
    from transformers import DebertaTokenizer

    pieces, merges = _byte_pairs()
    specials = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]
    return DebertaTokenizer(vocab=_specials_first(specials, pieces), merges=merges)


def gpt2_tokenizer():
    from transformers import GPT2Tokenizer

    pieces, merges = _byte_pairs()
    return GPT2Tokenizer(vocab=_specials_first([], [*pieces, "<|endoftext|>"]), merges=merges)


def modernbert_tokenizer():
    """A byte-level BPE with a template, as a generic fast tokenizer: the form ModernBERT is published in."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    pieces, merges = _byte_pairs()
    vocabulary = _specials_first(["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"], pieces)
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        unk_token="[UNK]",
        mask_token="[MASK]",
        model_input_names=["input_ids", "attention_mask"],
    )


def albert_tokenizer():
    from transformers import AlbertTokenizer

    specials = [(token, 0.0) for token in ("<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]")]
    return AlbertTokenizer(vocab=specials + _unigrams())


def t5_tokenizer():
    from transformers import T5Tokenizer

    specials = [(token, 0.0) for token in ("<pad>", "</s>", "<unk>")]
    return T5Tokenizer(vocab=specials + _unigrams(), extra_ids=0)


def deberta_v3_tokenizer():
    from transformers import DebertaV2Tokenizer

    specials = [(token, 0.0) for token in ("[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]")]
    return DebertaV2Tokenizer(vocab=specials + _unigrams())


# --- configurations --------------------------------------------------------------------------------------------------

_SMALL = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "max_position_embeddings": POSITIONS,
    "initializer_range": 0.2,
}
_DEBERTA = {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "pooler_hidden_size": 32, "type_vocab_size": 0}
_SEQ2SEQ = {"d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_ffn_dim": 48, "decoder_ffn_dim": 48}

FAMILIES = {
    "bert": ("Bert", word_piece_tokenizer, _SMALL),
    "minilm": ("Bert", word_piece_tokenizer, {**_SMALL, "num_hidden_layers": 3, "num_attention_heads": 4}),
    "roberta": (
        "Roberta",
        roberta_tokenizer,
        {**_SMALL, "max_position_embeddings": POSITIONS + 2, "type_vocab_size": 1, "pad_token_id": 1},
    ),
    "deberta": ("Deberta", deberta_tokenizer, {**_SMALL, **_DEBERTA, "position_biased_input": False}),
    "deberta-v3": (
        "DebertaV2",
        deberta_v3_tokenizer,
        {
            **_SMALL,
            **_DEBERTA,
            "position_biased_input": False,
            "position_buckets": 16,
            "share_att_key": True,
            "norm_rel_ebd": "layer_norm",
        },
    ),
    "albert": ("Albert", albert_tokenizer, {**_SMALL, "embedding_size": 16}),
    "electra": ("Electra", word_piece_tokenizer, {**_SMALL, "embedding_size": 16}),
    "distilbert": (
        "DistilBert",
        word_piece_tokenizer,
        {
            "dim": 32,
            "n_layers": 2,
            "n_heads": 2,
            "hidden_dim": 48,
            "max_position_embeddings": POSITIONS,
            "initializer_range": 0.2,
        },
    ),
    "modernbert": (
        "ModernBert",
        modernbert_tokenizer,
        {
            **_SMALL,
            "pad_token_id": 0,
            "cls_token_id": 1,
            "sep_token_id": 2,
            "bos_token_id": 1,
            "eos_token_id": 2,
            "local_attention": 8,
            "global_attn_every_n_layers": 2,
            "classifier_pooling": "mean",
        },
    ),
    "gpt2": (
        "GPT2",
        gpt2_tokenizer,
        {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": POSITIONS, "initializer_range": 0.2},
    ),
    "t5": (
        "T5",
        t5_tokenizer,
        {
            "d_model": 32,
            "d_kv": 16,
            "d_ff": 48,
            "num_layers": 2,
            "num_heads": 2,
            "decoder_start_token_id": 0,
            "initializer_factor": 1.0,
        },
    ),
    "bart": (
        "Bart",
        roberta_tokenizer,
        {
            **_SEQ2SEQ,
            "encoder_attention_heads": 2,
            "decoder_attention_heads": 2,
            "max_position_embeddings": POSITIONS,
            "init_std": 0.2,
            "bos_token_id": 0,
            "pad_token_id": 1,
            "eos_token_id": 2,
            "decoder_start_token_id": 2,
            "forced_eos_token_id": 2,
        },
    ),
}


def save(folder, family="bert", *, labels=NEGATIVE_POSITIVE, head="ForSequenceClassification", seed=0, **changes):
    """Save a random checkpoint of a family with its tokenizer; ``labels`` name its outputs. Returns the folder."""
    import torch
    import transformers

    name, make_tokenizer, sizes = FAMILIES[family]
    tokenizer = make_tokenizer()
    if family == "gpt2" and changes.get("pad_token_id", "unset") == "unset":
        changes["pad_token_id"] = tokenizer.eos_token_id
    if family == "gpt2":
        changes |= {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}
    naming = {"id2label": dict(enumerate(labels)), "label2id": {label: at for at, label in enumerate(labels)}}
    config = getattr(transformers, f"{name}Config")(**{"vocab_size": len(tokenizer), **sizes, **naming, **changes})
    torch.manual_seed(seed)
    model = getattr(transformers, f"{name}{head}")(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.05 * torch.randn_like(parameter))
    folder = Path(folder)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def plain_logits(folder, firsts, seconds=None, *, max_length, truncation="longest_first"):
    """The reference: `transformers` alone, one input at a time, nothing padded. Rows x outputs, float64.

    Texts are given as lists of one, because a single empty second text would be dropped. An input without any token
    (GPT-2 on an empty text) is read as its beginning-of-text token: the model itself cannot read nothing.
    """
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder, **segments(folder))
    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()
    rows = []
    with torch.inference_mode():
        for at, first in enumerate(firsts):
            second = None if seconds is None else [seconds[at]]
            given = tokenizer([first], second, truncation=truncation, max_length=max_length)
            if not given["input_ids"][0]:
                given = {"input_ids": [[tokenizer.bos_token_id]], "attention_mask": [[1]]}
            rows.append(model(**{name: torch.tensor(values) for name, values in given.items()}).logits[0].numpy())
    return np.array(rows, dtype=np.float64)


def segments(folder):
    """What `transformers` 5 must be asked for to give the segment ids that ALBERT is trained with."""
    albert = json.loads((Path(folder) / "config.json").read_text())["model_type"] == "albert"
    return {"model_input_names": ["input_ids", "token_type_ids", "attention_mask"]} if albert else {}


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
