"""Small stored runs whose counts are known."""

from types import SimpleNamespace

import numpy as np
import pytest

from benchwright.comparison.comparable import pair
from benchwright.comparison.systems import read_systems
from benchwright.store import Store
from benchwright.testing.fixtures import build_task
from benchwright.testing.write_run import write_run
from benchwright.types import Cluster, Kind, Label, Record, Source

LABELS = ("no", "yes", "maybe")
TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
INPUTS = {
    Kind.TAG: {"words": ("words",)},
    Kind.SPAN: {"question": ("question",), "context": ("context",)},
}


def card(name="t", *metrics, kind=Kind.CLASSIFY, labels=None, cluster=None, **more):
    """A task with three labels; its score is its leading metric."""
    names = labels or {Kind.CLASSIFY: LABELS, Kind.TAG: TAGS}.get(kind, ())
    return build_task(
        name=name,
        kind=kind,
        splits={"validation": Source()},
        default_split="validation",
        inputs=INPUTS.get(kind, {"text": ("text",)}),
        target=("label",),
        labels=tuple(Label(name=label, id=at) for at, label in enumerate(names)),
        positive=more.pop("positive", "yes" if kind is Kind.CLASSIFY else None),
        metrics=metrics or ("accuracy",),
        cluster=Cluster(by="column", columns=(cluster,)) if cluster else None,
        **more,
    )


def records(golds, outputs, *, task="t", **columns):
    """Records; further columns are lists by name, an output None is an item without an answer."""
    return [
        Record(
            id=f"{task}/{at}",
            target=gold,
            output=output,
            error="broken" if output is None else None,
            **{name: values[at] for name, values in columns.items()},
        )
        for at, (gold, output) in enumerate(zip(golds, outputs, strict=True))
    ]


def answers(pattern, **columns):
    """Records from ``+`` (right), ``-`` (wrong), ``!`` (no answer); gold alternates between no and yes."""
    golds = [LABELS[at % 2] for at in range(len(pattern))]
    said = {"+": lambda at: LABELS[at % 2], "-": lambda at: LABELS[1 - at % 2], "!": lambda _: None}
    return records(golds, [said[sign](at) for at, sign in enumerate(pattern)], **columns)


def drawn(n, rates, seed=0, **columns):
    """Records of several systems by name, right at the given rates, wrong answers at random."""
    rng = np.random.default_rng(seed)
    golds = [LABELS[code] for code in rng.integers(0, 3, n)]
    return {
        name: records(golds, [gold if rng.random() < rate else LABELS[rng.integers(0, 3)] for gold in golds], **columns)
        for name, rate in rates.items()
    }


class Bench:
    """A store with one run ``r`` of several models on one or several tasks."""

    def __init__(self, root):
        self.store = Store(root / "store")

    def write(self, by_model, task=None, run="r", **more):
        """A run from records by model, on one task ``s/t``."""
        return write_run(
            self.store, run, {m: {"s/t": found} for m, found in by_model.items()}, {"s/t": task or card()}, **more
        )

    def many(self, by_model, tasks, run="r", **more):
        """A run from records by model and path."""
        return write_run(self.store, run, by_model, tasks, **more)

    def pair(self, by_model, task=None, **more):
        """The pairing of a run's models on its one task."""
        self.write(by_model, task)
        return pair(read_systems(self.store, ["r"]), "s/t", **more)


@pytest.fixture
def bench(tmp_path):
    """A throw-away store."""
    return Bench(tmp_path)


@pytest.fixture
def make():
    """The functions above."""
    return SimpleNamespace(card=card, records=records, answers=answers, drawn=drawn, labels=LABELS)
