"""Small tasks that can be learned, a context to learn them in, and a training whose result is read back."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchwright.data.content import content_digest
from benchwright.testing.fixtures import build_task
from benchwright.types import Context, Dataset, Example, Kind, Label, LabelMap, ModelRef, Record, Source, Suite, Task
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
    return build_task(**{**fields, **changes})


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


def read_report(folder):
    """What `training.json` says."""
    return json.loads((Path(folder) / "training.json").read_text())


# --- words, contexts, options ----------------------------------------------------------------------------------------

PEOPLE = ("anna", "bob", "carla", "dmitri", "elena", "farouk")
PLACES = ("paris", "rome", "lima", "oslo", "cairo", "quito")
TIMES = ("dawn", "noon", "dusk", "midnight")
QUICK = {
    "hidden": "32",
    "heads": "2",
    "vocab": "300",
    "epochs": "12",
    "batch": "8",
    "max_length": "48",
    "lr": "3e-3",
    "dropout": "0",
}
"""A model that learns one of these tasks in a few seconds."""

TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
HARD = ("tag", "span", "span2", "choose", "record")
METRICS = {"tag": "entity_f1", "span": "answer_f1", "choose": "accuracy"}


def make_kind_task(kind, **changes):
    """``tag``, ``span`` (version 1), ``span2`` (version 2), ``choose`` or ``record`` (by text, with a placeholder)."""
    asked = {"span2": "span", "record": "choose"}.get(kind, kind)
    inputs = {"tag": ("words",), "span": ("question", "context"), "choose": ("premise", "question", "options")}[asked]
    if kind == "record":
        inputs = ("passage", "query", "options")
    fields = {
        "name": kind,
        "kind": Kind(asked),
        "splits": {"train": Source(), "validation": Source()},
        "default_split": "validation",
        "inputs": {name: (name,) for name in inputs},
        "target": ("answer",),
        "labels": tuple(Label(name=name, id=at) for at, name in enumerate(TAGS)) if kind == "tag" else (),
        "unanswerable": kind == "span2",
        "by_text": kind == "record",
        "placeholder": "@placeholder" if kind == "record" else "",
        "metrics": ("answer_f1",) if kind == "record" else (METRICS[asked],),
    }
    return build_task(**{**fields, **changes})


def make_kind_rows(kind, count=96):
    """Rows of a task; always the same."""
    draw = np.random.default_rng(5)
    make = {"tag": _tag, "span": _span, "span2": _span, "choose": _choose, "record": _record}[kind]
    return tuple(make(draw, at, kind) for at in range(count))


def _tag(draw, at, kind):
    person, place = str(draw.choice(PEOPLE)), str(draw.choice(PLACES))
    words = [
        f"case{at}",
        "mr",
        person,
        *(["junior"] if at % 3 == 0 else []),
        "went",
        "to",
        *(["new"] if at % 2 else []),
    ]
    words += [place, *([] if at % 5 else ["and", "slept", "there"]), "."]
    tags = ["O"] * len(words)
    tags[2] = "B-PER"
    if at % 3 == 0:
        tags[3] = "I-PER"
    end = words.index(place)
    tags[end - at % 2 : end + 1] = ["B-LOC", "I-LOC"] if at % 2 else ["B-LOC"]
    return Example(id=f"{kind}/{at}", index=at, inputs={"words": words}, target=tuple(tags), cluster=f"doc{at // 4}")


def _span(draw, at, kind):
    person, place, time = (str(draw.choice(some)) for some in (PEOPLE, PLACES, TIMES))
    asked = at % (3 if kind == "span2" else 2)
    context = f"Case {at}: {person} was seen in {place}" + (f" at {time}." if at % 2 else ".")
    text = None if asked == 2 and at % 2 == 0 else (person, place, time)[asked]
    question = ("Who was seen?", "Where was it?", "When was it?")[asked]
    gold = {"text": [], "answer_start": []} if text is None else {"text": [text], "answer_start": [context.index(text)]}
    inputs = {"question": question, "context": context}
    return Example(
        id=f"{kind}/{at}", index=at, inputs=inputs, target=gold, cluster=f"page{at // 3}", official_id=f"q{at}"
    )


def _choose(draw, at, kind):
    noun = draw.choice(NOUNS)
    options = [f"the {noun} was {draw.choice(BAD)}" for _ in range(2 + at % 3)]
    right = int(draw.integers(len(options)))
    options[right] = f"the {noun} was {draw.choice(GOOD)}"
    inputs = {"premise": f"they liked the {noun} number {at}", "question": "why?", "options": options}
    return Example(id=f"{kind}/{at}", index=at, inputs=inputs, target=right)


def _record(draw, at, kind):
    people = [str(name) for name in draw.choice(PEOPLE, 1 + at % 2, replace=False)]
    options = [*people, *map(str, draw.choice(PLACES, 1 + at % 5, replace=False))]
    draw.shuffle(options)
    inputs = {
        "passage": f"case {at} is about {options[0]}",
        "query": "it was @placeholder who spoke",
        "options": options,
    }
    return Example(id=f"{kind}/{at}", index=at, inputs=inputs, target=tuple(people))


def make_kind(folder, kind, count=96, **changes):
    """A bench for one of these tasks."""
    task = make_kind_task(kind, **changes)
    rows = make_kind_rows(kind, count)
    return Bench(folder, task, make_dataset(task, rows), Suite(name="kinds", version=1, tasks=(task,)))


def open_made(made, folder, options=None, examples=None):
    """Predictions of the adapter `transformers` with a checkpoint that was made here, and its session."""
    from benchwright import registry

    report = read_report(folder)
    given = {name: str(report[name]) for name in ("max_length", "doc_stride") if name in report}
    labels = LabelMap(to_task=tuple(range(len(made.task.labels))), origin="task")
    model = ModelRef(name="m", adapter="transformers", path=str(folder), options={**given, **(options or {})})
    session = registry.get("adapters", "transformers").open(model, made.task, made.context(labels=labels))
    rows = made.train.examples if examples is None else examples
    return session.predict([msgspec.structs.replace(row, target=None) for row in rows])


def measure(task, rows, predictions):
    """The leading metric of a task over predictions."""
    from benchwright import registry
    from benchwright.metrics.gathering import gather

    records = [
        Record(id=row.id, target=row.target, output=found.output, scores=found.scores)
        for row, found in zip(rows, predictions, strict=True)
    ]
    return registry.get("metrics", task.metrics[0]).value(gather(task, records).columns)
