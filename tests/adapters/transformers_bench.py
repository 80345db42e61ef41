"""What tests of the adapter `transformers` share: tasks, contexts, sessions on a folder, and changes to its files."""

import json
from dataclasses import replace

import transformers_checkpoints as checkpoints

from benchwright import labels as naming
from benchwright.testing.fixtures import build_task
from benchwright.types import Context, Example, Kind, Label, LabelMap, ModelRef, TaggingTask
from benchwright_adapters.transformers import adapter

INPUTS = {Kind.TAG: ("words",), Kind.SPAN: ("question", "context"), Kind.CHOOSE: ("premise", "question", "options")}


def make_task(kind=Kind.CLASSIFY, inputs=None, labels=checkpoints.NEGATIVE_POSITIVE, **card):
    """A task of a kind; ``inputs`` and ``labels`` are names."""
    fields = {
        "name": "t",
        "splits": {},
        "default_split": "test",
        "inputs": {name: (name,) for name in inputs or INPUTS.get(kind, ("text",))},
        "target": ("label",),
        "metrics": ("accuracy",),
        "labels": tuple(Label(name=name, id=at) for at, name in enumerate(labels)),
    }
    return build_task(kind=kind, **{**fields, **card})


def make_context(workdir, **settings):
    """A context that never asks the network."""
    return Context(**{"suite": "s", "train": None, "items": tuple, "workdir": workdir, "offline": True, **settings})


def make_model(folder, **options):
    """A reference to the checkpoint in a folder."""
    return ModelRef(name="m", adapter="transformers", path=str(folder), options=options)


def make_examples(**inputs):
    """Examples from a list of values for each input."""
    rows = [dict(zip(inputs, row, strict=True)) for row in zip(*inputs.values(), strict=True)]
    return [Example(id=f"t/{at}", index=at, inputs=row) for at, row in enumerate(rows)]


def open_session(folder, task, *, to_task=None, workdir=None, **options):
    """A session on a folder, with tags tied by name; ``to_task`` says what each output means, as a user would."""
    context, model = make_context(workdir or folder / "work"), make_model(folder, **options)
    facts = adapter.inspect(model, task, context)
    tied = naming.align(task, facts.labels) if isinstance(task, TaggingTask) else None
    if to_task is not None:
        tied = LabelMap(to_task=to_task, origin="user")
    return adapter.open(model, task, replace(context, labels=tied))


def rewrite(folder, **changes):
    """Change fields of config.json; None removes one. Returns the folder."""
    path = folder / "config.json"
    config = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({key: value for key, value in config.items() if value is not None}))
    return folder
