"""Make the checkpoints that `test_families_like_transformers_4.py` is checked by, with transformers 4.57 in its own environment.

    python tests/reference/make_transformers_4_57.py [--environment FOLDER]

makes a virtual environment with transformers 4.57 (the last release before tokenizers were rebuilt) and in it, from a seed, a
tiny checkpoint of each family with the tokens, segment ids and outputs that 4.57 gives for the rows of `rows.json`. What it
writes is committed: `transformers_4_57/FAMILY/` with the checkpoint and `expected.npz`. It is run again only to add a family.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent / "transformers_4_57"
PACKAGES = ("transformers==4.57.6", "torch==2.13.0", "sentencepiece", "protobuf", "numpy")
SEED = 20260
LONGEST = 64
LONGEST_OF_TOKENS = 160
_TEXT = """a an the film soup hotel train novel garden teacher phone concert market was is are lovely excellent charming dreadful
boring broken very never not quite woman man boy cook sleeping running eating in on at house street Paris London Anna final
first office fine difficult caf\u00e9 na\u00efve \u00fcber 2009 314 15 7 said that they would have been watching another long and tedious
story about nothing wonderful "quoted" it's don't (maybe) e-mail U.S. ... , ; ! ?"""
WORDS = _TEXT.split()
TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


def main():
    """Outside: make the environment and go in; inside: make everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--environment", type=Path, help="where it lies or is to lie; default: a folder that is removed"
    )
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("families", nargs="*", help="default: all")
    given = parser.parse_args()
    if given.inside:
        make_all(given.families)
        return
    with tempfile.TemporaryDirectory() as spare:
        place = given.environment or Path(spare) / "environment"
        python = place / "bin" / "python"
        if not python.exists():
            venv.create(place, with_pip=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        command = [python, "-P", __file__, "--inside", *given.families]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": "", "HF_HUB_OFFLINE": "1"})


# --- texts -----------------------------------------------------------------------------------------------------------


def sentences(seed, count):
    """Random sentences."""
    import numpy as np

    draw = np.random.default_rng(seed)
    return [" ".join(draw.choice(WORDS, size=int(size))) for size in draw.integers(3, 14, size=count)]


def oddly(text, number):
    """The same text in characters that normalizers treat apart, another way for each number."""
    import unicodedata

    wide = {ord("0") + at: 0xFF10 + at for at in range(10)} | {ord("a") + at: 0xFF41 + at for at in range(26)}
    ways = (
        lambda t: t.translate({key: wide[key] for key in range(ord("0"), ord("9") + 1)}) + " \uff13\uff15\u2026",
        lambda t: t.replace("...", "\u2026").replace("fi", "\ufb01").replace("ff", "\ufb00") + "\u2026 \ufb01ne",
        lambda t: t.replace(" ", "\u00a0", 2),
        lambda t: unicodedata.normalize("NFD", t) + " cafe\u0301 A\u030angstro\u0308m",
        lambda t: t + " \U0001f600 \u4f60\u597d \u0440\u0443\u0441\u0441\u043a\u0438\u0439",
        lambda t: t.upper() + " \u0130stanbul STRASSE Stra\u00dfe",
        lambda t: "  " + t.replace(" ", "  ", 3) + "\t\n ",
        lambda t: t.translate(wide),
        lambda t: t.replace("it's", "it\u2019s") + " \u201cx\u201d \u2460 \u00bd \u2122 x\u00b2",
        lambda t: t + " zero\u200bwidth\u200d\ufeff soft\u00adhyphen",
        lambda t: "``" + t + "'' <b> [x] # @",
        lambda t: t + "\u2028next\u3000wide",
    )
    return ways[number % len(ways)](text)


def make_rows():
    """200 rows: 100 texts, 100 pairs, every fourth with odd characters."""
    texts = sentences(SEED, 300)
    firsts, seconds = texts[:200], [None] * 100 + texts[200:]
    for at in range(0, 200, 4):
        firsts[at] = oddly(firsts[at], at // 4)
        if seconds[at]:
            seconds[at] = oddly(seconds[at], at // 4 + 5)
    firsts[1], firsts[2], firsts[3], seconds[101], firsts[102] = "", " ", "\u2026", "", ""
    return [[first] if second is None else [first, second] for first, second in zip(firsts, seconds, strict=True)]


# --- vocabularies ----------------------------------------------------------------------------------------------------


def rules(folder):
    """A small table of normalizations, compiled into a SentencePiece model as the large ones of Unicode are."""
    table = {0xFF10 + at: str(at) for at in range(10)} | {0xFF41 + at: chr(97 + at) for at in range(26)}
    table |= {0x2026: "...", 0xFB01: "fi", 0xFB00: "ff", 0xA0: " ", 0x3000: " ", 0x2460: "1", 0xBD: "1/2", 0x2122: "TM"}
    table |= {0x9: " ", 0xA: " ", 0x2028: " ", 0xAD: "", 0xFEFF: "", 0x200B: " "}
    path = Path(folder) / "rules.tsv"
    lines = [f"{key:X}\t{' '.join(f'{ord(char):X}' for char in value)}" for key, value in sorted(table.items())]
    path.write_text("\n".join(lines) + "\n")
    return path


def pieces(folder, name, **options):
    """A SentencePiece model of 170 pieces."""
    import sentencepiece

    path = Path(folder) / name
    texts = [text.lower() if options.get("lower") else text for text in sentences(SEED + 1, 900)]
    options.pop("lower", None)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_prefix=str(path.with_suffix("")),
        vocab_size=170,
        hard_vocab_limit=False,
        character_coverage=1.0,
        normalization_rule_tsv=str(rules(folder)),
        minloglevel=2,
        **options,
    )
    return str(path)


ALBERT = {"pad_id": 0, "unk_id": 1, "bos_id": -1, "eos_id": -1, "control_symbols": ["[CLS]", "[SEP]", "[MASK]"]}
DEBERTA = {"pad_id": 0, "pad_piece": "[PAD]", "bos_id": 1, "bos_piece": "[CLS]", "eos_id": 2, "eos_piece": "[SEP]"}
DEBERTA |= {"unk_id": 3, "unk_piece": "[UNK]"}
XLNET = {"unk_id": 0, "bos_id": 1, "eos_id": 2}
XLNET |= {"control_symbols": ["<cls>", "<sep>", "<pad>", "<mask>", "<eod>"], "user_defined_symbols": ["<eop>"]}
T5 = {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1}
FAIRSEQ = {"unk_id": 0, "bos_id": 1, "eos_id": 2}
BIG_BIRD = {"pad_id": 0, "eos_id": 1, "bos_id": 2, "unk_id": 3, "control_symbols": ["[CLS]", "[SEP]", "[MASK]"]}


def word_pieces(folder, *, lower=True, specials=("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")):
    """vocab.txt."""
    from tokenizers import BertWordPieceTokenizer

    tokenizer = BertWordPieceTokenizer(lowercase=lower)
    tokenizer.train_from_iterator(sentences(SEED + 1, 900), vocab_size=260, special_tokens=["[UNK]"])
    vocabulary = tokenizer.get_vocab()
    learned = [token for token in sorted(vocabulary, key=vocabulary.get) if token not in specials]
    path = Path(folder) / "vocab.txt"
    path.write_text("\n".join([*specials, *(token for token in learned if token != "[UNK]")]) + "\n", encoding="utf-8")
    return str(path)


def byte_pairs(folder, specials):
    """vocab.json and merges.txt."""
    from tokenizers import ByteLevelBPETokenizer

    tokenizer = ByteLevelBPETokenizer()
    tokenizer.train_from_iterator(sentences(SEED + 1, 900), vocab_size=420, special_tokens=specials)
    tokenizer.save_model(str(folder))
    return str(Path(folder) / "vocab.json"), str(Path(folder) / "merges.txt")


# --- families --------------------------------------------------------------------------------------------------------

SMALL = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "max_position_embeddings": LONGEST,
    "initializer_range": 0.3,
}
FAIRSEQ_SIZES = {**SMALL, "max_position_embeddings": LONGEST + 2, "type_vocab_size": 1, "pad_token_id": 1}
RELATIVE = {"relative_attention": True, "pos_att_type": ["c2p", "p2c"], "position_biased_input": False}
RELATIVE |= {"pooler_hidden_size": 32, "type_vocab_size": 0}
XLNET_SIZES = {"d_model": 32, "n_layer": 2, "n_head": 2, "d_inner": 48, "initializer_range": 0.3}
FUNNEL = {"d_model": 32, "block_sizes": [1, 1], "n_head": 2, "d_head": 16, "d_inner": 48, "num_decoder_layers": 1}
T5_SIZES = {"d_model": 32, "d_kv": 16, "d_ff": 48, "num_layers": 2, "num_heads": 2, "decoder_start_token_id": 0}
BART = {"d_model": 32, "encoder_layers": 2, "decoder_layers": 1, "encoder_ffn_dim": 48, "decoder_ffn_dim": 48}
BART |= {
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "max_position_embeddings": LONGEST,
    "init_std": 0.3,
}
MODERN = {"local_attention": 16, "global_attn_every_n_layers": 2, "classifier_pooling": "mean", "pad_token_id": 0}
MODERN |= {"cls_token_id": 1, "sep_token_id": 2, "bos_token_id": 1, "eos_token_id": 2}


def generic(folder, tokenizer, **options):
    """A tokenizer of no family."""
    from transformers import PreTrainedTokenizerFast

    specials = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "cls", "sep", "unk", "mask")}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **specials, **options)


def generic_word_pieces(folder):
    """A BERT tokenizer without a class of its own."""
    from transformers import BertTokenizerFast

    return generic(folder, BertTokenizerFast(vocab_file=word_pieces(folder)).backend_tokenizer)


def modern(folder):
    """A byte-level tokenizer with a template, in the form ModernBERT is published in."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

    specials = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]
    tokenizer = Tokenizer(models.BPE.from_file(*byte_pairs(folder, specials)))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return generic(folder, tokenizer, model_input_names=["input_ids", "attention_mask"])


def of_pieces(tokenizer_class, name, wanted, **options):
    """Maker of a tokenizer of a class from a SentencePiece model of its own."""

    def make(folder):
        import transformers

        return getattr(transformers, tokenizer_class)(vocab_file=pieces(folder, name, **wanted), **options)

    return make


def of_words(tokenizer_class, **options):
    """Maker of a tokenizer of a class from a vocab.txt of its own."""

    def make(folder):
        import transformers

        specials = options.pop("specials", None)
        path = word_pieces(folder, **({"specials": specials} if specials else {}))
        return getattr(transformers, tokenizer_class)(vocab_file=path, **options)

    return make


def of_bytes(tokenizer_class, specials, **options):
    """Maker of a tokenizer of a class from a vocab.json and merges.txt of its own."""

    def make(folder):
        import transformers

        vocab, merges = byte_pairs(folder, list(specials))
        return getattr(transformers, tokenizer_class)(vocab_file=vocab, merges_file=merges, **options)

    return make


BERT_SPECIALS = ("[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]")
ROBERTA_SPECIALS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
LABELS = "ForSequenceClassification"

FAMILIES = {
    "bert": ("Bert", of_words("BertTokenizerFast"), SMALL),
    "bert-generic": ("Bert", generic_word_pieces, SMALL),
    "roberta": ("Roberta", of_bytes("RobertaTokenizerFast", ROBERTA_SPECIALS), FAIRSEQ_SIZES),
    "deberta": ("Deberta", of_bytes("DebertaTokenizerFast", BERT_SPECIALS), {**SMALL, **RELATIVE}),
    "deberta-v2": (
        "DebertaV2",
        of_pieces("DebertaV2TokenizerFast", "spm.model", DEBERTA),
        {**SMALL, **RELATIVE, "position_buckets": 16, "share_att_key": True, "norm_rel_ebd": "layer_norm"},
    ),
    "albert": (
        "Albert",
        of_pieces("AlbertTokenizerFast", "spiece.model", {**ALBERT, "lower": True}),
        {**SMALL, "embedding_size": 16},
    ),
    "electra": ("Electra", of_words("ElectraTokenizerFast"), {**SMALL, "embedding_size": 16}),
    "distilbert": (
        "DistilBert",
        of_words("DistilBertTokenizerFast", do_lower_case=False),
        {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 48, "max_position_embeddings": LONGEST}
        | {"initializer_range": 0.3},
    ),
    "xlnet": ("XLNet", of_pieces("XLNetTokenizerFast", "spiece.model", XLNET), XLNET_SIZES),
    "rembert": (
        "RemBert",
        of_pieces("RemBertTokenizerFast", "sentencepiece.model", ALBERT),
        {**SMALL, "input_embedding_size": 16, "output_embedding_size": 16},
    ),
    "mpnet": (
        "MPNet",
        of_words("MPNetTokenizerFast", specials=("<s>", "<pad>", "</s>", "[UNK]", "<mask>")),
        {**SMALL, "max_position_embeddings": LONGEST + 2, "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2},
    ),
    "gpt2": (
        "GPT2",
        of_bytes("GPT2TokenizerFast", ("<|endoftext|>",)),
        {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": LONGEST, "initializer_range": 0.3, "pad_token_id": 0},
    ),
    "t5": ("T5", of_pieces("T5TokenizerFast", "spiece.model", T5, extra_ids=10, add_prefix_space=True), T5_SIZES),
    "modernbert": ("ModernBert", modern, {**SMALL, **MODERN}),
    "funnel": (
        "Funnel",
        of_words(
            "FunnelTokenizerFast",
            specials=("<pad>", "<unk>", "<cls>", "<sep>", "<mask>", "<s>", "</s>"),
        ),
        {**FUNNEL, "initializer_std": 0.3},
    ),
    "xlm-roberta": (
        "XLMRoberta",
        of_pieces("XLMRobertaTokenizerFast", "sentencepiece.bpe.model", FAIRSEQ),
        FAIRSEQ_SIZES,
    ),
    "camembert": (
        "Camembert",
        of_pieces("CamembertTokenizerFast", "sentencepiece.bpe.model", FAIRSEQ),
        FAIRSEQ_SIZES,
    ),
    "bart": ("Bart", of_bytes("BartTokenizerFast", ROBERTA_SPECIALS), BART),
    "big-bird": (
        "BigBird",
        of_pieces("BigBirdTokenizerFast", "spiece.model", BIG_BIRD),
        {**SMALL, "attention_type": "original_full", "pad_token_id": 0},
    ),
    "fnet": ("FNet", of_pieces("FNetTokenizerFast", "spiece.model", ALBERT), {**SMALL, "type_vocab_size": 4}),
}

HEADS = {
    "albert-tag": ("albert", "ForTokenClassification", TAGS),
    "albert-span": ("albert", "ForQuestionAnswering", ("start", "end")),
    "albert-choice": ("albert", "ForMultipleChoice", ("score",)),
    "xlnet-tag": ("xlnet", "ForTokenClassification", TAGS),
    "xlnet-span": ("xlnet", "ForQuestionAnsweringSimple", ("start", "end")),
    "xlnet-choice": ("xlnet", "ForMultipleChoice", ("score",)),
    "deberta-v2-tag": ("deberta-v2", "ForTokenClassification", TAGS),
    "t5-tag": ("t5", "ForTokenClassification", TAGS),
}


# --- making ----------------------------------------------------------------------------------------------------------


def make_all(wanted):
    """The rows, and every family, or those that are named."""
    HERE.mkdir(exist_ok=True)
    rows = make_rows()
    text = json.dumps(rows, ensure_ascii=True, indent=0)
    (HERE / "rows.json").write_text(text + "\n")
    named = {name: (name, LABELS, ("bad", "good")) for name in FAMILIES} | HEADS
    for name in wanted or named:
        family, head, labels = named[name]
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        save(folder, family, head, labels)
        expect(folder, head, rows)
        size = sum(path.stat().st_size for path in folder.iterdir())
        print(f"{name}: {size:,} bytes", flush=True)


def save(folder, family, head, labels):
    """A checkpoint with random weights."""
    import torch
    import transformers

    name, make, sizes = FAMILIES[family]
    longest = LONGEST if head == LABELS else LONGEST_OF_TOKENS
    sizes = {
        key: longest if key == "max_position_embeddings" and head != LABELS else size for key, size in sizes.items()
    }
    with tempfile.TemporaryDirectory() as spare:
        tokenizer = make(Path(spare))
        tokenizer.model_max_length = longest
        tokenizer.save_pretrained(folder)
        vocabulary = len(tokenizer)
    naming = {"id2label": dict(enumerate(labels)), "label2id": {label: at for at, label in enumerate(labels)}}
    config = getattr(transformers, f"{name}Config")(**{"vocab_size": vocabulary, **sizes, **naming})
    torch.manual_seed(SEED)
    model = getattr(transformers, f"{name}{head}")(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    model.save_pretrained(folder)


def expect(folder, head, rows):
    """What 4.57 gives, one row at a time: from the folder, and tokens once more without its tokenizer.json."""
    import numpy as np
    import torch
    import transformers

    model = getattr(transformers, f"AutoModel{head.removesuffix('Simple')}")
    if head.endswith("Simple"):
        model = transformers.XLNetForQuestionAnsweringSimple
    model = model.from_pretrained(folder).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    given = {"truncation": True, "max_length": LONGEST}
    kept = {}
    with torch.inference_mode():
        if head == LABELS:
            encoded = [encode(tokenizer, row, **given) for row in rows]
            kept |= flatten(encoded)
            kept["outputs"] = np.stack([logits_of(model, one) for one in encoded])
            kept |= {f"bare_{key}": value for key, value in flatten(without_file(folder, rows, given)).items()}
        elif head == "ForTokenClassification":
            kept["tags"] = np.array([plain_tags(model, tokenizer, row) for row in rows[:100]])
        elif head == "ForMultipleChoice":
            kept["outputs"] = np.stack([plain_choice(model, tokenizer, rows, at) for at in range(50)])
        else:
            answers = [plain_answer(model, tokenizer, *row) for row in rows[100:]]
            kept["answers"] = np.array([text for text, _ in answers])
            kept["outputs"] = np.array([score for _, score in answers])
    np.savez_compressed(folder / "expected.npz", **kept)


def without_file(folder, rows, given):
    """Rows as read where there is no tokenizer.json; None where the class cannot do without."""
    from transformers import AutoTokenizer

    with tempfile.TemporaryDirectory() as spare:
        bare = Path(spare) / "bare"
        shutil.copytree(folder, bare)
        (bare / "tokenizer.json").unlink()
        try:
            tokenizer = AutoTokenizer.from_pretrained(bare)
        except Exception as error:
            print(f"  {folder.name}: nothing without tokenizer.json ({str(error)[:80]!r})")
            return []
        return [encode(tokenizer, row, **given) for row in rows]


def encode(tokenizer, row, **given):
    """Columns of one row; an input without a token is the first special token, which a model can read."""
    found = dict(tokenizer(*[[text] for text in row], **given))
    if not found["input_ids"][0]:
        found = {"input_ids": [[tokenizer.bos_token_id]], "attention_mask": [[1]]}
    return found


def ask(model, columns):
    """Outputs for one row."""
    import torch

    return model(**{name: torch.tensor(values) for name, values in columns.items()})


def logits_of(model, columns):
    """Outputs for one row; NaN where the model itself cannot read it (Funnel, an empty text)."""
    import numpy as np

    try:
        return ask(model, columns).logits[0].numpy()
    except RuntimeError as error:
        print(f"  not read: {columns['input_ids']} ({error})")
        return np.full(model.config.num_labels, np.nan, dtype=np.float32)


def flatten(encoded):
    """Ids, segments (-1 where there are none) and row ends."""
    import numpy as np

    if not encoded:
        return {}
    ids = [one["input_ids"][0] for one in encoded]
    segments = [one.get("token_type_ids", [[-1] * len(row)])[0] for one, row in zip(encoded, ids, strict=True)]
    return {
        "ids": np.concatenate([np.array(row, dtype=np.int32) for row in ids]),
        "segments": np.concatenate([np.array(row, dtype=np.int8) for row in segments]),
        "ends": np.cumsum([len(row) for row in ids]).astype(np.int32),
    }


def plain_tags(model, tokenizer, row):
    """The tag of each word's first token, joined by blanks; words are what blanks part."""
    words = row[0].split(" ")[:20]
    found = tokenizer([words], is_split_into_words=True)
    logits = ask(model, found).logits[0]
    owners = found.word_ids(0)
    tags = [TAGS[int(logits[owners.index(at)].argmax())] if at in owners else "O" for at in range(len(words))]
    return " ".join(tags)


def plain_choice(model, tokenizer, rows, at):
    """Scores of four options, each with its context."""
    import torch

    context, options = rows[at][0], [rows[100 + 4 * (at % 25) + number][0] for number in range(4)]
    found = [tokenizer([context], [option], truncation=True, max_length=LONGEST) for option in options]
    logits = [
        float(model(**{name: torch.tensor([values]) for name, values in one.items()}).logits[0, 0]) for one in found
    ]
    return torch.softmax(torch.tensor(logits, dtype=torch.float64), 0).numpy()


def plain_answer(model, tokenizer, question, context):
    """The best answer of at most 30 tokens, all pairs tried, and its score."""
    found = tokenizer([question.lstrip()], [context], return_offsets_mapping=True)
    sides, offsets = found.sequence_ids(0), found.pop("offset_mapping")[0]
    output = ask(model, found)
    starts, ends = output.start_logits[0].double().tolist(), output.end_logits[0].double().tolist()
    inside = [at for at, side in enumerate(sides) if side == 1]
    pairs = [
        (starts[first] + ends[last], context[offsets[first][0] : offsets[last][1]].strip())
        for first in inside
        for last in inside
        if 0 <= last - first < 30
    ]
    score, text = max((pair for pair in pairs if pair[1]), default=(0.0, ""), key=lambda pair: pair[0])
    return text, score


if __name__ == "__main__":
    sys.exit(main())
