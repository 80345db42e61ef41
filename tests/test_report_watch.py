"""A report that is written anew while its run goes on."""

import os
import signal
import subprocess
import sys
import time

import msgspec
import pytest

import benchwright
from benchwright import reporting
from benchwright.errors import BenchwrightError
from benchwright.report_request import ReportRequest
from benchwright.report_watch import WatchRequest, watch
from benchwright.store import Store


class Told(list):
    """What was said, without the time of day."""

    def __call__(self, text):
        self.append(text.partition(" ")[2])


class Clock:
    """Time that passes only while somebody waits; at each wait the next thing happens."""

    def __init__(self, *happens):
        self.now, self.happens = 0.0, list(happens)

    def pause(self, seconds):
        self.now += 100 * seconds
        if self.happens:
            self.happens.pop(0)()

    def __call__(self):
        return self.now


@pytest.fixture
def finished(tmp_path):
    """A store with the finished run `r` of two constants on two tasks."""
    store = Store(tmp_path / "store")
    run = benchwright.evaluate(["constant:good", "constant:bad"], _path(tmp_path), store=store.root, name="r")
    return store, run


def _path(folder):
    rows = "".join(f"text {at},{'good' if at % 3 else 'bad'}\n" for at in range(60))
    (folder / "gold.csv").write_text(f"text,label\n{rows}")
    return f"classification/custom?path={folder}/gold.csv"


def with_first(run, results):
    """The run with so many results, unfinished."""
    cells = [
        cell
        if at < results
        else msgspec.structs.replace(cell, status="unfinished", score=None, scores=(), ledger=None, reason="go on")
        for at, cell in enumerate(run.cells)
    ]
    return msgspec.structs.replace(run, cells=tuple(cells), complete=False)


def follow(store, output, clock, told, **options):
    asked = WatchRequest(
        store=store,
        runs=["r"],
        output=output,
        say=told,
        pause=clock.pause,
        clock=clock,
        **{"request": ReportRequest(), **options},
    )
    return watch(asked)


def test_a_page_is_written_when_the_run_has_changed_and_the_last_is_the_report_itself(finished, tmp_path):
    store, run = finished
    pages, told, output = [], Told(), tmp_path / "page.html"
    store.write_run(with_first(run, 0))

    def after(results):
        def happen():
            pages.append(output.read_text())
            store.write_run(with_first(run, results))

        return happen

    def nothing():
        pages.append(output.read_text())

    with store.at_work("r"):
        end = lambda: store.write_run(run)  # noqa: E731 - short
        follow(store, output, Clock(nothing, after(1), nothing, end), told)

    assert [line.partition(";")[0] for line in told] == [
        "r: 0 of 2 results",
        "r: 1 of 2 results",
        "r: 2 of 2 results, finished",
    ]
    assert "0 of 2 results; still to come: constant-good on classification/custom" in pages[0]
    assert pages[1] == pages[0], "nothing changed, nothing was written"
    assert "1 of 2 results; still to come: constant-bad on classification/custom" in pages[2]
    assert "Not finished" in pages[2]
    assert "location.reload" in pages[2]
    reporting.report("r", tmp_path / "plain.html", store=store.root)
    assert output.read_bytes() == (tmp_path / "plain.html").read_bytes()
    assert "location.reload" not in output.read_text()
    assert not list(tmp_path.glob(".page*"))


def test_a_run_that_is_not_there_is_waited_for_and_then_given_up(tmp_path):
    told = Told()
    with pytest.raises(BenchwrightError, match=r"no run 'r' was begun in .* within 10 min"):
        follow(Store(tmp_path / "store"), tmp_path / "page.html", Clock(), told)

    assert told == ["r: not there yet; waiting up to 10 min 00 s"]
    assert not (tmp_path / "page.html").exists()


def test_a_run_that_nobody_is_at_work_on_leaves_a_page_that_says_so(finished, tmp_path):
    store, run = finished
    store.write_run(with_first(run, 1))
    told = Told()

    with pytest.raises(BenchwrightError, match="no process was at work on r for 10 min 00 s: 1 of 2 results"):
        follow(store, tmp_path / "page.html", Clock(), told)

    page = (tmp_path / "page.html").read_text()
    assert "No process is at work on r" in page
    assert "1 of 2 results" in page


def test_while_models_are_timed_no_page_is_made(finished, tmp_path, monkeypatch):
    """Composing a page would take the processor from what is measured."""
    store, run = finished
    begun = with_first(run, 1)
    timed = msgspec.structs.replace(begun.cells[1], suite="hardware", task="offline@classification/custom")
    card = run.tasks["classification/custom"]
    timed = msgspec.structs.replace(
        begun,
        cells=(begun.cells[0], timed),
        tasks={**run.tasks, "hardware/offline@classification/custom": card},
    )
    store.write_run(timed)
    told, output = Told(), tmp_path / "page.html"

    def look():
        assert not output.exists()

    with store.at_work("r"):
        with pytest.raises(BenchwrightError, match="no model 'nobody'"):
            follow(store, output, Clock(), Told(), request=ReportRequest(models=("nobody",)))
        follow(store, output, Clock(look, look, lambda: store.write_run(run)), told)

    assert "a page waits until models are timed" in told[0]
    assert len(told) == 2


def test_ctrl_c_says_what_the_file_holds(finished, tmp_path):
    store, run = finished
    store.write_run(with_first(run, 1))

    def interrupt():
        raise KeyboardInterrupt

    with store.at_work("r"), pytest.raises(KeyboardInterrupt, match=r"page\.html holds the page of \d\d:\d\d:\d\d UTC"):
        follow(store, tmp_path / "page.html", Clock(interrupt), Told())
    assert "1 of 2 results" in (tmp_path / "page.html").read_text()


def test_what_is_wrong_with_the_request_is_told_at_once(program, tmp_path):
    assert "--patience without --watch" in program("report", "r", "--patience", "5 s", check=2).stderr
    assert "--watch without -o" in program("report", "r", "--watch", check=2).stderr
    said = program("report", "r", "--watch", "-o", "page.docx", check=2).stderr
    assert "does not tell the format" in said


@pytest.mark.slow
def test_a_real_run_in_another_process_is_followed_and_so_is_one_that_is_killed(program, sleepy, tmp_path):
    """Two processes, of which the run is killed half-way, typed again, and finished."""
    store = tmp_path / "store"
    path = os.pathsep.join(filter(None, (sleepy["PYTHONPATH"], os.environ.get("PYTHONPATH"))))
    own = {"PYTHONPATH": path, "BENCHWRIGHT_STORE": str(store), "SLEEPY_HOLD": "3"}
    env = {**os.environ, **sleepy, **own}
    run = ["run", "a=sleepy:", "b=sleepy:", "--suite", "starter/sentiment", "--name", "r", "--shard", "60", "--quiet"]

    def start(*words, **changes):
        command = [sys.executable, "-m", "benchwright", *words]
        return subprocess.Popen(
            command, env={**env, **changes}, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    first = start(*run)
    follower = start("report", "r", "--watch", "-o", "page.html", "--patience", "300 s")
    page = tmp_path / "page.html"
    _until(page.exists)
    assert "Not finished" in page.read_text()
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    _until(lambda: "No process is at work on r" in page.read_text())
    second = start(*run, SLEEPY_HOLD="100")
    assert second.wait(300) == 0
    said = follower.communicate(timeout=300)

    assert follower.returncode == 0, said
    assert "no process is at work on it" in said[1]
    assert "finished; page written" in said[1]
    assert "Not finished" not in page.read_text()
    for process in (first, second):
        process.communicate()


def _until(happened, seconds=300):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.1)
