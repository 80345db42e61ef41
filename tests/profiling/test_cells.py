"""Hardware cells of a run: measured in fresh processes, stored, gone on with, and failed one by one."""

import pytest

from benchwright.run import evaluate
from benchwright.store import Store

MODEL = """
import os, signal, time

def sleeps(texts):
    time.sleep(0.005 * len(texts))
    return ["positive"] * len(texts)

def killed(texts):
    os.kill(os.getpid(), signal.SIGKILL)

def alone(texts):
    # dies where it is not the first process
    with open("claimed", "a+") as claimed:
        claimed.seek(0)
        first = claimed.readline() or f"{os.getpid()}\\n"
        if first == f"{os.getpid()}\\n":
            claimed.write(first)
        else:
            os.kill(os.getpid(), signal.SIGKILL)
    return sleeps(texts)
"""


@pytest.fixture
def rows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models.py").write_text(MODEL)
    return "starter/sentiment"


def profiled(models, rows, *scenarios, options="preset=quick&duration=0.3s&queries=8&alone=yes", **settings):
    suites = [f"hardware/{scenario}?{options}" for scenario in scenarios]
    return evaluate(models, suites, on=rows, store="store", name="run", **settings)


def test_a_model_that_dies_leaves_the_others_measured(rows):
    """A model that is killed is a failed cell with the reason; a model that sleeps 5 ms is measured at no less."""
    run = profiled(["slow=python:models.py:sleeps", "dead=python:models.py:killed"], rows, "single_stream")
    slow, dead = run.cells
    assert (slow.status, dead.status) == ("measured", "failed"), slow.reason
    assert "killed (signal 9); often the memory ran out" in dead.reason
    found = Store("store").read_measurements(slow.key)
    (latency,) = (one for one in found.samples if one.quantity == "latency" and one.phase == "measured")
    assert min(latency.values) >= 0.005
    assert len(latency.values) >= 8
    assert {"warm_start", "load", "first_call"} <= {one.quantity for one in found.samples}


def test_models_in_turn_share_a_session_and_the_first_has_a_second_copy(rows):
    """Blocks of both with their places in each round, those of the copy in the first model's cell, one session for all."""
    options = "blocks=6&queries=12&preset=quick&duration=0.2s&alone=yes"
    run = profiled(["slow=python:models.py:sleeps", "tfidf"], rows, "interleaved", options=options)
    assert [cell.status for cell in run.cells] == ["measured", "measured"]
    first, second = (Store("store").read_measurements(cell.key) for cell in run.cells)
    assert first.session == second.session
    blocks = [
        [one for one in found.samples if one.phase == phase and one.block >= 0]
        for found, phase in ((first, "measured"), (first, "aa"), (second, "measured"))
    ]
    assert [[one.block for one in each] for each in blocks] == [[0, 1, 2, 3, 4, 5]] * 3
    for at in range(6):
        assert sorted(each[at].order for each in blocks) == [0, 1, 2]
    assert not [one for one in second.samples if one.phase == "aa"]


def test_several_processes_at_once_are_measured_together(rows):
    """One, then two processes with a copy each: raw samples of each, told apart."""
    run = profiled(
        "slow=python:models.py:sleeps",
        rows,
        "concurrency",
        options="concurrency=1,2&queries=8&duration=0.3s&preset=quick&alone=yes",
    )
    (cell,) = run.cells
    assert cell.status == "measured", cell.reason
    found = Store("store").read_measurements(cell.key)
    taken = [
        (one.concurrency, one.process) for one in found.samples if one.phase == "measured" and one.quantity == "latency"
    ]
    assert taken == [(1, 0), (2, 0), (2, 1)]


def test_a_number_of_processes_that_fails_leaves_those_that_were_measured(rows):
    """Two at once are killed: one alone stays measured, two say why, and four are not tried."""
    options = "concurrency=1,2,4&queries=8&duration=0.3s&preset=quick&alone=yes"
    run = profiled("m=python:models.py:alone", rows, "concurrency", options=options)
    (cell,) = run.cells
    assert cell.status == "measured", cell.reason
    one, two, four = run.profiles[0].grid
    assert [point.concurrency for point in (one, two, four)] == [1, 2, 4]
    assert one.reason == ""
    assert one.quantities[0].value >= 0.005
    assert (two.quantities, four.quantities) == ((), ())
    assert "killed (signal 9)" in two.reason
    assert four.reason == "not tried, since 2 at once failed"


def test_where_no_number_of_processes_can_be_measured_the_cell_fails(rows):
    (cell,) = profiled(
        "m=python:models.py:killed", rows, "concurrency", options="concurrency=1,2&preset=quick&alone=yes"
    ).cells
    assert cell.status == "failed"
    assert "killed (signal 9)" in cell.reason


@pytest.mark.slow
@pytest.mark.torch
def test_a_checkpoint_is_made_in_a_process_of_its_own(rows):
    """Training happens before, elsewhere: the process that measures imports torch when the model is opened, on the clock."""
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    (cell,) = profiled("f=finetune:tiny?epochs=1&train_limit=64", rows, "single_stream").cells
    assert cell.status == "measured", cell.reason
    found = Store("store").read_measurements(cell.key)
    assert not [note for note in found.notes if "torch" in note or "training" in note]
    assert [one.phase for one in found.samples if one.quantity == "load"] == ["start"]
    assert {"cold_start"} == {one.quantity for one in found.samples if one.quantity.endswith("_start")}
    stages = {one.stage for one in found.samples if one.quantity == "stage"}
    assert {"tokenise", "forward"} <= stages
