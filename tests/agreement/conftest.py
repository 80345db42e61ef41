"""Cards and records of a few items, small enough to count by hand."""

import pytest

from benchwright.testing.fixtures import build_task
from benchwright.types import Kind, Label, Record

INPUTS = {Kind.TAG: ("words",), Kind.CHOOSE: ("question", "options")}


@pytest.fixture
def make_task():
    """A card of a kind with labels a, b, c."""

    def make(kind=Kind.CLASSIFY, **more):
        fields = {
            "name": "toy",
            "splits": {},
            "default_split": "test",
            "inputs": {name: (name,) for name in INPUTS.get(kind, ("text",))},
            "target": ("label",),
            "metrics": ("accuracy",),
            "labels": tuple(Label(name=name, id=at) for at, name in enumerate("abc")),
        }
        return build_task(kind=kind, **{**fields, **more})

    return make


@pytest.fixture
def make_records():
    """Records of answers, with scores and gold answers where they are given."""

    def make(outputs, scores=None, targets=None):
        return [
            Record(
                id=f"toy/{at}",
                target=None if targets is None else targets[at],
                output=output,
                scores=None if scores is None else scores[at],
                error="no answer" if output is None else None,
            )
            for at, output in enumerate(outputs)
        ]

    return make
