"""What tests of adapters share: answers to a small split, random checkpoints, and one thread to compute them with."""

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchwright.errors import PredictionsError
from benchwright.testing.fixtures import build_task
from benchwright.types import Context, Example, Kind, Label, ModelRef
from benchwright_adapters.predictions import adapter


def make_card(kind, **card):
    """A card of a task called `t`; labels are given by name."""
    inputs = {
        Kind.TAG: ("words",),
        Kind.SPAN: ("question", "context"),
        Kind.CHOOSE: ("premise", "options"),
    }.get(kind, ("text",))
    labels = tuple(Label(name=name, id=at) for at, name in enumerate(card.pop("labels", ())))
    given = {"inputs": {name: (name,) for name in inputs}, "metrics": ("accuracy",), **card}
    return build_task(name="t", kind=kind, splits={}, default_split="test", target=("target",), labels=labels, **given)


def make_items(rows, task, keys=None):
    """Examples of rows of inputs."""
    return tuple(
        Example(
            id=f"t/{at}",
            index=at,
            inputs=dict(zip(task.inputs, row, strict=True)),
            official_id=keys[at] if keys else None,
        )
        for at, row in enumerate(rows)
    )


@pytest.fixture
def ask(tmp_path):
    """Ask the adapter: file content, task, examples and options -> predictions in order, outputs, and facts."""

    def answer(content, task, items, *, name="p", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        model = ModelRef(name="m", adapter="predictions", path=str(path), options=options)
        context = Context(suite="s", train=lambda _: None, items=lambda: items)
        facts = adapter.inspect(model, task, context)
        found = adapter.open(model, task, context).predict(items)
        return SimpleNamespace(predictions=found, outputs=[one.output for one in found], facts=facts)

    return answer


@pytest.fixture
def refused(ask):
    """What the adapter says to a file that it refuses."""

    def said(*args, **options):
        with pytest.raises(PredictionsError) as caught:
            ask(*args, **options)
        return str(caught.value)

    return said


@pytest.fixture
def card():
    """`make_card` and `make_items`."""
    return SimpleNamespace(task=make_card, items=make_items)


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    """Tiny models lose more to the hand-over between threads than they gain."""
    monkeypatch.setattr("benchwright.checkpoints.open_model.threads", lambda: 1)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


@pytest.fixture(scope="session")
def saved(tmp_path_factory):
    """A random checkpoint of a family for each way of asking, saved once; not to be changed."""
    import transformers_checkpoints as checkpoints

    done = {}

    def make(family="bert", head="ForSequenceClassification", **changes):
        key = (family, head, repr(sorted(changes.items())))
        if key not in done:
            done[key] = checkpoints.save(tmp_path_factory.mktemp(family), family, head=head, **changes)
        return done[key]

    return make


@pytest.fixture
def folder(saved, tmp_path):
    """A checkpoint with nothing wrong, which may be changed."""
    return Path(shutil.copytree(saved(), tmp_path / "checkpoint"))
