"""A card of any kind."""

import pytest

from benchwright.testing.fixtures import build_task
from benchwright.types import Kind, Label

LABELS = (Label(name="negative", id=0, aliases=("neg",)), Label(name="positive", id=1))


@pytest.fixture
def make_task():
    """A sentiment task, or one of another kind; keywords replace fields."""

    def make(**changes):
        fields = {
            "name": "tone",
            "kind": Kind.CLASSIFY,
            "splits": {},
            "default_split": "validation",
            "inputs": {"text": ("sentence", "text")},
            "target": ("label",),
            "labels": LABELS,
            "metrics": ("accuracy",),
        }
        return build_task(**{**fields, **changes})

    return make
