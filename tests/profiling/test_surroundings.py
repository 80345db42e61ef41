"""The environment of a process that measures: as many threads as it may use, told to every library, used and reported."""

import os
import subprocess
import sys

import pytest

from benchwright import environment
from benchwright.profiling.surroundings import surroundings

SAY = """
import json, sys
if sys.argv[1:] == ["torch"]:
    import torch
else:
    import numpy
    numpy.ones((4, 4)) @ numpy.ones((4, 4))
from benchwright.profiling.measured_model import used_threads
print(json.dumps(used_threads()))
"""


def test_threads_are_those_that_may_be_used_and_a_users_own_number_stands():
    """Every library is told; what the user set for one of them is kept."""
    told = surroundings(environ={"PATH": "/bin"})
    assert {told[name] for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")} == {
        str(environment.processors())
    }
    own = surroundings(environ={"OMP_NUM_THREADS": "3", "MKL_NUM_THREADS": "7"})
    assert (own["OMP_NUM_THREADS"], own["MKL_NUM_THREADS"], own["OPENBLAS_NUM_THREADS"]) == ("3", "7", "3")
    assert surroundings(environ={"CUDA_VISIBLE_DEVICES": "GPU-12"})["CUDA_VISIBLE_DEVICES"] == "GPU-12"


def test_processes_that_work_at_once_share_the_threads():
    """Four processes of a machine that may use eight threads have two each, and one at least."""
    assert surroundings(processes=4, environ={"OMP_NUM_THREADS": "8"})["OMP_NUM_THREADS"] == "2"
    assert surroundings(processes=4, environ={"OMP_NUM_THREADS": "2"})["OMP_NUM_THREADS"] == "1"


@pytest.mark.parametrize("library", ["numpy", pytest.param("torch", marks=pytest.mark.torch)])
@pytest.mark.parametrize("asked", [1, 2])
def test_threads_that_are_reported_are_those_that_are_used(library, asked):
    """Read from the libraries in the process itself, not from what was asked for."""
    if library == "torch":
        pytest.importorskip("torch")
    environ = surroundings(environ={**os.environ, "OMP_NUM_THREADS": str(asked)})
    if library == "numpy":
        environ["OPENBLAS_NUM_THREADS"] = str(asked)
    done = subprocess.run(
        [sys.executable, "-c", SAY, *(["torch"] if library == "torch" else [])],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    import json

    said = json.loads(done.stdout)
    assert said["threads asked for"] == str(asked)
    used = said["threads of torch" if library == "torch" else "threads of openblas"]
    assert used == str(asked if library == "torch" else min(asked, environment.processors()))
