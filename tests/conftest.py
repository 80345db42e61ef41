"""What all tests share: the program as a person starts it, a throw-away plugin, and the real benchmark files."""

import gc
import importlib.util
import json
import os
import tempfile
import textwrap
from pathlib import Path

import hypothesis
import pytest
import start_program

hypothesis.settings.register_profile("tests", deadline=None)
hypothesis.settings.load_profile("tests")
# How long one example takes says how loaded the machine is, not whether the property holds.

os.fsync = lambda _descriptor: None
# Nobody pulls the plug on a test, and what is killed leaves its files to the system: tests would wait minutes for the disk.

os.environ.setdefault("OMP_NUM_THREADS", "1")
# There are as many processes of tests as processors; more threads than these wait for one another, at the cost of both.

os.environ.pop("COLUMNS", None)
os.environ.setdefault(
    "MKL_CBWR", "AUTO,STRICT"
)  # as opening a model sets it, which in a process of many tests comes too late
# A runner of tests may say how wide its own terminal is; tables would be fitted to that.

os.environ["BENCHWRIGHT_LOCK"] = str(Path(tempfile.gettempdir()) / f"benchwright-tests-{os.getpid()}.lock")
# Tests that measure wait neither for one another nor for somebody who measures on this machine.

SHARED = Path(__file__).resolve().parents[1] / "../shared/data"

SLEEPY = """
import os, time
from benchwright.types import Facts, Kind, Prediction

class Session:
    def __init__(self, task):
        self.task, self.asked = task, 0
    def predict(self, examples):
        with open(os.environ["SLEEPY_LOG"], "a") as log:
            log.write(f"{os.getpid()} {examples[0].id}\\n")
        self.asked += 1
        while self.asked > int(os.environ.get("SLEEPY_HOLD", "1000000")) or self.is_early():
            time.sleep(0.01)
        time.sleep(float(os.environ.get("SLEEPY_SECONDS", "0.01")))
        names = self.task.label_names
        answers = []
        for example in examples:
            text = " ".join(map(str, example.inputs.values()))
            if "BREAK" in os.environ.get("SLEEPY_MODE", "") and example.index == 7:
                raise RuntimeError("example 7 breaks the model")
            share = (len(text) % 97) / 97
            scores = (share,) + ((1 - share) / (len(names) - 1),) * (len(names) - 1)
            if "NAN" in os.environ.get("SLEEPY_MODE", "") and example.index == 7:
                scores = (float("nan"),) * len(names)
            answers.append(Prediction(output=names[len(text) % len(names)], scores=scores))
        return answers
    def is_early(self):
        with open(os.environ["SLEEPY_LOG"]) as log:
            return len({line.split()[0] for line in log}) < int(os.environ.get("SLEEPY_TOGETHER", "1"))
    def close(self):
        pass

class Sleepy:
    name = "sleepy"
    version = 1
    kinds = (Kind.CLASSIFY,)
    options = {}
    def inspect(self, model, task, context):
        return Facts(digest="sleepy-" + model.name, kinds=self.kinds, scores="probabilities")
    def open(self, model, task, context):
        return Session(task)

adapter = Sleepy()
"""


def pytest_collection_finish():
    """What was collected stays to the end: eleven thousand tests that no collection of garbage needs to look through again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Each process has its part in one piece, so that what the tests of a file share is made once; who is done takes half of another's rest."""
    from xdist.scheduler.worksteal import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


@pytest.fixture(scope="session")
def by_hand():
    """The module ``hardware/profiles_by_hand.py``: hardware profiles that no clock made."""
    path = Path(__file__).with_name("hardware") / "profiles_by_hand.py"
    spec = importlib.util.spec_from_file_location("profiles_by_hand", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def shared_data():
    """The folder of real benchmark files; tests that ask for it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("no real benchmark files: ../shared/data is absent")
    return SHARED


@pytest.fixture
def program(tmp_path):
    """Start `benchwright` as a person would; returns the finished process. The store is in a throw-away folder."""

    def start(*args, env=None, check=None, **options):
        full = {**os.environ, "BENCHWRIGHT_STORE": str(tmp_path / "store"), **(env or {})}
        begin = start_program.start_from_nothing if options else start_program.start
        done = begin(*args, cwd=tmp_path, env=full, **options)
        if check is not None:
            assert done.returncode == check, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    return start


@pytest.fixture
def sleepy(tmp_path):
    """`write_sleepy` in the test's folder."""
    return write_sleepy(tmp_path)


def write_sleepy(root):
    """A third-party adapter that is slow and logs its calls; returns the environment that makes it known.

    ``SLEEPY_SECONDS``: what a call takes. ``SLEEPY_HOLD=N``: after N calls the next one never ends, so that whoever kills it comes in time.
    ``SLEEPY_TOGETHER=N``: no call ends before N processes have begun one. ``SLEEPY_MODE``: what breaks.
    """
    folder = root / "plugin"
    info = folder / "sleepy-0.1.dist-info"
    info.mkdir(parents=True)
    (folder / "sleepy_plugin.py").write_text(SLEEPY)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sleepy\nVersion: 0.1\n")
    (info / "entry_points.txt").write_text("[benchwright.adapters]\nsleepy = sleepy_plugin:adapter\n")
    return {"PYTHONPATH": str(folder), "SLEEPY_LOG": str(root / "sleepy.log")}


@pytest.fixture
def write(tmp_path):
    """Write a text file below the test's folder and return its path."""

    def put(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, str):
            path.write_text(textwrap.dedent(content), encoding="utf-8")
        else:
            path.write_text("".join(json.dumps(row) + "\n" for row in content), encoding="utf-8")
        return path

    return put
