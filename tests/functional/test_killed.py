"""Killed and crowded runs lose nothing: shards are atomic, leased, and joined into the same bytes."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from start_program import start
from tests.conftest import write_sleepy


def _arguments(store, *more):
    return ["run", "m=sleepy:", "--suite", "starter/sentiment", "--store", str(store), "--shard", "16", *more]


def _command(store, *more):
    return [sys.executable, "-m", "benchwright", *_arguments(store, *more)]


def _records(store):
    (path,) = Path(store).glob("cells/*/records.parquet")
    return path.read_bytes()


def _finish(store, env):
    done = start(*_arguments(store), cwd=store.parent, env=env)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture
def env(sleepy, tmp_path):
    return {**os.environ, **sleepy, "SLEEPY_SECONDS": "0.02", "BENCHWRIGHT_STORE": str(tmp_path / "unused")}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The records of an uninterrupted run."""
    root = tmp_path_factory.mktemp("whole")
    _finish(root / "store", {**os.environ, **write_sleepy(root), "SLEEPY_SECONDS": "0"})
    return _records(root / "store")


def _kill_once(store, env, shards, delay=0.0):
    """Start a run, kill it ``delay`` seconds after it has finished ``shards``; say how many are finished then."""
    process = subprocess.Popen(_command(store), env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and _finished(store) < shards:
        time.sleep(0.002)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return _finished(store)


def _finished(store):
    """Shards that a run would go on behind: none once they are joined, though some may still lie there."""
    if list(Path(store).glob("cells/*/records.parquet")):
        return 0
    return len(list(Path(store).glob("cells/*/shards/*.parquet")))


@pytest.mark.slow
@pytest.mark.parametrize("kills", [4, pytest.param(50, marks=pytest.mark.soak)])
def test_killed_runs_continue_and_end_in_the_same_bytes(env, tmp_path, whole, kills):
    """A run killed at a random moment continues after its last finished shard and ends byte-equal."""
    chance = random.Random(20261121)
    continued = 0
    for number in range(kills):
        store = tmp_path / f"store{number}"
        wanted = chance.randint(0, 22)
        shards = _kill_once(store, env, wanted, chance.uniform(0, 0.05 if wanted else 1.0))
        done = _finish(store, env)
        told = re.search(r"([\d,]+) finished earlier", done.stderr)
        finished_earlier = int(told[1].replace(",", "")) if told else 0
        if shards:
            assert finished_earlier == min(16 * shards, 357), done.stderr
            continued += 1
        assert _records(store) == whole
    print(f"{continued} of {kills} runs were killed between their first and last shard")
    assert continued >= kills // 2


def test_a_run_killed_twice_continues_after_its_last_shard(env, tmp_path, whole):
    """Two kills in a row, then an uninterrupted end, give the bytes of an uninterrupted run, no shard done twice."""
    store = tmp_path / "store"
    log = Path(env["SLEEPY_LOG"])
    held = {**env, "SLEEPY_HOLD": "5"}
    first = _kill_once(store, held, 5)
    second = _kill_once(store, held, 10)
    _finish(store, env)

    assert (first, second) == (5, 10)
    assert _records(store) == whole
    calls = Counter(line.split()[1] for line in log.read_text().splitlines())
    assert sum(count - 1 for count in calls.values()) == 2  # the shard in hand at each kill


def test_four_processes_share_one_store(env, tmp_path, whole):
    """Four processes started together compute every shard exactly once between them and agree on the result."""
    log = Path(env["SLEEPY_LOG"])
    store, together = tmp_path / "store", {**env, "SLEEPY_TOGETHER": "4"}
    started = [
        subprocess.Popen(
            _command(store, "--format", "json"), env=together, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(4)
    ]
    outputs = [process.communicate(timeout=300) for process in started]

    assert [process.returncode for process in started] == [0] * 4, outputs
    lines = [line.split() for line in log.read_text().splitlines()]
    assert Counter(Counter(shard for _, shard in lines).values()) == {1: 23}
    assert len({worker for worker, _ in lines}) == 4
    assert _records(store) == whole
    scores = {json.dumps(json.loads(out)["results"][0]["metrics"], sort_keys=True) for out, _ in outputs}
    assert len(scores) == 1


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_cleanly(env, tmp_path, whole, sign):
    """Ctrl-C and SIGTERM end with code 130, a sentence and no traceback, and the same command continues."""
    store = tmp_path / "store"
    process = subprocess.Popen(
        _command(store),
        env={**env, "SLEEPY_HOLD": "3"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests in the background may have told all children to ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    while not list(store.glob("cells/*/shards/*.parquet")):
        time.sleep(0.05)
        assert process.poll() is None
    process.send_signal(sign)
    _, told = process.communicate(timeout=300)

    assert process.returncode == 130
    assert "interrupted" in told
    assert "Traceback" not in told
    (name,) = [path.stem for path in store.glob("runs/*.json")]
    shown = start("show", name, "--store", str(store), cwd=tmp_path, env=env).stdout
    assert "unfinished: 1 of 1 results are still to come; run the same command again" in shown
    assert "FAILED" not in shown
    _finish(store, env)
    assert _records(store) == whole
