"""Models in their fresh processes: memory of each is its own, and what cannot be read or does not fit says why."""

from __future__ import annotations

import sys

import pytest

from benchwright.profiling.questions import ModelBroken, Questions
from benchwright.run import evaluate
from benchwright.store import Store
from benchwright.types import Example

MIB = 2**20
MODELS = """
import time
held = []

def large(texts):
    if not held:
        held.append(bytearray(b"x") * (256 << 20))
    return small(texts)

def small(texts):
    time.sleep(0.002)
    return ["positive"] * len(texts)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="VmHWM and /proc/self/clear_refs are Linux's")
def test_two_models_of_one_run_do_not_leak_into_each_other(tmp_path, monkeypatch):
    """The large one is measured within 3 % of what it allocates, and the small one after it holds none of that."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models.py").write_text(MODELS)
    suite = "hardware/single_stream?preset=quick&duration=0.2s&queries=8&alone=yes"
    models = ["large=python:models.py:large", "small=python:models.py:small"]

    run = evaluate(models, suite, on="starter/sentiment", store="store", name="run")

    found = {cell.model: Store("store").read_measurements(cell.key) for cell in run.cells}
    large, small = ({one.quantity: one for one in found[name].readings} for name in ("large", "small"))
    assert large["host_memory_model"].value == pytest.approx(256 * MIB, rel=0.03)
    assert small["host_memory_model"].value < 10 * MIB
    assert small["host_memory_peak"].value < large["host_memory_peak"].value - 240 * MIB
    assert (small["energy"].value is None) == bool(small["energy"].reason), "a counter, or why there is none"
    assert small["parameters"].reason == "the adapter does not know how many weights the model has"
    assert {"load at start", "load at end", "other processes"} <= set(found["small"].machine.state)
    profile = next(one for one in run.profiles if one.model == "large")
    assert profile.quantity("host_memory_model").value == large["host_memory_model"].value
    assert profile.quantity("host_memory_peak").method == "VmHWM"


class DoesNotFit:
    """A session whose memory runs out, with the name that torch's own error has."""

    def predict(self, examples):
        raise type("OutOfMemoryError", (RuntimeError,), {})("CUDA out of memory. Tried to allocate 9.00 GiB\nmore")


def test_a_model_that_does_not_fit_is_told_with_what_memory_there_is(monkeypatch):
    monkeypatch.setattr("benchwright.profiling.questions.memory_there", lambda device: f"the {device} has 8 GiB")

    with pytest.raises(ModelBroken) as told:
        Questions(DoesNotFit(), "cuda").ask([Example(id="sst2/1", index=1, inputs={"text": "x"})])

    assert str(told.value) == (
        "the model fails on example sst2/1: it does not fit into memory (CUDA out of memory. Tried to allocate 9.00 GiB): the cuda has 8 GiB;"
        " next: a smaller model or batch, or more memory"
    )
