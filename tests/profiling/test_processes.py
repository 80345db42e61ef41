"""A model in a fresh process of its own: what it is asked, what it answers, and what is said when it dies."""

import json
import os
import statistics

import psutil
import pytest
from msgspec.structs import replace

from benchwright.jobs import make_job
from benchwright.plan import make_plan
from benchwright.profiling import parent
from benchwright.profiling.measured_model import NO_FILES
from benchwright.profiling.messages import EvictFiles, FirstCall, OpenModel, PlanModel, Shape, SingleStream, WarmUp
from benchwright.profiling.parent import ModelProcess, ProcessFailed
from benchwright.profiling.surroundings import surroundings
from benchwright.store import Store
from benchwright.types import ModelRef, ProfileSpec, RunSpec

BRIEF = ProfileSpec(scenario="single_stream", preset="quick", duration=0.3, queries=10)

MODEL = """
import os, signal, sys, time
from pathlib import Path

def sleeps(texts):
    with open("slept", "a") as log:
        for _ in texts:
            began = time.perf_counter()
            time.sleep(0.02)
            log.write(f"{time.perf_counter() - began}\\n")
    return ["yes"] * len(texts)

def prints(texts):
    sys.stdout.write("a line that is no answer\\n" * 20000)
    return ["yes"] * len(texts)

def exits(texts):
    sys.exit(3)

def leaves(texts):
    print("so long", file=sys.stderr, flush=True)
    os._exit(5)

def killed(texts):
    os.kill(os.getpid(), signal.SIGKILL)

def crashes(texts):
    os.kill(os.getpid(), signal.SIGSEGV)

def hangs(texts):
    time.sleep(1000)

def fails(texts):
    raise ValueError("no such word\\nin the second line")

def grows(texts):
    raise MemoryError

def stops_the_clock(texts):
    time.perf_counter, time.sleep = lambda: 0.0, lambda seconds: None
    return ["yes"] * len(texts)

def writes_everywhere(texts):
    for descriptor in range(3, 30):
        try:
            os.write(descriptor, b"\\x1e no answer\\n")
        except OSError:
            pass
    return ["yes"] * len(texts)

def closes_everything(texts):
    os.closerange(0, 200)
    time.sleep(1000)

def forks(texts):
    if os.fork() == 0:
        Path("forked").write_text(str(os.getpid()))
        time.sleep(1000)
    while not Path("forked").exists() or not Path("forked").read_text():
        time.sleep(0.01)
    return ["yes"] * len(texts)

def forks_away(texts):
    fork = os.fork
    os.fork = lambda: fork() or os.setsid() or 0
    return forks(texts)

def forks_and_leaves(texts):
    forks(texts)
    os._exit(5)
"""


@pytest.fixture
def job(tmp_path, monkeypatch):
    """The cell of a model on forty rows, as a job."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models.py").write_text(MODEL)
    for name, rows in (("test", 40), ("train", 60)):
        lines = [
            json.dumps({"text": f"{'good' if at % 2 else 'bad'} number {at}", "label": "yes" if at % 2 else "no"})
            for at in range(rows)
        ]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines))

    def make(adapter, path=""):
        model = ModelRef(name="m", adapter=adapter, path=path)
        spec = RunSpec(models=(model,), suites=("classification/custom?path=test.jsonl&train=train.jsonl",))
        store = Store(tmp_path / "store")
        plan = make_plan(spec, store, token="0" * 32)
        return make_job(plan.runnable[0], plan, store, token="0" * 32)

    return make


def opened(process, job):
    process.ask(PlanModel(job=job))
    evicted = process.ask(EvictFiles())
    return evicted, process.ask(OpenModel(started=process.started))


@pytest.mark.parametrize(("adapter", "path"), [("python", "models.py:sleeps"), ("tfidf", "")])
def test_a_model_is_measured_in_a_process_of_its_own(job, tmp_path, adapter, path):
    """Planned, opened, asked for the first time, warmed up, measured; the raw samples come back."""
    with ModelProcess(surroundings()) as process:
        assert process.id != os.getpid()
        evicted, start = opened(process, job(adapter, path))
        first = process.ask(FirstCall())
        warm = process.ask(WarmUp(shape=Shape(), spec=BRIEF))
        (found,) = process.ask(SingleStream(shape=Shape(), spec=BRIEF)).samples
        process.finish()
    unknown = [one.reason for one in evicted.readings]
    assert evicted.notes == (() if unknown else (NO_FILES,))
    assert unknown == (
        ["the adapter does not know which files the model reads, so none was taken out of memory before"]
        if adapter == "python"
        else []
    )
    assert [one.quantity for one in start.samples] == ["interpreter", "planning", "load"]
    assert all(one.values[0] > 0 for one in start.samples)
    assert start.notes == (("opening the model includes training it",) if adapter == "tfidf" else ())
    assert [one.quantity for one in first.samples] == ["warm_start" if unknown else "cold_start", "first_call"]
    interpreter, _, load = (one.values[0] for one in start.samples)
    cold, called = (one.values[0] for one in first.samples)
    assert cold == pytest.approx(interpreter + load + called)
    assert warm.samples[0].phase == "warm_up"
    assert len(found.values) >= 10
    assert sum(found.values) <= found.wall
    if adapter == "python":
        slept = [float(line) for line in (tmp_path / "slept").read_text().split()]
        measured = [*called_of(first), *warm.samples[0].values, *found.values]
        assert len(slept) == len(measured)
        beyond = [outside - inside for inside, outside in zip(slept, measured, strict=True)]
        assert min(beyond) >= 0
        assert statistics.median(beyond) < 0.2  # of all, one may have waited for a processor


@pytest.mark.parametrize(("adapter", "path"), [("constant", "yes"), ("majority", "")])
def test_a_model_without_files_has_a_cold_start_and_says_that_it_has_none(job, tmp_path, adapter, path):
    """Its path is a label, and no folder: not even where there is one of that name, whose files stay as they are."""
    (tmp_path / "yes").mkdir()
    (tmp_path / "yes" / "a_file").write_text("of somebody else")
    with ModelProcess(surroundings()) as process:
        evicted, _ = opened(process, job(adapter, path))
        first = process.ask(FirstCall())
        process.finish()
    assert (evicted.readings, evicted.notes) == ((), (NO_FILES,))
    assert first.samples[0].quantity == "cold_start"


def called_of(answer):
    return answer.samples[1].values


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("exits", "ended the program (SystemExit: 3)"),
        ("leaves", "ended with exit code 5; the last that it wrote: so long"),
        ("killed", "killed (signal 9); often the memory ran out"),
        ("crashes", "crashed (signal 11, SIGSEGV)"),
        ("hangs", "did not answer for 2 s and was ended"),
        ("fails", "the model fails on example"),
        ("grows", "does not fit into memory"),
        ("writes_everywhere", "something else than an answer came over the pipe"),
        ("closes_everything", "closed the pipe of its answers and was ended"),
        ("forks_and_leaves", "ended with exit code 5"),
    ],
)
def test_what_becomes_of_a_model_is_said_in_one_sentence(job, function, said, monkeypatch):
    """A model that ends its process, is killed, crashes, hangs, fails or breaks the pipes: a reason, no traceback."""
    monkeypatch.setattr(parent, "_GRACE", 0.5)
    with ModelProcess(surroundings()) as process:
        opened(process, job("python", f"models.py:{function}"))
        if function == "hangs":
            process._patience = 2.0
        with pytest.raises(ProcessFailed) as raised:
            process.ask(FirstCall())
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "Traceback" not in str(raised.value)


def test_what_a_model_prints_is_no_answer(job):
    """Five hundred thousand lines on standard output disturb nothing, and it is said that printing took its time."""
    with ModelProcess(surroundings()) as process:
        opened(process, job("python", "models.py:prints"))
        (found,) = process.ask(SingleStream(shape=Shape(), spec=replace(BRIEF, duration=0.001, queries=25))).samples
        process.finish()
    assert len(found.values) == 25
    assert "printed" in process.note


def test_the_waiting_parent_works_not_at_all(job):
    """A second of waiting for a model that sleeps takes the parent next to no processor time."""
    with ModelProcess(surroundings()) as process:
        opened(process, job("python", "models.py:sleeps"))
        before = os.times()
        process.ask(SingleStream(shape=Shape(), spec=replace(BRIEF, duration=1.0, queries=1)))
        after = os.times()
    assert after.user + after.system - before.user - before.system < 0.05


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes are forked here")
@pytest.mark.parametrize("function", ["forks", "forks_away", "forks_and_leaves"])
def test_what_a_model_started_ends_with_its_process_however_that_ends(job, tmp_path, function):
    """A model that forks and is finished, or ends its own process: nothing is left running."""
    with ModelProcess(surroundings()) as process:
        opened(process, job("python", f"models.py:{function}"))
        if function != "forks_and_leaves":
            process.ask(FirstCall())
            process.finish()
        else:
            with pytest.raises(ProcessFailed):
                process.ask(FirstCall())
    left = int((tmp_path / "forked").read_text())
    _, alive = psutil.wait_procs([psutil.Process(left)] if psutil.pid_exists(left) else [], timeout=120)
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []


def test_a_model_that_replaces_the_clock_is_measured_by_the_real_one(job):
    """As libraries do that freeze the time: the loops would never end, and the times be 0."""
    with ModelProcess(surroundings()) as process:
        opened(process, job("python", "models.py:stops_the_clock"))
        process.ask(FirstCall())
        process.ask(WarmUp(shape=Shape(), spec=BRIEF))
        (found,) = process.ask(SingleStream(shape=Shape(), spec=BRIEF)).samples
        process.finish()
    assert min(found.values) > 0
    assert found.wall >= 0.3
