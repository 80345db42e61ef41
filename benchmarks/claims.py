"""What people repeat about small models, as ratios from one run: ``python benchmarks/claims.py --data ../shared/data [--write] [--short]``.

BERT-base, DistilBERT, ALBERT-base, ELECTRA-small, MiniLM with 12 and 6 layers, and BERT-base in bfloat16, with randomly initialised weights: how
fast a model computes does not depend on what it has learned. Texts are those of SST-2's dev split, cut and joined to the length that
is asked for, tokenised by a WordPiece vocabulary that is trained on them; a query is ``predict`` from texts to answers. All models stand open at
once and take turns, block by block, with a second copy of BERT-base among them (A/A): a ratio is the median over rounds with a 95 % interval, and
where the copy is told apart from its original by more than a tenth the machine is too noisy, which is then said in place of a
verdict. Beside each ratio stands the ratio of matrix products that the formula of the docs gives.

Six minutes on two calm cores, 3 GB of memory; ``--short`` one minute, with intervals that decide little.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import numpy as np

from benchwright import environment
from benchwright.data.load import load
from benchwright.measuring.clock import RealClock
from benchwright.measuring.interleaved import Design, interleave, timed
from benchwright.measuring.matrix_rate import matrix_rate
from benchwright.measuring.work import flops_per_input, read_work
from benchwright.profiling.given_lengths import inputs_of_length
from benchwright.stats.block_ratio import block_ratio
from benchwright.types import Context, ModelRef
from benchwright_adapters.transformers import adapter
from benchwright_suites.glue import suite

TASK = suite.task("sst2")
NOISE = 0.1
"""How far the copy may be told apart from its original, and how far from a claim a ratio may lie that still agrees with it."""

BASE = "bert-base"
COPY = "bert-base again"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What is said of a model beside BERT-base, as ratios: latency and parameters; None: its authors say nothing of it."""

    words: str
    source: str
    latency: float | None = None
    parameters: float | None = None


_BERT = {"num_hidden_layers": 12, "num_attention_heads": 12, "hidden_size": 768, "intermediate_size": 3072}
MODELS = {
    BASE: ("Bert", _BERT),
    "distilbert": ("DistilBert", {}),
    "albert-base": ("Albert", {"embedding_size": 128, **_BERT}),
    "electra-small": (
        "Electra",
        {
            "embedding_size": 128,
            "hidden_size": 256,
            "num_hidden_layers": 12,
            "num_attention_heads": 4,
            "intermediate_size": 1024,
        },
    ),
    "minilm-l12": ("Bert", {**_BERT, "hidden_size": 384, "intermediate_size": 1536}),
    "minilm-l6": ("Bert", {**_BERT, "hidden_size": 384, "intermediate_size": 1536, "num_hidden_layers": 6}),
}
BF16 = "bert-base bfloat16"

CLAIMS = {
    "distilbert": Claim(
        words="40 % smaller, 60 % faster",
        source="Sanh et al. 2019, arXiv 1910.01108, abstract",
        latency=1 / 1.6,
        parameters=0.6,
    ),
    "albert-base": Claim(
        words="12 M parameters where BERT-base has 108 M; that it is faster for that is hearsay",
        source="Lan et al. 2019, arXiv 1909.11942, table 1",
        parameters=12 / 108,
    ),
    "electra-small": Claim(
        words="14 M parameters, 8 x fewer operations for an answer",
        source="Clark et al. 2020, arXiv 2003.10555, table 1",
        latency=1 / 8,
        parameters=14 / 110,
    ),
    "minilm-l12": Claim(
        words="33 M parameters, 2.7 x faster",
        source="microsoft/unilm: minilm/README.md",
        latency=1 / 2.7,
        parameters=33 / 109,
    ),
    "minilm-l6": Claim(words="5.3 x faster", source="microsoft/unilm: minilm/README.md", latency=1 / 5.3),
    BF16: Claim(words="half the bytes, twice as fast", source="hearsay", latency=1 / 2),
}


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Tokens of an input, inputs to a query, rounds, and seconds of all blocks together, about."""

    length: int
    batch: int
    rounds: int
    seconds: float


FULL = (
    Condition(length=32, batch=1, rounds=20, seconds=35),
    Condition(length=128, batch=1, rounds=20, seconds=60),
    Condition(length=32, batch=8, rounds=20, seconds=70),
    Condition(length=128, batch=8, rounds=12, seconds=100),
)
SHORT = (Condition(length=32, batch=1, rounds=8, seconds=10), Condition(length=32, batch=8, rounds=8, seconds=20))


def make_checkpoints(folder, texts):
    """Random checkpoints of all models with one tokenizer; their folders by name."""
    import torch
    import transformers
    from tokenizers import BertWordPieceTokenizer

    transformers.utils.logging.disable_progress_bar()
    made = BertWordPieceTokenizer()
    made.train_from_iterator(texts, vocab_size=8000, show_progress=False)
    tokenizer = transformers.BertTokenizer(vocab=made.get_vocab())
    names = dict(enumerate(TASK.label_names))
    found = {}
    for name, (family, sizes) in MODELS.items():
        torch.manual_seed(0)
        vocabulary = 30000 if family == "Albert" else 30522
        config = getattr(transformers, f"{family}Config")(
            vocab_size=vocabulary,
            id2label=names,
            label2id={label: at for at, label in names.items()},
            pad_token_id=0,
            **sizes,
        )
        found[name] = Path(folder) / name
        getattr(transformers, f"{family}ForSequenceClassification")(config).save_pretrained(found[name])
        tokenizer.save_pretrained(found[name])
    return found


def open_models(folders, workdir):
    """Sessions and facts by name, in the order of `interleave`: the first, its copy, the others."""
    context = Context(suite="glue", train=None, items=tuple, workdir=Path(workdir), offline=True)
    order = [BASE, COPY, *(name for name in folders if name != BASE), BF16]
    sessions, facts = {}, {}
    for name in order:
        options = {"dtype": "bfloat16"} if name == BF16 else {}
        path = str(folders.get(name, folders[BASE]))
        model = ModelRef(name=name.replace(" ", "-"), adapter="transformers", path=path, options=options)
        facts[name] = adapter.inspect(model, TASK, context)
        sessions[name] = adapter.open(model, TASK, context)
    return sessions, facts


def measure(sessions, examples, condition, clock):
    """Ratios of latencies against BERT-base under one condition, the noise of the machine, and operations by the formula."""
    inputs = inputs_of_length(
        sessions[BASE], TASK, examples, length=condition.length, count=max(64, 8 * condition.batch)
    ).examples
    batch = condition.batch
    queries = [inputs[at : at + batch] for at in range(0, len(inputs) - batch + 1, batch)]
    asks = [timed(_asking(session, queries), clock) for session in sessions.values()]
    took = []
    for ask in asks:  # warm: the first calls of each shape, then one that counts for the plan
        ask(0, 3)
        took.append(min(ask(0, 2).seconds))
    each = int(condition.seconds / condition.rounds / sum(took)) - 1
    count = max(1, min(each, 20))
    design = Design(rounds=condition.rounds, block=0, budget=0)
    begun = time.perf_counter()
    samples = interleave(asks, design, queries=count, seed=0, batch=batch)
    times = {
        name: np.array([median(one.values) for one in blocks]) for name, blocks in zip(sessions, samples, strict=True)
    }
    noise = block_ratio(times[COPY], times[BASE])
    rate = {name: flops_per_input(read_work(session, queries)).value for name, session in sessions.items()}
    rows = {}
    for name in [one for one in sessions if one not in (BASE, COPY)]:
        found = block_ratio(times[name], times[BASE])
        low, high = found.interval()
        rows[name] = {
            "ratio": found.value,
            "low": low,
            "high": high,
            "flops": rate[name] / rate[BASE],
            "seconds": float(np.median(times[name])),
            "flags": list(found.flags),
        }
    return {
        **asdict(condition),
        "queries_a_block": count,
        "took_seconds": time.perf_counter() - begun,
        "base_seconds": float(np.median(times[BASE])),
        "base_flops": rate[BASE],
        "noise": noise.reach,
        "noise_ratio": [noise.value, *noise.interval()],
        "models": rows,
    }


def _asking(session, queries):
    def ask(number):
        found = session.predict(queries[number % len(queries)])
        assert all(one.error is None for one in found), found

    return ask


def verdict(row, claim, noise):
    """Whether a measured ratio agrees with a claimed one, within a tenth."""
    if claim.latency is None:
        return "no claim"
    if noise is None or noise > NOISE:
        return "noisy machine"
    if row["high"] < claim.latency * (1 - NOISE):
        return "faster"
    if row["low"] > claim.latency * (1 + NOISE):
        return "slower"
    if claim.latency * (1 - NOISE) <= row["low"] and row["high"] <= claim.latency * (1 + NOISE):
        return "agrees"
    return "undecided"


def agreement(sessions, examples):
    """Share of labels that bfloat16 and float32 have in common, and the largest difference of probabilities."""
    asked = examples[:100]
    one, other = (sessions[name].predict(asked) for name in (BASE, BF16))
    return {
        "inputs": len(asked),
        "same_label": sum(a.output == b.output for a, b in zip(one, other, strict=True)) / len(asked),
        "largest_difference": max(
            max(abs(x - y) for x, y in zip(a.scores, b.scores, strict=True)) for a, b in zip(one, other, strict=True)
        ),
    }


def sizes_of(facts, sessions):
    """Parameters and bytes of each model, and as ratios to BERT-base; of bfloat16 the bytes in memory, since the file is the same."""
    found = {}
    for name, one in facts.items():
        if name == COPY:
            continue
        held = sum(p.numel() * p.element_size() for p in sessions[name].forward.model.parameters())
        found[name] = {"parameters": one.parameters, "size_bytes": one.size_bytes, "weights_in_memory": held}
    for one in found.values():
        one["parameters_ratio"] = one["parameters"] / found[BASE]["parameters"]
        one["memory_ratio"] = one["weights_in_memory"] / found[BASE]["weights_in_memory"]
    return found


def _size_verdict(ratio, claim):
    """A claimed ratio of parameters, and whether the counted one agrees within a twentieth; counts have no noise."""
    if claim is None or claim.parameters is None:
        return "-"
    agrees = abs(ratio / claim.parameters - 1) <= 0.05
    return f"{claim.parameters:.2f} {'agrees' if agrees else 'does not agree'}"


def table(result):
    """The result as Markdown."""
    lines = [
        f"# Claims about small models, {result['date'][:10]}",
        "",
        (
            f"Against {BASE}, randomly initialised, {result['environment']['processors']} processors, float32 {result['matrix_rate']['float32']} "
            f"and bfloat16 {result['matrix_rate']['bfloat16']} GFLOP/s of matrix products. Made by `python benchmarks/claims.py`."
        ),
        "",
        "## Size",
        "",
        "| model | parameters | ratio | weights in memory | ratio | claimed |",
        "|---|--:|--:|--:|--:|---|",
    ]
    for name, one in result["sizes"].items():
        claim = CLAIMS.get(name)
        said = _size_verdict(one["parameters_ratio"], claim)
        lines.append(
            f"| {name} | {one['parameters'] / 1e6:.1f} M | {one['parameters_ratio']:.2f} | {one['weights_in_memory'] / 1e6:.0f} MB | "
            f"{one['memory_ratio']:.2f} | {said} |"
        )
    lines += ["", "## Latency, as a ratio to BERT-base of the same round", ""]
    heads = [f"{one['length']} tokens, batch {one['batch']}" for one in result["conditions"]]
    lines += [
        f"| model | claimed | operations | {' | '.join(heads)} |",
        f"|---|--:|--:|{'---|' * len(heads)}",
    ]
    for name, claim in CLAIMS.items():
        cells = []
        for one in result["conditions"]:
            row = one["models"][name]
            cells.append(f"{row['ratio']:.3f} [{row['low']:.3f}, {row['high']:.3f}] {row['verdict']}")
        said = f"{claim.latency:.3f}" if claim.latency else "-"
        work = sorted({f"{one['models'][name]['flops']:.3f}" for one in result["conditions"]})
        lines.append(f"| {name} | {said} | {' to '.join(dict.fromkeys((work[0], work[-1])))} | {' | '.join(cells)} |")
    told = [f"{100 * one['noise']:.1f} %" if one["noise"] is not None else "not known" for one in result["conditions"]]
    lines.append(f"| A/A: {BASE} beside itself, farthest from 1 | | | {' | '.join(told)} |")
    base = [f"{1000 * one['base_seconds']:.1f} ms" for one in result["conditions"]]
    lines.append(f"| {BASE}, seconds of a query | | | {' | '.join(base)} |")
    same = result["bfloat16"]
    lines += [
        "",
        (
            "`agrees`: the whole interval lies within a tenth of the claim; `faster`, `slower`: the whole interval lies beyond it; `undecided`: "
            "neither; `noisy machine`: the same model beside itself differs by more than a tenth."
        ),
        "",
        (
            f"bfloat16 gave the label of float32 on {100 * same['same_label']:.1f} % of {same['inputs']} texts, probabilities differ by up to "
            f"{same['largest_difference']:.4f} (random heads say nothing of quality)."
        ),
        "",
        "## What was claimed",
        "",
        *(f"- {name}: {claim.words} ({claim.source})" for name, claim in CLAIMS.items()),
        "",
    ]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", required=True, help="folder with glue/SST-2/dev.tsv")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--write", action="store_true", help="write benchmarks/results/DATE-claims.json and .md")
    options = parser.parse_args()
    begun = time.perf_counter()
    examples = load(TASK, "validation", suite=suite, folder=Path(options.data), offline=True).examples
    texts = [str(one.inputs[next(iter(TASK.inputs))]) for one in examples]
    clock = RealClock()
    with tempfile.TemporaryDirectory(prefix="benchwright-claims-") as folder:
        sessions, facts = open_models(make_checkpoints(folder, texts), Path(folder) / "work")
        conditions = []
        for one in SHORT if options.short else FULL:
            found = measure(sessions, examples, one, clock)
            for name, row in found["models"].items():
                row["verdict"] = verdict(row, CLAIMS[name], found["noise"])
            conditions.append(found)
            print(
                f"{one.length} tokens, batch {one.batch}: {found['took_seconds']:.0f} s, noise {found['noise']}",
                flush=True,
            )
        result = {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "environment": environment.describe(),
            "settings": dict(sessions[BASE].settings),
            "matrix_rate": {
                dtype: round((matrix_rate(dtype, clock).value or math.nan) / 1e9, 1)
                for dtype in ("float32", "bfloat16")
            },
            "sizes": sizes_of(facts, sessions),
            "bfloat16": agreement(sessions, examples),
            "conditions": conditions,
            "took_seconds": time.perf_counter() - begun,
        }
    print(table(result))
    print(f"{result['took_seconds']:.0f} s in all")
    if options.write:
        place = Path(__file__).parent / "results" / f"{result['date'][:10]}-claims"
        place.with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        place.with_suffix(".md").write_text(table(result), encoding="utf-8")


if __name__ == "__main__":
    main()
