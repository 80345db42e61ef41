"""Cards and records of a few items with variants, small enough to count by hand."""

import pytest

from benchwright.types import (
    ClassificationTask,
    Label,
    Record,
    RegressionTask,
    Source,
    SpanTask,
    TaggingTask,
)

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
def spans():
    return SpanTask(
        name="toy",
        splits=SPLITS,
        default_split="validation",
        inputs={"question": ("question",), "context": ("context",)},
        target=("answers",),
        metrics=("exact_match", "answer_f1"),
        score=("answer_f1",),
    )


@pytest.fixture
def item():
    """A record of an item."""

    def make(number, target, output, **more):
        return Record(id=f"toy/{number}", target=target, output=output, **more)

    return make


@pytest.fixture
def variant():
    """A record of a variant of an item."""

    def make(number, target, output, draw=0, **more):
        return Record(id=f"toy/{number}#{draw}", target=target, output=output, group=f"toy/{number}", **more)

    return make
