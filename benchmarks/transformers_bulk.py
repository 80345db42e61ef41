"""How fast the `transformers` adapter is on SST-2 dev: against one text at a time, and against unsorted batches of 32.

    python benchmarks/transformers_bulk.py --data ../shared/data [--base FOLDER] [--rows 872] [--rounds 3] [--out FILE]

The model has MiniLM's size (6 layers, 384 wide, 22 M parameters) and a random head; ``--base`` takes the encoder and the
tokenizer of a folder, without it both are made here. Rounds are interleaved, so that a slow minute of the machine hits
all three (on a shared machine pin one processor, `taskset -c 0`: threads that wait for each other measure the neighbours);
every way of computing includes its tokenisation. Scores are compared with those of one text at a time.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchwright import environment
from benchwright.data.load import load
from benchwright.types import Context, ModelRef
from benchwright_adapters.transformers import adapter
from benchwright_suites.glue import suite

TASK = suite.task("sst2")


def make_checkpoint(folder, base, texts):
    """A model of MiniLM's size with a random head, and its tokenizer."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification, BertTokenizer

    torch.manual_seed(0)
    names = dict(enumerate(TASK.label_names))
    if base:
        tokenizer = AutoTokenizer.from_pretrained(base)
        model = BertForSequenceClassification.from_pretrained(base, dtype=torch.float32, id2label=names)
    else:
        from tokenizers import BertWordPieceTokenizer

        made = BertWordPieceTokenizer()
        made.train_from_iterator(texts, vocab_size=8000, show_progress=False)
        tokenizer = BertTokenizer(vocab=made.get_vocab())
        sizes = {"hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536}
        model = BertForSequenceClassification(BertConfig(vocab_size=30522, id2label=names, **sizes))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def opened(folder):
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    torch.set_num_threads(environment.processors())
    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()
    return model, AutoTokenizer.from_pretrained(folder)


def in_batches(model, tokenizer, examples, size):
    """Probabilities as a plain loop computes them: in data-set order, padded to the longest of each batch."""
    import torch

    rows = []
    with torch.inference_mode():
        for start in range(0, len(examples), size):
            texts = [example.inputs["text"] for example in examples[start : start + size]]
            given = tokenizer(texts, truncation=True, max_length=512, padding=True, return_tensors="pt")
            rows.append(torch.softmax(model(**given).logits.double(), dim=1).numpy())
    return np.concatenate(rows)


def by_adapter(session, examples):
    return np.array([prediction.scores for prediction in session.predict(examples)])


def measure(folder, examples, rounds):
    """Seconds and largest difference of scores for each way, round by round."""
    model, tokenizer = opened(folder)
    with tempfile.TemporaryDirectory() as work:
        context = Context(suite="glue", train=None, items=tuple, workdir=Path(work), offline=True)
        session = adapter.open(ModelRef(name="m", adapter="transformers", path=str(folder)), TASK, context)
    ways = {
        "one text at a time": lambda: in_batches(model, tokenizer, examples, 1),
        "batches of 32, unsorted": lambda: in_batches(model, tokenizer, examples, 32),
        "adapter, 4096 tokens": lambda: by_adapter(session, examples),
    }
    for way in ("batches of 32, unsorted", "adapter, 4096 tokens"):
        ways[way]()  # first calls are not timed
    seconds = {way: [] for way in ways}
    apart = dict.fromkeys(ways, 0.0)
    for number in range(rounds):
        reference = None
        for way, compute in ways.items():
            started = time.perf_counter()
            found = compute()
            seconds[way].append(time.perf_counter() - started)
            reference = found if reference is None else reference
            apart[way] = max(apart[way], float(np.abs(found - reference).max()))
        told = ", ".join(f"{way} {times[-1]:.2f} s" for way, times in seconds.items())
        print(f"round {number + 1}: {told}", flush=True)
    return seconds, apart, session.settings


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", type=Path)
    parser.add_argument("--rows", type=int, default=872)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    examples = load(TASK, TASK.default_split, suite=suite, folder=given.data, offline=True).examples[: given.rows]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "model"
        make_checkpoint(folder, given.base, [example.inputs["text"] for example in examples])
        seconds, apart, settings = measure(folder, examples, given.rounds)
    slowest = statistics.median(seconds["one text at a time"])
    rows = [
        {
            "way": way,
            "examples_per_s": round(len(examples) / statistics.median(times), 1),
            "median_s": round(statistics.median(times), 3),
            "min_s": round(min(times), 3),
            "times_one_at_a_time": round(slowest / statistics.median(times), 2),
            "largest_score_difference": apart[way],
        }
        for way, times in seconds.items()
    ]
    machine = {**environment.describe(), "load_1min": round(os.getloadavg()[0], 2)}
    base = "a real encoder" if given.base else "random"
    what = {
        "task": "glue/sst2 validation",
        "rows": len(examples),
        "model": "MiniLM-L6-H384, random head",
        "encoder": base,
    }
    result = {"machine": machine, "what": what, "settings": settings, "rounds": given.rounds, "rows": rows}
    now = datetime.now(UTC).date().isoformat()
    out = given.out or Path(__file__).parent / "results" / f"{now}-transformers-bulk.json"
    out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
