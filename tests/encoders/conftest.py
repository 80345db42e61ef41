"""What tests of encoders share."""

import pytest

from benchwright.types import ClassificationTask, Label


@pytest.fixture
def make_task():
    """A task of labels for one text."""

    def make(labels):
        return ClassificationTask(
            name="t",
            splits={},
            default_split="test",
            inputs={"text": ("text",)},
            target=("label",),
            metrics=("accuracy",),
            labels=tuple(Label(name=name, id=at) for at, name in enumerate(labels)),
        )

    return make
