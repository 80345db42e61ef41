"""How fast evaluation is, from texts to scores, beside what people use today: ``make bench``, or

    python benchmarks/fast_path.py --data DIR [--checkpoint sst2=FOLDER --checkpoint rte=FOLDER ...] [--rounds 5] [--write]

Each way answers the same texts with the same checkpoint in a process of its own; rounds are interleaved, so that a slow minute of the
machine hits all. Before a figure is printed the answers must agree (probabilities within 1e-5, labels wherever the margin exceeds that).
Ways: benchwright; the pure forward loop over the same buffers (what a run would cost if nothing else did); a loop that sorts by length
and pads batches of 1,024 tokens; `Trainer.predict` at 8 and 32; `pipeline` at 1, 8 and 32; `CrossEncoder` of sentence-transformers, for
pairs. Beside them two limits: the forward loop, and the operations of real tokens over this machine's best matrix product.

Without ``--checkpoint`` a model of MiniLM's size with random weights and a vocabulary of the task's own texts is made: how fast it computes
does not depend on what it has learned. ``shapes`` of ``fast_path_shapes.py`` does the same for larger models on a GPU.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.path = [one for one in sys.path if Path(one or ".").resolve() != HERE] + [
    str(HERE)
]  # coverage.py here is no package

from fast_path_ways import TASKS, read_task  # noqa: E402

from benchwright import environment  # noqa: E402
from benchwright.measuring.clock import RealClock  # noqa: E402
from benchwright.measuring.matrix_rate import matrix_rate  # noqa: E402

CLOSE = 1e-5
"""How far probabilities of two ways may lie apart."""

SINGLE = ("ours", "forward", "loop", "trainer-8", "trainer-32", "pipeline-1", "pipeline-8", "pipeline-32")
WAYS = {
    "sst2": SINGLE,
    "rte": (*SINGLE, "cross-32"),
    "qnli": (*SINGLE, "cross-32"),
    "wnut17": ("ours", "forward"),
    "v1": ("ours", "forward"),
}
"""What is compared for each task: tags and answers are read by conventions that no other way here shares."""

SHOWN = {
    "ours": "benchwright",
    "forward": "the forward loop over the same buffers",
    "loop": "sorted loop, 1,024 padded tokens",
    "trainer": "Trainer.predict, batches of",
    "pipeline": "pipeline, batches of",
    "cross": "CrossEncoder.predict, batches of",
}


def shown(way):
    name, _, batch = way.partition("-")
    return f"{SHOWN[name]} {batch}".strip()


def make_checkpoint(folder, task, examples):
    """A model of MiniLM's size with random weights, and a tokenizer of the task's own texts."""
    import torch
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertTokenizer
    from transformers import BertForQuestionAnswering as Spans
    from transformers import BertForSequenceClassification as Labels
    from transformers import BertForTokenClassification as Tags

    texts = [
        text
        for one in examples
        for value in one.inputs.values()
        for text in ([value] if isinstance(value, str) else value)
    ]
    made = BertWordPieceTokenizer()
    made.train_from_iterator(texts, vocab_size=30522, show_progress=False)
    torch.manual_seed(0)
    names = {"id2label": dict(enumerate(task.label_names))} if task.labels else {}
    sizes = {"hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536}
    head = {"tag": Tags, "span": Spans}.get(str(task.kind), Labels)
    head(BertConfig(vocab_size=30522, **sizes, **names)).save_pretrained(folder)
    BertTokenizer(vocab=made.get_vocab(), model_max_length=512).save_pretrained(folder)


class Race:
    """All ways of one task, round by round."""

    def __init__(self, name, checkpoint, given, work):
        self.name, self.checkpoint, self.given, self.work = name, checkpoint, given, work
        self.ways = [way for way in WAYS[name] if not given.ways or way in given.ways]
        self.found = {way: [] for way in self.ways}

    def run(self):
        """Every way once a round; the order turns, so that none always follows the same one."""
        for number in range(self.given.rounds):
            turned = self.ways[number % len(self.ways) :] + self.ways[: number % len(self.ways)]
            for way in turned:
                self.found[way].append(self.ask(way))
            told = ", ".join(f"{way} {statistics.median(self.found[way][-1]['wall']):.2f}" for way in self.ways)
            print(f"{self.name}, round {number + 1}: {told}", flush=True)
        self.check()

    def ask(self, way):
        """What one process says of one way."""
        out = self.work / f"{self.name}-{way}.npz"
        passes = 1 if way == "pipeline-1" else self.given.passes
        command = [sys.executable, str(HERE / "fast_path_ways.py"), "--way", way, "--task", self.name]
        command += ["--checkpoint", str(self.checkpoint), "--data", str(self.given.data), "--passes", str(passes)]
        command += [
            "--threads",
            str(self.given.threads),
            "--limit",
            str(self.given.limit),
            "--device",
            self.given.device,
        ]
        command += ["--dtype", self.given.dtype, "--options", self.given.options, "--out", str(out)]
        surroundings = {**os.environ, "OMP_NUM_THREADS": str(self.given.threads)}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=surroundings)
        if done.returncode:
            raise SystemExit(f"{shown(way)} on {self.name} failed:\n{done.stderr[-3000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    def check(self):
        """The parity gate: no figure where answers differ."""
        scores = {way: self.work / f"{self.name}-{way}.npz" for way in self.ways}
        known = {way: np.load(path)["scores"] for way, path in scores.items() if path.is_file()}
        self.apart = {}
        if "ours" not in known:
            return
        ours = known["ours"]
        ordered = np.sort(ours, axis=1)
        clear = ordered[:, -1] - ordered[:, -2] > CLOSE
        for way, found in known.items():
            self.apart[way] = float(np.abs(found - ours).max())
            flips = int(((found.argmax(1) != ours.argmax(1)) & clear).sum())
            if self.given.dtype == "float32" and not self.given.options and (self.apart[way] > CLOSE or flips):
                raise SystemExit(
                    f"{self.name}: {shown(way)} gives other answers: {self.apart[way]:.2g} apart, {flips} labels"
                )

    def summary(self, rate):
        """Medians over all passes of all rounds, and ratios to ours within rounds."""
        ours = [statistics.median(one["wall"]) for one in self.found["ours"]] if "ours" in self.found else None
        rows = []
        for way in self.ways:
            each = [statistics.median(one["wall"]) for one in self.found[way]]
            ratios = [mine / base for mine, base in zip(each, ours, strict=True)] if ours else []
            rows.append(
                {
                    "way": way,
                    "shown": shown(way),
                    "median_s": round(statistics.median(each), 3),
                    "processor_s": round(
                        statistics.median([statistics.median(one["processor"]) for one in self.found[way]]), 3
                    ),
                    "times_ours": round(statistics.median(ratios), 3) if ratios else None,
                    "times_ours_range": [round(min(ratios), 3), round(max(ratios), 3)] if ratios else None,
                    "largest_difference": self.apart.get(way),
                    "peak_mib": max(one["peak_mib"] for one in self.found[way]),
                }
            )
        first = self.found[self.ways[0]][0]
        work = first.get("work") or {}
        limits = {}
        if work.get("flops") and rate:
            limits["seconds_at_matrix_rate"] = round(work["flops"] / rate, 3)
            for way in ("ours", "forward"):
                if way in self.found:
                    seconds = next(row["median_s"] for row in rows if row["way"] == way)
                    limits[f"share_of_matrix_rate_{way}"] = round(work["flops"] / seconds / rate, 3)
        if work.get("padded_tokens"):
            limits["filled_share"] = round(1 - work["tokens"] / work["padded_tokens"], 4)
        return {"task": self.name, "settings": first.get("settings"), "work": work, "limits": limits, "rows": rows}


def show(result):
    """The table of a task, for people."""
    print(f"\n{result['task']}: {result['work'].get('inputs')} texts, {result['work'].get('tokens')} tokens")
    for row in result["rows"]:
        ratio = (
            ""
            if row["times_ours"] is None
            else f"{row['times_ours']:6.2f}  [{row['times_ours_range'][0]:.2f}, {row['times_ours_range'][1]:.2f}]"
        )
        apart = "" if row["largest_difference"] is None else f"{row['largest_difference']:.1e}"
        print(
            f"  {row['shown']:<42} {row['median_s']:8.2f} s {row['processor_s']:8.2f} processor s {ratio:<24} {apart}"
        )
    for name, value in result["limits"].items():
        print(f"  {name.replace('_', ' ')}: {value}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--checkpoint", action="append", default=[], metavar="TASK=FOLDER")
    parser.add_argument("--task", action="append", choices=TASKS, default=None)
    parser.add_argument("--ways", nargs="*")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--passes", type=int, default=2)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--options", default="", help="of the adapter, as after the ? of a model")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    given.threads = given.threads or environment.threads()
    checkpoints = dict(one.split("=", 1) for one in given.checkpoint)
    import torch

    torch.set_num_threads(given.threads)
    rate = matrix_rate(given.dtype, RealClock(), device=given.device, seconds=1.0).value
    results = []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name in given.task or list(checkpoints) or ["sst2", "rte"]:
            checkpoint = checkpoints.get(name)
            if checkpoint is None:
                checkpoint = work / f"checkpoint-{name}"
                make_checkpoint(checkpoint, *read_task(name, given.data, given.limit))
            race = Race(name, checkpoint, given, work)
            race.run()
            results.append(race.summary(rate))
            results[-1]["checkpoint"] = "given" if name in checkpoints else "random weights"
    machine = {**environment.describe(), "load_1min": round(os.getloadavg()[0], 2), "threads": given.threads}
    told = {
        "machine": machine,
        "matrix_rate": rate,
        "dtype": given.dtype,
        "device": given.device,
        "options": given.options,
    }
    whole = {**told, "rounds": given.rounds, "passes": given.passes, "tasks": results}
    print(f"\nbest matrix product here: {(rate or 0) / 1e9:.0f} GFLOP/s in {given.dtype}, {given.threads} threads")
    for result in results:
        show(result)
    if given.write:
        out = HERE / "results" / f"{datetime.now(UTC).date().isoformat()}-fast-path.json"
        out.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
        print(f"written: {out.name}")


if __name__ == "__main__":
    main()
