"""How far a device is from the reference outputs of `tests/reference/transformers_4_57`: every family, exact and fast.

    python benchmarks/families_on_device.py [--device cuda] [--families bert,t5] [--no-training] [--out FILE]

For each family, 200 rows (half of them pairs): the largest difference of an output from transformers 4.57 on a processor,
whether the labels are the same, whether a second session gives the same bytes, and whether the order of the rows changes
them. ``exact`` is float32 without TF32, ``fast`` bfloat16. On CUDA also: a tiny Transformer trained twice on the starter
suite, whose predictions must be the same bytes. Nothing is timed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

import benchwright
from benchwright import environment
from benchwright import labels as naming
from benchwright.errors import BenchwrightError
from benchwright.store import Store
from benchwright.types import ClassificationTask, Context, Example, Label, ModelRef
from benchwright_adapters.transformers import adapter

REFERENCE = Path(__file__).parents[1] / "tests" / "reference" / "transformers_4_57"
LABELS = ("bad", "good")


def make_task(inputs):
    return ClassificationTask(
        name="t",
        splits={},
        default_split="test",
        inputs={name: (name,) for name in inputs},
        target=("label",),
        metrics=("accuracy",),
        labels=tuple(Label(name=name, id=at) for at, name in enumerate(LABELS)),
    )


def predict(name, rows, device, precision, order):
    """Probabilities of all rows in their own order, predicted in ``order``, texts and pairs apart."""
    found = {}
    for inputs, some in ((("a",), [at for at in order if at < 100]), (("a", "b"), [at for at in order if at >= 100])):
        task = make_task(inputs)
        context = Context(
            suite="s", train=None, items=tuple, workdir=Path(tempfile.gettempdir()), device=device, precision=precision
        )
        model = ModelRef(name="m", adapter="transformers", path=str(REFERENCE / name))
        facts = adapter.inspect(model, task, context)
        session = adapter.open(model, task, replace(context, labels=naming.align(task, facts.labels)))
        examples = [Example(id=f"t/{at}", index=at, inputs=dict(zip(inputs, rows[at], strict=True))) for at in some]
        for at, prediction in zip(some, session.predict(examples), strict=True):
            found[at] = prediction.scores or (np.nan, np.nan)
        session.close()
    return np.array([found[at] for at in sorted(found)])


def softmax(logits):
    found = np.exp(logits - logits.max(axis=1, keepdims=True))
    return found / found.sum(axis=1, keepdims=True)


def check(name, rows, device, precision):
    with np.load(REFERENCE / name / "expected.npz") as stored:
        expected = softmax(stored["outputs"].astype(np.float64))
    readable = [at for at in range(len(rows)) if not np.isnan(expected[at]).any()]
    try:
        first = predict(name, rows, device, precision, readable)
        again = predict(name, rows, device, precision, readable)
        turned = predict(name, rows, device, precision, readable[::-1])
    except BenchwrightError as error:
        return {"refused": str(error).replace(f"{REFERENCE}/", "")}
    wanted = expected[readable]
    return {
        "largest_difference": float(np.nanmax(np.abs(first - wanted))),
        "labels_equal": int((first.argmax(axis=1) == wanted.argmax(axis=1)).sum()),
        "rows": len(readable),
        "same_bytes_again": bool(np.array_equal(first, again)),
        "same_bytes_in_reverse": bool(np.array_equal(first, turned)),
    }


def train_twice(device):
    """Predictions of a tiny Transformer trained twice in two stores, and its accuracy."""
    answers, scores = [], []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as store:
            run = benchwright.evaluate("finetune:tiny", "starter/sentiment", store=store, device=device, offline=True)
            (cell,) = run.cells
            if cell.status != "scored":
                return {"failed": cell.reason}
            answers.append([(row.output, row.scores) for row in Store(store).read_records(cell.key)])
            scores.append(cell.score.value)
    return {"accuracy": scores, "same_answers": answers[0] == answers[1]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--families", default="", help="names by comma; all where none is given")
    parser.add_argument("--no-training", action="store_true")
    chosen = parser.parse_args()
    import torch

    rows = json.loads((REFERENCE / "rows.json").read_text())
    families = sorted(path.parent.name for path in REFERENCE.glob("*/expected.npz"))
    families = [name for name in families if not name.endswith(("-tag", "-span", "-choice"))]
    asked = [name for name in chosen.families.split(",") if name]
    families = asked or families
    result = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "device": torch.cuda.get_device_name(0) if chosen.device == "cuda" else "cpu",
        "environment": environment.describe(),
        "families": {},
    }
    for name in families:
        result["families"][name] = {
            precision: check(name, rows, chosen.device, precision) for precision in ("exact", "fast")
        }
        print(name, json.dumps(result["families"][name]), flush=True)
    if not chosen.no_training:
        result["training"] = train_twice(chosen.device)
        print("training", result["training"], flush=True)
    if chosen.out:
        chosen.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
