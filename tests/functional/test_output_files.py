"""Every output file of every verb: whole or not there, when the disk is full and when the program is killed."""

import contextlib
import errno
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import benchwright
from benchwright.cli.main import call

RULES = 'schema = 1\n[[rule]]\nid = "q"\nkind = "noninferiority"\nmargin = 0.5\n'
OUTPUTS = {
    "compare --markdown": ("compare", "a", "b", "--markdown", "OUT"),
    "report html": ("report", "a", "-o", "OUT.html"),
    "report markdown": ("report", "a", "--as", "markdown", "-o", "OUT"),
    "report csv": ("report", "a", "-o", "OUT.csv"),
    "store export": ("store", "export", "a", "-o", "OUT"),
    "baseline accept": ("baseline", "accept", "a", "--name", "p", "--reason", "r", "--lock", "OUT"),
    "new suite": ("new", "suite", "abc", "--directory", "OUT"),
    "new gate": ("new", "gate", "abc", "--directory", "OUT"),
    "verify --write": ("verify", "--write", "OUT"),
    **{
        f"gate --{form}": ("gate", "gate.toml", "b", "--baseline", "a", f"--{form}", "OUT")
        for form in ("json", "junit", "markdown", "html", "metrics", "badge")
    },
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A folder with rules and a store of two runs."""
    folder = tmp_path_factory.mktemp("stage")
    (folder / "gate.toml").write_text(RULES)
    for name, model in (("a", "majority"), ("b", "constant:sport")):
        benchwright.evaluate(model, "starter/topic", store=folder / "store", name=name, offline=True)
    return folder


@pytest.fixture
def place(stage, tmp_path, monkeypatch):
    """The folder for one output."""
    monkeypatch.chdir(stage)
    monkeypatch.setenv("BENCHWRIGHT_STORE", str(stage / "store"))
    return tmp_path / "out"


def ask(args, place):
    """Exit code and what is said on standard error."""
    out, err = io.StringIO(), io.StringIO()
    typed = [arg.replace("OUT", str(place / "file")) for arg in args]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        return call(typed), err.getvalue()


@pytest.mark.parametrize("args", OUTPUTS.values(), ids=OUTPUTS)
def test_a_full_disk_leaves_nothing(place, monkeypatch, args):
    """Exit code 2, a message that names the path and a next step, and no file, not even an empty one."""
    real = os.fsync

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    if args[0] == "new" and args[1] == "suite":
        monkeypatch.setattr(Path, "write_text", lambda *_, **__: full(0))
    code, told = ask(args, place)
    assert code == 2
    assert str(place / "file") in told
    assert "No space left" in told
    assert "  next: " in told
    assert [path for path in place.rglob("*") if path.is_file()] == []
    monkeypatch.undo()
    assert os.fsync is real


@pytest.mark.parametrize("args", OUTPUTS.values(), ids=OUTPUTS)
def test_what_was_written_is_whole(place, args):
    """The same commands with room: one file or folder, nothing beside it."""
    code, told = ask(args, place)
    assert code == 0 or (code, args[0]) in ((1, "gate"), (3, "gate")), told
    files = [path for path in place.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if path.name.endswith(".tmp")]


@pytest.mark.soak
def test_a_gate_killed_while_it_writes(stage, tmp_path):
    """Whenever SIGKILL comes, verdict.json is the old one or the new one."""
    path = tmp_path / "v.json"
    path.write_text("{}")
    command = [sys.executable, "-m", "benchwright", "gate", "gate.toml", "b", "--baseline", "a", "--json", str(path)]
    env = {**os.environ, "BENCHWRIGHT_STORE": str(stage / "store")}
    started = time.monotonic()
    subprocess.run(command, cwd=stage, env=env, check=False, capture_output=True)
    whole = time.monotonic() - started
    for part in range(10):
        with subprocess.Popen(command, cwd=stage, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as one:
            time.sleep(whole * (0.6 + part * 0.05))
            one.kill()
        json.loads(path.read_text())
    subprocess.run(command, cwd=stage, env=env, check=False, capture_output=True)
    assert [one.name for one in tmp_path.iterdir()] == ["v.json"]
