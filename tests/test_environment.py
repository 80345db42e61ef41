"""Why no GPU can be asked is told in the driver's words."""

from __future__ import annotations

import sys

import pytest
from nvml_double import Device, Nvml, NVMLError

from benchwright import environment
from benchwright.spec_checks import setting_problems
from benchwright.types import ModelRef, RunSpec


@pytest.mark.parametrize(
    ("binding", "problem"),
    [
        (Nvml(Device()), ""),
        (Nvml(), "NVML finds no device"),
        (Nvml(init=NVMLError("Driver/library version mismatch")), "NVML: Driver/library version mismatch"),
        (None, "the package nvidia-ml-py is not installed"),
    ],
)
def test_a_gpu_that_cannot_be_asked_says_why(monkeypatch, binding, problem):
    monkeypatch.setitem(sys.modules, "pynvml", binding)

    assert environment.cuda_problem() == problem
    spec = RunSpec(models=(ModelRef(name="m", adapter="majority", path=""),), suites=("starter",), device="cuda")
    told = [str(one) for one in setting_problems(spec)]
    if problem:
        assert len(told) == 1
        assert problem in told[0]
        assert "--device cpu" in told[0]
    else:
        assert told == []


@pytest.mark.parametrize(("told", "threads"), [("3", 3), ("4,1", 4), ("", None), ("0", None), ("many", None)])
def test_threads_are_those_that_were_set_else_one_for_each_processor(told, threads):
    assert environment.threads({"OMP_NUM_THREADS": told}) == (threads or environment.processors())
