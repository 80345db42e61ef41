"""A run that is broken off while it measures: nothing is left running, what was finished stays, and the same command goes on."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

pytestmark = pytest.mark.slow  # about 15 s on a calm machine: six commands, each with its processes

MODEL = """
import os, time

def sleeps(texts):
    time.sleep(0.002 * len(texts))
    return ["positive"] * len(texts)

def hangs(texts):
    if os.path.exists("hang"):
        open("hanging", "w").close()
        time.sleep(1000)
    return ["positive"] * len(texts)
"""


@pytest.fixture
def command(tmp_path):
    (tmp_path / "models.py").write_text(MODEL)
    (tmp_path / "hang").touch()
    view = "hardware/single_stream@starter/sentiment?preset=quick&duration=0.2s&queries=8&alone=yes"
    models = ["good=python:models.py:sleeps", "bad=python:models.py:hangs"]
    return [
        sys.executable,
        "-m",
        "benchwright",
        "run",
        *models,
        "--suite",
        view,
        "--store",
        "store",
        "--name",
        "run",
        "--quiet",
    ]


def interruptible():
    """Ctrl-C is heard in the new process, also where the tests themselves were started in the background with it ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def begin(command, folder):
    """Start the command; it hangs in the second model when this returns."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=interruptible,  # noqa: PLW1509
    )
    until = time.monotonic() + 300
    while not (folder / "hanging").exists():
        assert time.monotonic() < until
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    return process


def measured(folder):
    return {path: path.read_bytes() for path in (folder / "store").glob("cells/*/measurements.parquet")}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_what_was_finished_stays_and_the_same_command_goes_on(command, tmp_path, how):
    """Ctrl-C ends the model that is being measured with its parent; so does the parent's own death, whatever killed it."""
    process = begin(command, tmp_path)
    (child,) = psutil.Process(process.pid).children()
    process.send_signal(how)
    _, said = process.communicate(timeout=300)
    child.wait(timeout=300)
    assert process.returncode == (130 if how == signal.SIGINT else -how), said
    assert "Traceback" not in said
    if how == signal.SIGINT:
        assert said.endswith("is kept; run the same command with --name run to continue\n")
    kept = measured(tmp_path)
    assert len(kept) == 1

    (tmp_path / "hang").unlink()
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    after = measured(tmp_path)
    assert len(after) == 2
    assert all(after[path] == content for path, content in kept.items())


def test_ctrl_c_names_the_run_that_nobody_named_and_under_that_name_it_goes_on(tmp_path):
    """Without the name it would be another run, which measures all anew."""
    (tmp_path / "models.py").write_text(MODEL)
    (tmp_path / "hang").touch()
    unnamed = [sys.executable, "-m", "benchwright", "profile", "good=python:models.py:sleeps"]
    unnamed += ["bad=python:models.py:hangs", "--suite", "starter/sentiment", "--scenario", "single-stream", "--quick"]
    unnamed += ["--duration", "0.2 s", "--queries", "8", "--store", "store", "--quiet"]
    process = begin(unnamed, tmp_path)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 130
    name = said.split("run the same command with --name ")[1].removesuffix(" to continue\n")
    kept = measured(tmp_path)
    assert len(kept) == 1

    (tmp_path / "hang").unlink()
    again = [*unnamed, "--name", name]
    done = subprocess.run(again, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    after = measured(tmp_path)
    assert len(after) == 2
    assert all(after[path] == content for path, content in kept.items())


def test_a_machine_that_is_measured_is_waited_for(command, tmp_path, monkeypatch):
    """A second command says once that it waits and for whom, not how long that takes, and begins when the first has ended."""
    monkeypatch.setenv("BENCHWRIGHT_LOCK", str(tmp_path / "lock"))
    first = begin(command, tmp_path)
    other = [part for part in command if part not in ("--quiet", "bad=python:models.py:hangs")]
    other[other.index("store")] = "other"
    second = subprocess.Popen(
        other,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=interruptible,  # noqa: PLW1509
    )
    line = ""
    while "waiting" not in line:
        line = second.stderr.readline()
        assert line, second.communicate()
    assert line.endswith(f"waiting: process {first.pid} measures on this machine\n")
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    _, said = second.communicate(timeout=300)
    assert second.returncode == 0, said
    assert "waiting" not in said
    assert list((tmp_path / "other").glob("cells/*/measurements.parquet"))
    second.communicate()
