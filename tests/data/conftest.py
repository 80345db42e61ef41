"""A small task and suite, and a folder to put files in."""

import pytest

from benchwright.testing.fixtures import build_task
from benchwright.types import Files, Kind, Label, Source, Suite, Task


@pytest.fixture
def make_task():
    """A sentiment task whose validation split lies in the given layouts; keywords replace fields."""

    def make(*layouts, **changes):
        fields = {
            "name": "tone",
            "kind": Kind.CLASSIFY,
            "splits": {"validation": Source(files=layouts)},
            "default_split": "validation",
            "inputs": {"text": ("sentence", "text")},
            "target": ("label",),
            "labels": (Label(name="negative", id=0, aliases=("neg",)), Label(name="positive", id=1)),
            "metrics": ("accuracy",),
        }
        return build_task(**{**fields, **changes})

    return make


@pytest.fixture
def suite_of():
    """A suite of the given tasks, whose files may lie in a sub-folder `mood`."""

    def make(*tasks):
        return Suite(name="mood", version=1, tasks=tasks, folders=("mood",))

    return make


@pytest.fixture
def layout():
    """A layout of one name, its format told by the suffix."""

    def make(name="dev.tsv", **changes):
        return Files(names=(name,), **{"format": name.rsplit(".", 1)[1], **changes})

    return make


@pytest.fixture
def read_split(tmp_path, make_task, suite_of):
    """Load the validation split of a task from tmp_path."""
    from benchwright.data.load import load

    def read(task_or_layout, **keywords):
        task = task_or_layout if isinstance(task_or_layout, Task) else make_task(task_or_layout)
        return load(task, "validation", suite=suite_of(task), folder=tmp_path, offline=True, **keywords)

    return read
