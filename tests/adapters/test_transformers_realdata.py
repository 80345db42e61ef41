"""On real files every family answers like `transformers` alone, one text at a time; memory is bounded by the shard."""

import os
import subprocess
import sys

import numpy as np
import pytest
import transformers_checkpoints as checkpoints

from benchwright.checkpoints import open_model as opening
from benchwright.data.load import load
from benchwright.types import Context, ModelRef
from benchwright_adapters.transformers import adapter
from benchwright_suites.glue import suite

pytestmark = [pytest.mark.torch, pytest.mark.slow, pytest.mark.timeout(1200)]

ROWS = {"sst2": 872, "rte": 277}
TOLERANCE = 1e-5


FAMILIES = list(checkpoints.FAMILIES)
LONG = pytest.mark.soak
SHORT = ("bert", "deberta-v3")
"""Families whose whole splits are read every time; all are held against transformers 4.57 on 200 rows in `tests/reference`."""


@pytest.mark.realdata
@pytest.mark.parametrize("name", list(ROWS))
@pytest.mark.parametrize("family", [name if name in SHORT else pytest.param(name, marks=LONG) for name in FAMILIES])
def test_whole_splits_equal_one_text_at_a_time(shared_data, tmp_path, monkeypatch, family, name):
    """SST-2 (872 rows, one text) and RTE (277 pairs, most of them truncated here) at three budgets."""
    import torch

    torch.set_num_threads(1)
    monkeypatch.setattr(opening, "threads", lambda: 1)
    task = suite.task(name)
    examples = load(task, task.default_split, suite=suite, folder=shared_data, offline=True).examples
    assert len(examples) == ROWS[name]
    folder = checkpoints.save(tmp_path / family, family, labels=task.label_names)
    texts = list(zip(*(example.inputs.values() for example in examples), strict=True))
    logits = checkpoints.plain_logits(folder, *map(list, texts), max_length=checkpoints.POSITIONS)
    reference = checkpoints.softmax(logits)
    margin = np.abs(np.diff(reference, axis=1))[:, 0]
    context = Context(suite="glue", train=None, items=tuple, workdir=tmp_path / "work", offline=True)

    for budget in (16, 512, 100_000):
        options = {"token_budget": str(budget), "max_length": str(checkpoints.POSITIONS)}
        session = adapter.open(
            ModelRef(name="m", adapter="transformers", path=str(folder), options=options), task, context
        )
        predictions = session.predict(examples)
        found = np.array([prediction.scores for prediction in predictions])
        np.testing.assert_allclose(found, reference, rtol=0, atol=TOLERANCE)
        labels = [task.label_names.index(prediction.output) for prediction in predictions]
        assert all(
            label == best
            for label, best, gap in zip(labels, reference.argmax(1), margin, strict=True)
            if gap > TOLERANCE
        )


GROWTH = """
import sys, threading, time
from pathlib import Path
import psutil
from benchwright.types import ClassificationTask, Context, Example, Label, ModelRef
from benchwright_adapters.transformers import adapter

folder, budget, shards = sys.argv[1], sys.argv[2], int(sys.argv[3])
labels = (Label(name="negative", id=0), Label(name="positive", id=1))
task = ClassificationTask(name="t", splits={}, default_split="x", inputs={"text": ("text",)}, target=("label",),
            metrics=("accuracy",), labels=labels)
model = ModelRef(name="m", adapter="transformers", path=folder, options={"token_budget": budget})
session = adapter.open(model, task, Context(suite="s", train=None, items=tuple, workdir=Path(folder) / "work"))
process = psutil.Process()
session.predict([Example(id="w", index=0, inputs={"text": "a film"})])
start, peak, running = process.memory_info().rss, 0, True

def watch():
    global peak
    while running:
        peak = max(peak, process.memory_info().rss)
        time.sleep(0.002)

watcher = threading.Thread(target=watch)
watcher.start()
for shard in range(shards):
    # Distinct within the first tokens, in known words: equal inputs would be computed once.
    bits = [f"{shard * 512 + at:012b}" for at in range(512)]
    texts = [" ".join(["soup" if bit == "1" else "film" for bit in number] + ["lovely"] * 140) for number in bits]
    session.predict([Example(id=f"{shard}/{at}", index=at, inputs={"text": text}) for at, text in enumerate(texts)])
running = False
watcher.join()
print((peak - start) / 2**20)
"""


def growth(folder, budget, shards):
    """MiB by which the peak of a fresh process exceeds what it held before the first shard."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", GROWTH, str(folder), str(budget), str(shards)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


@pytest.mark.soak
def test_peak_memory_is_bounded_by_the_shard(tmp_path):
    """512 texts of 128 tokens: a budget of 4,096 stays far below all at once, and four shards need no more than one."""
    folder = checkpoints.save(
        tmp_path / "model", max_position_embeddings=128, hidden_size=64, intermediate_size=1024, num_hidden_layers=1
    )
    one, four, all_at_once = growth(folder, 4096, 1), growth(folder, 4096, 4), growth(folder, 512 * 128, 1)
    print(f"peak growth in MiB: one shard {one:.0f}, four shards {four:.0f}, one batch of everything {all_at_once:.0f}")

    assert one < 150
    assert four < one + 40
    assert all_at_once > one + 200, "the comparison proves nothing"
