"""How near to the limit of a GPU evaluation comes: models of four shapes with random weights, texts as long as those of three data sets.

    python benchmarks/fast_path_shapes.py --data DIR [--texts 400000] [--device cuda] [--dtype bfloat16] [--budget 540] [--write]

Shapes: bert-base, bert-large, deberta-v3-base, modernbert-base. Lengths are drawn, with a fixed seed, from the token counts of SST-2, MNLI and
SQuAD under a vocabulary of their own texts; texts are drawn words until the length is reached, all of them different. With fewer than 400,000
short texts start-up is what is measured. Ways: benchwright from texts to labels; the pure forward loop over the same buffers; `Trainer.predict` in the
same data type at 32, 128 and 512 rows, of which the best counts. Figures are texts and real tokens a second, and the share of the best matrix
product of this device. On a processor (``--device cpu --texts 200``) the same code runs with less, which is how it is tried.

The time left decides how many texts each shape gets: the first pass over a hundredth of them says how long all would take. Memory, cores and
the rate of the tokenizer are written beside: a small model is bound by tokenising, and nothing is demanded of it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path = [one for one in sys.path if Path(one or ".").resolve() != HERE] + [
    str(HERE)
]  # coverage.py here is no package

from benchwright import environment  # noqa: E402
from benchwright.measuring.clock import RealClock  # noqa: E402
from benchwright.measuring.matrix_rate import matrix_rate  # noqa: E402
from benchwright.types import Context, Example, ModelRef  # noqa: E402

SHAPES = {
    "bert-base": (
        "Bert",
        {"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072},
    ),
    "bert-large": (
        "Bert",
        {"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096},
    ),
    "modernbert-base": ("ModernBert", {}),
    "deberta-v3-base": (
        "DebertaV2",
        {
            "hidden_size": 768,
            "num_hidden_layers": 12,
            "num_attention_heads": 12,
            "intermediate_size": 3072,
            "relative_attention": True,
            "position_buckets": 256,
            "norm_rel_ebd": "layer_norm",
            "share_att_key": True,
            "pos_att_type": ["p2c", "c2p"],
        },
    ),
}
SOURCES = {"SST-2": "glue/SST-2/dev.tsv", "MNLI": "glue/MNLI/dev_matched.jsonl", "SQuAD": "qa/SQuAD/dev-v1.1.json"}
PLAN = (
    ("bert-base", "SST-2", 1.0),
    ("bert-base", "MNLI", 0.5),
    ("bert-base", "SQuAD", 0.1),
    ("bert-large", "MNLI", 0.2),
    ("modernbert-base", "MNLI", 0.25),
    ("deberta-v3-base", "MNLI", 0.1),
)
"""Shape, lengths, and the share of ``--texts`` that it is given: a long text costs more."""
TRAINER_SIZES = (32, 128, 512)


def source_texts(data, name):
    """Texts of a data set, whole inputs as one text each."""
    path = data / SOURCES[name]
    if name == "SST-2":
        return [line.split("\t")[0] for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    if name == "MNLI":
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return [
            " ".join(str(row[key]) for key in row if str(key).startswith(("sentence", "premise", "hypothesis", "text")))
            for row in rows
        ]
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    return [
        f"{qa['question']} {part['context']}"
        for one in articles
        for part in one["paragraphs"]
        for qa in part["qas"][:1]
    ]


class Texts:
    """A vocabulary of the sources, and texts with as many tokens as theirs."""

    def __init__(self, data):
        from tokenizers import BertWordPieceTokenizer
        from transformers import BertTokenizer

        own = {name: source_texts(data, name) for name in SOURCES}
        made = BertWordPieceTokenizer()
        made.train_from_iterator(
            [text for texts in own.values() for text in texts], vocab_size=30522, show_progress=False
        )
        self.tokenizer = BertTokenizer(vocab=made.get_vocab(), model_max_length=512)
        vocabulary = made.get_vocab()
        self.words = np.array([word for word in vocabulary if word.isascii() and word.isalpha()])
        encoded = {name: made.encode_batch(texts) for name, texts in own.items()}
        self.lengths = {name: np.array([min(512, len(one.ids)) for one in rows]) for name, rows in encoded.items()}

    def draw(self, name, count, seed=0):
        """So many different texts, each word a token."""
        draw = np.random.default_rng(seed)
        lengths = np.maximum(draw.choice(self.lengths[name], count) - 2, 1)
        words = draw.choice(self.words, int(lengths.sum()))
        ends = np.cumsum(lengths)
        return [" ".join(words[end - size : end]) for size, end in zip(lengths.tolist(), ends.tolist(), strict=True)]


def make(folder, shape, tokenizer):
    """A checkpoint of that shape with random weights and two labels."""
    import torch
    import transformers

    family, sizes = SHAPES[shape]
    torch.manual_seed(0)
    config = getattr(transformers, f"{family}Config")(vocab_size=30522, pad_token_id=tokenizer.pad_token_id, **sizes)
    getattr(transformers, f"{family}ForSequenceClassification")(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def open_session(folder, given):
    from benchwright.types import ClassificationTask  # noqa: F401 - kinds register here
    from benchwright_adapters.transformers import adapter
    from benchwright_suites.glue import suite

    context = Context(
        suite="glue", train=None, items=tuple, workdir=Path(tempfile.mkdtemp()), offline=True, device=given.device
    )
    model = ModelRef(name="m", adapter="transformers", path=str(folder), options={"dtype": given.dtype})
    return adapter.open(model, suite.task("sst2"), context)


def synchronised(device):
    import torch

    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


def of_ours(session, texts, given):
    """Seconds from texts to labels, of the forward loop alone, and the work."""
    examples = [Example(id=f"t/{at}", index=at, inputs={"text": text}) for at, text in enumerate(texts)]
    session.predict(examples[: max(64, len(examples) // 100)])
    started = synchronised(given.device)
    found = session.predict(examples)
    whole = synchronised(given.device) - started
    encoded = session.codec.encode(examples).encoded
    batches = session.batches(encoded)
    compute = session.forward.compute if hasattr(batches[0], "offsets") else session.forward
    started = synchronised(given.device)
    for batch in batches:
        compute(batch)
    forward = synchronised(given.device) - started
    return whole, forward, session.count_work(examples), found


def of_trainer(folder, tokenizer, texts, given):
    """Seconds of `Trainer.predict` from texts to labels at its best batch, and which that is."""
    import torch
    from transformers import AutoModelForSequenceClassification, DataCollatorWithPadding, Trainer, TrainingArguments

    model = (
        AutoModelForSequenceClassification.from_pretrained(folder, dtype=getattr(torch, given.dtype))
        .to(given.device)
        .eval()
    )
    best = (float("inf"), 0)
    for size in TRAINER_SIZES:
        options = TrainingArguments(
            output_dir=tempfile.mkdtemp(),
            per_device_eval_batch_size=size,
            report_to=[],
            disable_tqdm=True,
            use_cpu=given.device == "cpu",
        )
        trainer = Trainer(model=model, args=options, data_collator=DataCollatorWithPadding(tokenizer))
        started = synchronised(given.device)
        ids = tokenizer(texts, truncation=True, max_length=512)
        trainer.predict([{name: values[at] for name, values in ids.items()} for at in range(len(texts))])
        best = min(best, (synchronised(given.device) - started, size))
    return best


def measure(shape, source, count, words, given, rate):
    """One row of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, shape, words.tokenizer)
        session = open_session(folder, given)
        texts = words.draw(source, count)
        few = texts[: max(200, count // 100)]
        probe, *_ = of_ours(session, few, given)
        share = min(1.0, given.seconds / max(probe * count / len(few), 1e-9))
        texts = texts[: max(200, int(count * share))]
        whole, forward, work, _ = of_ours(session, texts, given)
        settings = dict(session.settings)
        session.close()
        part = texts[: max(200, len(texts) // 8)]
        trainer, size = of_trainer(folder, words.tokenizer, part, given)
    per_text = trainer / len(part)
    return {
        "shape": shape,
        "lengths": source,
        "texts": len(texts),
        "mean_tokens": round(work.tokens / len(texts), 1),
        "seconds": round(whole, 3),
        "forward_seconds": round(forward, 3),
        "texts_per_s": round(len(texts) / whole, 1),
        "tokens_per_s": round(work.tokens / whole),
        "share_of_matrix_rate": None if not (work.flops and rate) else round(work.flops / whole / rate, 3),
        "share_of_matrix_rate_forward": None if not (work.flops and rate) else round(work.flops / forward / rate, 3),
        "trainer_best_batch": size,
        "times_faster_than_trainer": round(per_text * len(texts) / whole, 2),
        "batches": settings.get("batches"),
        "attention": settings.get("attention"),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=400_000)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--dtype", default="bfloat16")
    parser.add_argument("--budget", type=float, default=540, help="seconds for everything")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    given.seconds = given.budget / len(PLAN) / 6
    import torch

    if given.device == "cuda" and not torch.cuda.is_available():
        raise SystemExit(
            "not run on a GPU: torch sees no CUDA device here. Try --device cpu --texts 200 --dtype float32"
        )
    began = time.perf_counter()
    rate = matrix_rate(given.dtype, RealClock(), device=given.device, seconds=1.0).value
    words = Texts(given.data)
    rows = []
    for shape, source, share in PLAN:
        if time.perf_counter() - began > given.budget:
            print(f"{shape} on {source}: no time left", flush=True)
            continue
        noise = io.StringIO()
        with contextlib.redirect_stdout(noise):
            row = measure(shape, source, max(200, int(given.texts * share)), words, given, rate)
        rows.append(row)
        print(json.dumps(row), flush=True)
    name = torch.cuda.get_device_name() if given.device == "cuda" else "processor"
    machine = {**environment.describe(), "device": name, "cores": len(os.sched_getaffinity(0)), "matrix_rate": rate}
    if given.write:
        out = HERE / "results" / f"{datetime.now(UTC).date().isoformat()}-fast-path-{given.device}.json"
        out.write_text(
            json.dumps({"machine": machine, "dtype": given.dtype, "rows": rows}, indent=1) + "\n", encoding="utf-8"
        )
        print(f"written: {out.name}")


if __name__ == "__main__":
    main()
