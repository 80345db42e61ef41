"""How fast sentences are scored by pseudo-log-likelihood: against a loop of one mask a forward that applies the head at the mask alone.

    python benchmarks/pseudo_log_likelihood.py --data ../shared/data [--base FOLDER] [--pairs 100] [--rounds 3] [--all] [--out FILE]

The model has MiniLM's size (6 layers, 384 wide, 22 M parameters) and a random head for words, saved as a checkpoint: ``--base``
takes the encoder and the tokenizer of a folder, without it both are made here. The pairs are the first of CrowS-Pairs (bias/CrowS-Pairs),
by the rule ``pll``. Both ways compute in one thread, rounds are interleaved, and each includes its tokenisation; times are given by the
clock and on the processor, which other programs on a shared machine do not change as much. Scores are compared with those of the loop. With ``--all`` all 1,508 pairs are scored once, by
the default rule of the task ``bias/crows_pairs``, with the time of it. The head is random: its scores say nothing about anybody, and none is printed or kept.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchwright import environment
from benchwright.types import Context, Example, FillTask, ModelRef, Source
from benchwright_adapters.transformers import adapter

FILE = "bias/CrowS-Pairs/crows_pairs_anonymized.csv"


def card(rule):
    """Pairs of sentences scored by a rule."""
    return FillTask(
        name="pairs",
        splits={"test": Source()},
        default_split="test",
        inputs={"options": ("options",)},
        target=(),
        metrics=(),
        rule=rule,
    )


def read_pairs(data):
    """An example of two sentences for each pair of CrowS-Pairs."""
    with (data / FILE).open(encoding="utf-8", newline="") as lines:
        rows = [(row["sent_more"], row["sent_less"]) for row in csv.DictReader(lines)]
    return [Example(id=f"pairs/{at}", index=at, inputs={"options": list(row)}) for at, row in enumerate(rows)]


def make_checkpoint(folder, base, texts):
    """A model of MiniLM's size with a random head for words, and its tokenizer."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForMaskedLM, BertTokenizer

    torch.manual_seed(0)
    if base:
        tokenizer = AutoTokenizer.from_pretrained(base)
        model = BertForMaskedLM.from_pretrained(base, dtype=torch.float32)
    else:
        from tokenizers import BertWordPieceTokenizer

        made = BertWordPieceTokenizer()
        made.train_from_iterator(texts, vocab_size=8000, show_progress=False)
        tokenizer = BertTokenizer(vocab=made.get_vocab())
        sizes = {"hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536}
        model = BertForMaskedLM(BertConfig(vocab_size=30522, **sizes))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def make_loop(folder):
    """One mask a forward pass, the head applied at the mask alone: examples -> their scores."""
    import torch
    from transformers import BertForMaskedLM, BertTokenizerFast

    model = BertForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = BertTokenizerFast.from_pretrained(folder)
    mask = tokenizer.mask_token_id

    def score(text):
        ids = torch.tensor([tokenizer(text, truncation=True, max_length=512)["input_ids"]])
        total = 0.0
        for at in range(1, ids.shape[1] - 1):
            masked = ids.clone()
            masked[0, at] = mask
            hidden = model.bert(input_ids=masked).last_hidden_state
            logits = model.cls(hidden[:, at])[0]
            values = logits - logits.max()
            total += values[ids[0, at]].item() - math.log(values.exp().sum().item())
        return total

    def loop(examples):
        with torch.inference_mode():
            return np.array([[score(text) for text in example.inputs["options"]] for example in examples])

    return loop


def open_session(folder, work, rule):
    context = Context(suite="bias", train=None, items=tuple, workdir=Path(work), offline=True)
    return adapter.open(ModelRef(name="m", adapter="transformers", path=str(folder)), card(rule), context)


def scores_of(session, examples):
    return np.array([prediction.scores for prediction in session.predict(examples)])


def measure(folder, work, examples, rounds):
    """Seconds of each way by the clock and on the processor, round by round, the largest difference of scores, and what the
    session chose.
    """
    import torch

    loop, session = make_loop(folder), open_session(folder, work, "pll")
    torch.set_num_threads(1)
    loop(examples[:2])
    scores_of(session, examples)  # first calls are not timed
    seconds = {"loop": [], "adapter": []}
    on_processor = {"loop": [], "adapter": []}
    apart = {"absolute": 0.0, "relative": 0.0}
    for number in range(rounds):
        found = {}
        for way, compute in (("loop", loop), ("adapter", lambda some: scores_of(session, some))):
            started, used = time.perf_counter(), time.process_time()
            found[way] = compute(examples)
            seconds[way].append(time.perf_counter() - started)
            on_processor[way].append(time.process_time() - used)
        differences = np.abs(found["adapter"] - found["loop"])
        apart["absolute"] = max(apart["absolute"], float(differences.max()))
        apart["relative"] = max(apart["relative"], float((differences / np.abs(found["loop"])).max()))
        told = ", ".join(
            f"{way} {seconds[way][-1]:.2f} s ({on_processor[way][-1]:.2f} s of processor)" for way in found
        )
        print(f"round {number + 1}: {told}", flush=True)
    return seconds, on_processor, apart, {**session.settings, "threads": "1"}


def time_all(folder, work, examples):
    """Seconds for all pairs in one run, by the default rule, and how many masks that is."""
    session = open_session(folder, work, "pll-word-l2r")
    rows = sum(len(session.codec.encode([example]).encoded) for example in examples)
    started = time.perf_counter()
    scores_of(session, examples)
    return {
        "pairs": len(examples),
        "rule": "pll-word-l2r",
        "rows": rows,
        "seconds": round(time.perf_counter() - started, 2),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", type=Path)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    examples = read_pairs(given.data)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "model"
        make_checkpoint(folder, given.base, [text for example in examples for text in example.inputs["options"]])
        seconds, on_processor, apart, settings = measure(folder, name, examples[: given.pairs], given.rounds)
        everything = time_all(folder, name, examples) if given.all else None

    def ratios(times):
        return [round(loop / mine, 2) for loop, mine in zip(times["loop"], times["adapter"], strict=True)]

    result = {
        "machine": {**environment.describe(), "load_1min": round(os.getloadavg()[0], 2)},
        "what": {
            "pairs": given.pairs,
            "rule": "pll",
            "threads": 1,
            "model": "MiniLM-L6-H384, random head for words",
            "encoder": "a real encoder" if given.base else "random",
        },
        "settings": settings,
        "rounds": given.rounds,
        "median_s": {way: round(statistics.median(times), 3) for way, times in seconds.items()},
        "min_s": {way: round(min(times), 3) for way, times in seconds.items()},
        "median_processor_s": {way: round(statistics.median(times), 3) for way, times in on_processor.items()},
        "times_faster": {
            "median": statistics.median(ratios(seconds)),
            "each_round": ratios(seconds),
            "median_on_the_processor": statistics.median(ratios(on_processor)),
            "each_round_on_the_processor": ratios(on_processor),
        },
        "largest_score_difference": apart,
        **({"all_pairs": everything} if everything else {}),
    }
    now = datetime.now(UTC).date().isoformat()
    out = given.out or Path(__file__).parent / "results" / f"{now}-pseudo-log-likelihood.json"
    out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({name: result[name] for name in list(result)[4:]}, indent=1))


if __name__ == "__main__":
    main()
