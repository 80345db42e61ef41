"""Cards and records of a few items under identity swaps, small enough to count by hand."""

import pytest

from benchwright.types import ClassificationTask, Label, Record, RegressionTask, Source, TaggingTask

SPLITS = {"validation": Source(package="nowhere:x.jsonl")}


@pytest.fixture
def two_labels():
    return ClassificationTask(
        name="toy",
        splits=SPLITS,
        default_split="validation",
        inputs={"text": ("text",)},
        target=("label",),
        labels=(Label(name="no", id=0), Label(name="yes", id=1)),
        metrics=("accuracy",),
    )


@pytest.fixture
def numbers():
    return RegressionTask(
        name="toy",
        splits=SPLITS,
        default_split="validation",
        inputs={"text": ("text",)},
        target=("score",),
        metrics=("pearson",),
        value_range=(0.0, 5.0),
    )


@pytest.fixture
def tags():
    names = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
    return TaggingTask(
        name="toy",
        splits=SPLITS,
        default_split="validation",
        inputs={"words": ("words",)},
        target=("tags",),
        labels=tuple(Label(name=name, id=at) for at, name in enumerate(names)),
        metrics=("entity_f1",),
    )


@pytest.fixture
def item():
    """A record of an item, answered ``yes`` with a probability."""

    def make(number, yes, *, target="yes", **more):
        fields = {"output": "yes" if yes > 0.5 else "no", "scores": (1 - yes, yes)} | more
        return Record(id=f"toy/{number}", target=target, **fields)

    return make


@pytest.fixture
def variant():
    """A record of a variant of an item: which draw, from which group to which."""

    def make(number, draw, swap, yes, *, dimension="religion", target="yes", word=None, **more):
        source, group = swap.split(">")
        fields = {"output": "yes" if yes > 0.5 else "no", "scores": (1 - yes, yes)} | more
        return Record(
            id=f"toy/{number}#{draw}",
            target=target,
            group=f"toy/{number}",
            cluster=f"toy/{number}",
            slices={"identity": dimension, "identity_from": source, "identity_to": group},
            **({"extra": {"edits": {"text": [[2, 8, word or group]]}}} | fields),
        )

    return make
