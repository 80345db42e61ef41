"""Stages, work, given lengths and sweeps through real processes."""

import pytest

from benchwright.measuring.stages import stage_times
from benchwright.run import evaluate
from benchwright.store import Store

MODEL = """
import time

def sleeps(texts):
    time.sleep(0.002 + 0.0005 * len(texts))
    return ["positive"] * len(texts)
"""

QUICK = "preset=quick&duration=0.2s&queries=6&alone=yes"


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """Measurements of a model in a scenario of the task that ships."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models.py").write_text(MODEL)

    def measure(model, scenario, options):
        suite = f"hardware/{scenario}?{QUICK}{options}"
        run = evaluate([model], [suite], on="starter/sentiment", store="store", name=f"run-{scenario}")
        (cell,) = run.cells
        assert cell.status == "measured", cell.reason
        (profile,) = run.profiles
        return Store("store").read_measurements(cell.key), profile

    return measure


def test_a_sweep_measures_each_batch_and_length_as_a_shape_of_its_own(measured):
    """A model that tells no tokens is swept by words; a length that no text reaches, joined or not, is in the grid with its reason."""
    found, profile = measured("m=python:models.py:sleeps", "sweep", "&batches=1,4&lengths=6,5000")
    places = {(one.batch, one.length) for one in found.samples if one.phase == "measured"}

    assert places == {(1, 6), (4, 6)}
    for place in places:
        kinds = [one.phase for one in found.samples if (one.batch, one.length) == place and one.phase != "start"]
        assert sorted(set(kinds)) == ["first_call", "measured", "warm_up"]
    assert [(one.batch, one.length) for one in profile.grid] == [(1, 6), (4, 6), (1, 5000), (4, 5000)]
    assert all(one.quantities for one in profile.grid[:2])
    assert "no inputs of 5000 words can be made" in profile.grid[2].reason
    assert profile.grid[3].reason.startswith("not asked: at batch 1 of length 5000")
    assert any("lengths are in words" in note for note in found.notes)
    assert {one.tokens for one in found.samples if one.phase == "measured"} == {0}


def test_inputs_of_given_lengths_are_asked_in_other_scenarios_too(measured):
    found, _ = measured("m=python:models.py:sleeps", "single_stream", "&lengths=5,9")

    assert {one.length for one in found.samples if one.phase == "measured"} == {5, 9}


def test_an_adapter_without_stages_says_so(measured):
    found, profile = measured("m=python:models.py:sleeps", "single_stream", "")

    assert "no stages: the adapter answers a query as a whole" in found.notes
    assert stage_times(found.samples) == ()
    assert profile.stages == ()
    flops = next(one for one in found.readings if one.quantity == "flops")
    assert (flops.value, flops.reason) == (None, "the adapter does not count tokens and operations")


@pytest.mark.torch
def test_a_checkpoint_has_stages_tokens_and_operations(measured, tmp_path):
    """A tiny one, in a process of its own: stages of its queries, padding of its batches, work by its configuration."""
    pytest.importorskip("torch")
    import transformers_checkpoints as checkpoints

    folder = checkpoints.save(tmp_path / "tiny")
    found, profile = measured(f"tiny={folder}", "offline", "&batch=8")

    assert [one.stage for one in profile.stages] == ["tokenise", "collate", "forward", "post_process"]
    assert sum(one.share for one in profile.stages) == pytest.approx(1)
    rate = next(one for one in found.readings if one.quantity == "matrix_rate")
    assert (rate.value, rate.reason) == (None, "the short form measures no matrix rate")
    readings = {one.quantity: one.value for one in found.readings if one.phase == "work"}
    (one,) = [one for one in found.samples if one.quantity == "pass"]
    assert readings["work_inputs"] * len(one.values) == one.inputs  # those of the passes that count, no others
    assert readings["tokens"] * len(one.values) == one.tokens
    assert 0 < readings["tokens"] <= readings["padded_tokens"]
    assert 0 < readings["flops"] <= readings["padded_flops"]
    efficiency = profile.quantity("padding_efficiency")
    assert efficiency.value == pytest.approx(readings["flops"] / readings["padded_flops"])
    assert profile.quantity("tokens_per_second").value > 0
