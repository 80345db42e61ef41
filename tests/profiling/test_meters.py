"""Memory of a scenario is that of opening the model or its own, whichever is more; energy is that of the timed window."""

from __future__ import annotations

import os
import sys

import pytest
from nvml_double import GIB, Device, Nvml, NVMLError, process

from benchwright.measuring.machine_state import worst_of
from benchwright.measuring.single_stream import Measured
from benchwright.profiling.messages import Shape
from benchwright.profiling.meters import Meters, memory_there
from benchwright.types import Samples

MIB = 2**20
ELSEWHERE = 8 * MIB
"""What the rest of the process, which runs other tests too, may have taken meanwhile."""


def _block(mebibytes):
    held = bytearray(mebibytes * MIB)
    held[::4096] = b"x" * len(held[::4096])
    return held


@pytest.mark.skipif(sys.platform != "linux", reason="peaks are set back on Linux alone")
def test_a_scenario_does_not_hold_the_peak_of_the_one_before():
    meters = Meters("cpu")
    model = _block(64)
    meters.opened()
    told = {}
    for name, size in (("large", 192), ("small", 16)):
        meters.begin()
        batch = _block(size)
        del batch
        told[name] = {one.quantity: one for one in meters.read()}

    assert told["large"]["host_memory_model"].value == pytest.approx((64 + 192) * MIB, abs=ELSEWHERE)
    assert told["small"]["host_memory_model"].value == pytest.approx((64 + 16) * MIB, abs=ELSEWHERE)
    assert len(model) == 64 * MIB


@pytest.mark.skipif(sys.platform != "linux", reason="peaks are set back on Linux alone")
def test_what_opening_the_model_took_at_most_counts_for_every_scenario():
    meters = Meters("cpu")
    unpacked = _block(160)
    del unpacked
    meters.opened()
    meters.begin()

    told = {one.quantity: one for one in meters.read()}

    assert told["host_memory_model"].value == pytest.approx(160 * MIB, abs=ELSEWHERE)
    assert told["host_memory_model"].source.endswith("when it was opened")


def test_energy_is_read_around_what_is_timed_and_says_of_which_samples():
    one = Measured(samples=(Samples(quantity="pass", values=(0.1,)),))

    found, (energy,) = Meters("cpu").energy_of(lambda: one, Shape(batch=8, length=64))

    assert found is one
    assert (energy.quantity, energy.batch, energy.length) == ("energy", 8, 64)
    assert (energy.value is None) == bool(energy.reason)


def test_a_gpu_that_others_use_is_a_note_and_in_the_state():
    device = Device(processes=[process(1, GIB)])
    meters = Meters("cuda", nvml=Nvml(device))
    device.processes = [process(1, GIB), process(os.getpid(), GIB)]

    assert meters.note == "1 other process used the GPU before this one"
    state = meters.state()
    assert state["gpu other processes at start"] == state["gpu other processes at end"] == "1"


def test_states_of_several_processes_become_one_that_hides_nothing():
    first = {"load at start": "0.1", "load at end": "2", "stolen": "3.0 %", "gpu slowed at end": "too hot"}
    second = {"load at start": "9", "load at end": "1", "stolen": "12.0 %", "waited for quota": "1.0 s"}

    assert worst_of([first, second]) == {
        "load at start": "0.1",
        "load at end": "1",
        "stolen": "12.0 %",
        "waited for quota": "1.0 s",
        "gpu slowed at end": "too hot",
    }
    assert worst_of([second, first])["stolen"] == "12.0 %"
    assert worst_of([]) == {}


def test_a_model_that_does_not_fit_is_told_with_what_there_is(tmp_path):
    shared = Nvml(Device(total=16 * GIB, used=14 * GIB, processes=[process(1, GIB), process(2, GIB)]))

    assert (
        memory_there("cuda", nvml=shared)
        == "the GPU has 16.0 GiB, of which 2.0 GiB are free now, 2 processes are on it"
    )
    assert memory_there("cuda", nvml=Nvml(init=NVMLError("none"))) == ""
    assert memory_there("cpu", root=tmp_path) == ""
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text("MemAvailable:    1048576 kB\n")
    assert memory_there("cpu", root=tmp_path) == "1.0 GiB of memory are free"
