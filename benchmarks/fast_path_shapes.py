"""How near to the limit of a GPU evaluation comes: models of five shapes with random weights, texts as long as those of three data sets.

    python benchmarks/fast_path_shapes.py [--texts 400000] [--device cuda] [--dtype bfloat16] [--budget 540] [--write]
    python benchmarks/fast_path_shapes.py --device cpu --dtype float32 --texts 64 --layers 2        the same code with less, which is how it is tried

Needs no data: lengths are drawn with a fixed seed from counts (``fast_path_texts.py``), texts are made of words until the length is reached, all of
them different. With fewer than 400,000 short texts start-up is what is measured. Ways: benchwright from texts to labels, as a run asks it (shards, the next
one read ahead), without records; the pure forward loop over the same buffers; `Trainer.predict` in the same data type at several batch sizes, of which the best
counts. No figure is told where the two differ in their answers. What is told: texts and real tokens a second, the share of the best matrix
product of this device, and how many cores tokenising takes at the rate of the forward loop: a small model is bound by that, and nothing is
demanded of it.

Each row is written when it is done. The time left decides how many texts each gets: a pass over a hundredth of them says how long all would take.
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
sys.path = [one for one in sys.path if Path(one or ".").resolve() != HERE] + [str(HERE)]  # coverage.py is no package

from fast_path_shapes_table import tell  # noqa: E402
from fast_path_texts import LENGTHS, made_texts, made_tokenizer  # noqa: E402

from benchwright import environment  # noqa: E402
from benchwright.measuring.clock import RealClock  # noqa: E402
from benchwright.measuring.matrix_rate import matrix_rate  # noqa: E402
from benchwright.types import Context, Example, ModelRef  # noqa: E402


def _bert(width, layers, heads):
    return {
        "hidden_size": width,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": 4 * width,
    }


_DEBERTA = {
    "relative_attention": True,
    "position_buckets": 256,
    "norm_rel_ebd": "layer_norm",
    "share_att_key": True,
    "pos_att_type": ["p2c", "c2p"],
    "max_relative_positions": -1,
    "position_biased_input": False,
    "type_vocab_size": 0,
}
SHAPES = {
    "bert-base": ("Bert", _bert(768, 12, 12)),
    "bert-large": ("Bert", _bert(1024, 24, 16)),
    "MiniLM": ("Bert", _bert(384, 6, 12)),
    "modernbert-base": ("ModernBert", {"num_hidden_layers": 22}),
    "deberta-v3-base": ("DebertaV2", {**_bert(768, 12, 12), **_DEBERTA}),
}
SOURCES = {"SST-2": "sst2", "MNLI": "mnli", "SQuAD": "v1"}
PLAN = (
    ("bert-base", "SST-2", 1.0),
    ("bert-base", "SQuAD", 0.1),
    ("bert-base", "MNLI", 0.5),
    ("MiniLM", "SST-2", 1.0),
    ("bert-large", "MNLI", 0.2),
    ("modernbert-base", "MNLI", 0.25),
    ("deberta-v3-base", "MNLI", 0.1),
)
"""Shape, lengths, and the share of ``--texts`` that it is given: a long text costs more. What is asked for stands first."""

TRAINER_SIZES = {"cuda": (32, 128, 512), "cpu": (8,)}
SHARDS = {"cuda": 16_384, "cpu": 1024}
"""Texts to a shard, as a run of such a model has them."""

APART = {"float32": 1e-4}
COARSE = 0.05
"""How far probabilities may lie from those of `Trainer.predict`: in single precision, and in any other."""


def draw_texts(source, count):
    """So many texts as long as the inputs of a data set, all parts of one in a row."""
    columns = json.loads(LENGTHS.read_text(encoding="utf-8"))[SOURCES[source]]
    parts = [made_texts(counts, count, seed=at) for at, counts in enumerate(columns.values())]
    return [" ".join(" ".join(one).split(" ")[:510]) for one in zip(*parts, strict=True)]


def make(folder, shape, layers):
    """A checkpoint of that shape with random weights and two labels."""
    import torch
    import transformers

    tokenizer = made_tokenizer()
    family, sizes = SHAPES[shape]
    sizes = {**sizes, "num_hidden_layers": min(layers, sizes["num_hidden_layers"])} if layers else sizes
    marks = {"pad_token_id": tokenizer.pad_token_id, "cls_token_id": tokenizer.cls_token_id}
    marks |= dict.fromkeys(("sep_token_id", "eos_token_id"), tokenizer.sep_token_id)
    torch.manual_seed(0)
    config = getattr(transformers, f"{family}Config")(vocab_size=len(tokenizer), **marks, **sizes)
    getattr(transformers, f"{family}ForSequenceClassification")(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return tokenizer


def open_session(folder, given):
    """A session of benchwright over that checkpoint."""
    from benchwright_adapters.transformers import adapter
    from benchwright_suites.glue import suite

    work = Path(tempfile.mkdtemp())
    context = Context(suite="glue", train=None, items=tuple, workdir=work, offline=True, device=given.device)
    options = {"dtype": given.dtype} | dict(part.split("=", 1) for part in given.options.split("&") if part)
    return adapter.open(
        ModelRef(name="m", adapter="transformers", path=str(folder), options=options), suite.task("sst2"), context
    )


def now(device):
    import torch

    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


def examples_of(texts):
    return [Example(id=f"t/{at}", index=at, inputs={"text": text}) for at, text in enumerate(texts)]


def answer(session, examples, given):
    """Seconds from texts to labels, shard by shard, the next one read ahead; and the predictions of each."""
    size = SHARDS[given.device]
    shards = [examples[at : at + size] for at in range(0, len(examples), size)]
    began, found = now(given.device), []
    for shard, following in zip(shards, [*shards[1:], None], strict=True):
        if following is not None:
            session.read_ahead(following)
        found.append(session.predict(shard))
    return now(given.device) - began, shards, found


def forward_loop(session, shards, given):
    """Seconds of the same buffers and nothing else, and processor seconds of tokenising all texts."""
    began = time.process_time()
    encoded = [session.codec.encode(shard).encoded for shard in shards]
    tokenising = time.process_time() - began
    batches = [batch for each in encoded for batch in session.batches(each)]
    compute = session.forward.compute if hasattr(batches[0], "offsets") else session.forward
    began = now(given.device)
    for batch in batches:
        compute(batch)
    return now(given.device) - began, tokenising


def of_trainer(folder, tokenizer, texts, given):
    """Seconds of `Trainer.predict` from texts to labels at its best batch, which that is, and the probabilities."""
    import torch
    from transformers import AutoModelForSequenceClassification, DataCollatorWithPadding, Trainer, TrainingArguments

    opened = AutoModelForSequenceClassification.from_pretrained(folder, dtype=getattr(torch, given.dtype))
    model, best, scores = opened.to(given.device).eval(), (float("inf"), 0), None
    for size in TRAINER_SIZES[given.device]:
        options = TrainingArguments(
            output_dir=tempfile.mkdtemp(),
            per_device_eval_batch_size=size,
            report_to=[],
            disable_tqdm=True,
            use_cpu=given.device == "cpu",
        )
        trainer = Trainer(model=model, args=options, data_collator=DataCollatorWithPadding(tokenizer))
        for some in (texts[:size], texts):  # the first is not timed
            began = now(given.device)
            ids = tokenizer(some, truncation=True, max_length=512)
            rows = [{name: values[at] for name, values in ids.items()} for at in range(len(some))]
            logits = trainer.predict(rows).predictions
            seconds = now(given.device) - began
        best = min(best, (seconds, size))
        scores = torch.softmax(torch.from_numpy(np.asarray(logits, dtype=np.float64)), dim=1).numpy()
    return *best, scores


def measure(shape, source, count, given, rate):
    """One row of the table."""
    import torch

    with tempfile.TemporaryDirectory() as name:
        tokenizer = make(Path(name), shape, given.layers)
        session = open_session(name, given)
        texts = draw_texts(source, count)
        few = examples_of(texts[: max(given.least, count // 100)])
        answer(session, few, given)  # kernels are loaded, clocks raised
        probe, *_ = answer(session, few, given)
        share = min(1.0, given.seconds / max(probe * count / len(few), 1e-9))
        examples = examples_of(texts[: max(given.least, int(count * share))])
        whole, shards, found = answer(session, examples, given)
        forward, tokenising = forward_loop(session, shards, given)
        work, settings = session.count_work(examples), dict(session.settings)
        session.close()
        part = [one.inputs["text"] for one in examples[: max(given.least, len(examples) // 8)]]
        seconds, size, scores = of_trainer(name, tokenizer, part, given)
    ours = np.array([one.scores for each in found for one in each][: len(part)])
    apart = float(np.abs(ours - scores).max())
    if not apart <= APART.get(given.dtype, COARSE):
        raise SystemExit(f"{shape} on {source}: answers are {apart:.2g} from those of Trainer.predict: no figure")
    flops = work.flops if isinstance(work.flops, float | int) else None
    row = {
        "shape": shape,
        "lengths": source,
        "texts": len(examples),
        "mean_tokens": round(work.tokens / len(examples), 1),
        "seconds": round(whole, 3),
        "forward_seconds": round(forward, 3),
        "texts_per_s": round(len(examples) / whole, 1),
        "tokens_per_s": round(work.tokens / whole),
        "share_of_matrix_rate": flops and rate and round(flops / whole / rate, 4),
        "share_of_matrix_rate_forward": flops and rate and round(flops / forward / rate, 4),
        "trainer_texts_per_s": round(len(part) / seconds, 1),
        "trainer_best_batch": size,
        "times_trainer": round(len(examples) / whole / (len(part) / seconds), 2),
        "tokenising_us_per_text": round(tokenising / len(examples) * 1e6, 1),
        "tokenising_cores_at_forward_rate": round(tokenising / forward, 2),
        "largest_difference": apart,
        "batches": settings.get("batches"),
        "attention": settings.get("attention"),
    }
    if given.device == "cuda":
        row["gpu_peak_gib"] = round(torch.cuda.max_memory_allocated() / 2**30, 2)
        torch.cuda.empty_cache()
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=400_000)
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--dtype", default="bfloat16")
    parser.add_argument("--options", default="", help="of the adapter, as after the ? of a model")
    parser.add_argument("--layers", type=int, default=0, help="at most so many layers to a model, for a trial")
    parser.add_argument("--only", nargs="+", choices=SHAPES, help="these shapes alone")
    parser.add_argument("--budget", type=float, default=540, help="seconds for everything")
    parser.add_argument("--write", action="store_true", help="into benchmarks/results, with the date")
    parser.add_argument("--out", type=Path, help="into this file")
    given = parser.parse_args()
    plan = [one for one in PLAN if not given.only or one[0] in given.only]
    given.seconds, given.least = given.budget / len(plan) / 4, min(200, given.texts)
    import torch

    if given.device == "cuda" and not torch.cuda.is_available():
        raise SystemExit(
            "not run on a GPU: torch sees no CUDA device here\n"
            "  next: --device cpu --dtype float32 --texts 64 --layers 2 tries the same code"
        )
    began = time.perf_counter()
    rate = matrix_rate(given.dtype, RealClock(), device=given.device, seconds=1.0).value
    name = torch.cuda.get_device_name() if given.device == "cuda" else "processor"
    machine = {**environment.describe(), "device": name, "cores": len(os.sched_getaffinity(0)), "matrix_rate": rate}
    whole = {"machine": machine, "dtype": given.dtype, "options": given.options, "layers": given.layers or None}
    whole |= {"rows": [], "left_out": []}
    dated = HERE / "results" / f"{datetime.now(UTC).date().isoformat()}-fast-path-{given.device}.json"
    out = given.out or (dated if given.write else None)
    for shape, source, share in plan:
        if time.perf_counter() - began > given.budget - given.seconds:
            whole["left_out"].append(f"{shape} on {source}: no time left")
            continue
        print(f"{time.perf_counter() - began:5.0f} s  {shape} on {source}", flush=True)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            whole["rows"].append(measure(shape, source, max(given.least, int(given.texts * share)), given, rate))
        if out:
            out.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    tell(whole, given.device)
    print(f"{time.perf_counter() - began:.0f} s in all" + (f"; written: {out.name}" if out else ""))


if __name__ == "__main__":
    main()
