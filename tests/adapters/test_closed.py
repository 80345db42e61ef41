"""What a closed session gives back."""

import gc
import weakref

import pytest
import transformers_checkpoints as checkpoints

from benchwright.types import Context, Example, ModelRef
from benchwright_adapters.transformers import adapter
from benchwright_suites.starter import suite

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("family", ["bert", "deberta"])
def test_a_closed_session_gives_back_its_weights(family, tmp_path):
    """At once, and without a collection of garbage, which takes longer than all else where a program holds many objects."""
    task = suite.task("sentiment")
    folder = checkpoints.save(tmp_path / "checkpoint", family, labels=task.label_names)
    context = Context(suite="starter", train=None, items=tuple, workdir=tmp_path, offline=True)
    session = adapter.open(ModelRef(name="m", adapter="transformers", path=str(folder)), task, context)
    session.predict([Example(id="t/0", index=0, inputs={"text": "good"})])
    weights = [weakref.ref(one) for one in session.forward.model.parameters()]
    gc.collect()
    gc.disable()

    session.close()
    kept = sum(one() is not None for one in weights)
    gc.enable()

    assert not kept
