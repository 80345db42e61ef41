"""Small tasks that can be learned, a context to learn them in, and a training whose result is read back."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchwright.data.digest import content_digest
from benchwright.types import Context, Dataset, Example, Kind, Label, ModelRef, Source, Suite, Task
from benchwright_adapters.finetune import adapter

NOUNS = ("film", "soup", "hotel", "train", "novel", "garden", "teacher", "phone", "concert", "market")
GOOD = ("lovely", "excellent", "charming")
BAD = ("dreadful", "boring", "broken")
SMALL = {"hidden": "16", "heads": "2", "vocab": "300", "epochs": "2", "batch": "8", "max_length": "32"}
"""A model that learns in a second."""


def make_task(kind="single", **changes):
    """A task of one text, two texts, label sets, or numbers."""
    labels = (Label(name="negative", id=0), Label(name="positive", id=1))
    fields: dict[str, Any] = {
        "name": "tone",
        "kind": Kind.REGRESS if kind == "regress" else Kind.CLASSIFY,
        "splits": {"train": Source(), "validation": Source()},
        "default_split": "validation",
        "inputs": {"text": ("text",)} if kind in ("single", "multi") else {"first": ("first",), "second": ("second",)},
        "target": ("label",),
        "labels": () if kind == "regress" else labels,
        "multilabel": kind == "multi",
        "value_range": (0.0, 5.0) if kind == "regress" else None,
        "metrics": ("pearson",) if kind == "regress" else ("micro_f1",) if kind == "multi" else ("accuracy",),
    }
    return Task(**{**fields, **changes})


def make_rows(kind="single", count=96):
    """Rows of a task; always the same."""
    draw = np.random.default_rng(3)
    rows = []
    for at in range(count):
        noun, other = draw.choice(NOUNS, 2)
        word, second = (draw.choice(GOOD if good else BAD) for good in (at % 2, at // 2 % 2))
        text = f"the {noun} near the {other} number {at} was {word}"
        target: Any = "positive" if at % 2 else "negative"
        pair = {"first": f"the {other}", "second": f"the {noun} number {at} was {word}"}
        if kind == "multi":
            text += f" and {second}"
            target = tuple(sorted({("negative", "positive")[at % 2], ("negative", "positive")[at // 2 % 2]}))
        elif kind == "regress":
            target = 2.0 + 2.0 * (at % 2) + 0.2 * len(word)
        inputs = {"text": text} if kind in ("single", "multi") else pair
        rows.append(Example(id=f"tone/{at}", index=at, inputs=inputs, target=target))
    return tuple(rows)


def make_dataset(task, rows):
    """The rows as a split with its digest."""
    return Dataset(examples=tuple(rows), digest=content_digest(rows, task), origin="test")


@dataclass
class Bench:
    """A task, its train split, and a folder."""

    folder: Path
    task: Task
    train: Dataset
    suite: Suite

    def context(self, **changes):
        """What the engine would lend."""
        fields = {
            "suite": self.suite.name,
            "train": lambda _task: self.train,
            "items": lambda: (),
            "workdir": self.folder / "work",
            "models": self.folder / "models",
            "offline": True,
        }
        return Context(**{**fields, **changes})

    def inspect(self, options=None, path="tiny", task=None, **changes):
        """Facts of the adapter."""
        return adapter.inspect(make_model(options, path), task or self.task, self.context(**changes))

    def resolve(self, options=None, path="tiny", **changes):
        """The folder of the checkpoint that the adapter makes."""
        return Path(adapter.resolve(make_model(options, path), self.task, self.context(**changes)).path)


def make_bench(folder, kind="single", count=96, **changes):
    """A bench for a kind of task."""
    task = make_task(kind, **changes)
    rows = make_rows(kind, count)
    return Bench(folder, task, make_dataset(task, rows), Suite(name="mood", version=1, tasks=(task,)))


def make_model(options=None, path="tiny"):
    """A model reference; for `tiny` the options of a small model are added."""
    full = {**(SMALL if path == "tiny" else {}), **(options or {})}
    return ModelRef(name="m", adapter="finetune", path=str(path), options=full)


def read_weights(folder):
    """Name -> weights of a checkpoint, as bytes."""
    from safetensors.numpy import load_file

    return {name: value.tobytes() for name, value in load_file(Path(folder) / "model.safetensors").items()}


def read_story(folder):
    """What `training.json` says."""
    return json.loads((Path(folder) / "training.json").read_text())
