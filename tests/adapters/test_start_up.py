"""What a run of a checkpoint has imported and done by the time its model reads the first text."""

import gc
import os
import subprocess
import sys

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import transformers_checkpoints as checkpoints

pytestmark = pytest.mark.torch

UNTIL_THE_FIRST_BATCH = """
import gc, os, sys
from benchwright.execution import worker
from benchwright.cli.main import main

opened = worker.open_session

def open_ending(*given, **options):
    session = opened(*given, **options)

    def end(_batch):
        print("\\n".join(["collects", *sys.modules] if gc.isenabled() else [*sys.modules]), file=sys.__stdout__, flush=True)
        os._exit(7)

    session.forward.compute = end
    return session

worker.open_session = open_ending
main(sys.argv[1:])
"""


def test_no_library_for_tables_or_statistics_is_imported_before_the_first_batch(tmp_path):
    """pandas alone takes a quarter of a second; pyarrow imports it when it is given a list."""
    model = checkpoints.save(tmp_path / "model")
    data = tmp_path / "data.csv"
    data.write_text("text,label\n" + "".join(f"a good film {at},positive\n" for at in range(40)))
    command = [
        "run",
        model,
        "--suite",
        f"classification/custom?path={data}&labels=negative,positive",
        "--store",
        tmp_path / "store",
    ]

    done = subprocess.run(
        [sys.executable, "-c", UNTIL_THE_FIRST_BATCH, *map(str, command)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        check=False,
    )

    assert done.returncode == 7, done.stderr
    loaded = set(done.stdout.split())
    assert "torch" in loaded
    assert not loaded & {"pandas", "sklearn", "scipy.stats", "matplotlib", "datasets"}
    assert "collects" in loaded, "the collector was turned off for imports alone"


def test_a_failed_opening_leaves_the_collector_on():
    """It is off while weights are loaded."""
    from benchwright.checkpoints.open_model import nothing_collected

    def fail():
        with nothing_collected():
            seen.append(gc.isenabled())
            raise KeyError

    seen = [gc.isenabled()]
    with pytest.raises(KeyError):
        fail()

    assert [*seen, gc.isenabled()] == [True, False, True]
