"""What was so on the machine meanwhile is stored with units, and told where it makes numbers doubtful."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from msgspec.structs import replace
from nvml_double import GIB, Device, Nvml, NVMLError, process

from benchwright.measuring.gpu_results import ON_GPU
from benchwright.measuring.machine_alarms import machine_alarms
from benchwright.measuring.machine_state import State, at_both_ends, meanwhile, read_state
from benchwright.types import Machine

MACHINE = Machine(fingerprint="f", facts={"processor": "Xeon"})


def with_state(machine, start, end):
    """The machine as the process of a model (both ends) and its parent (meanwhile) tell it together."""
    return replace(machine, state={**at_both_ends(start, end), **meanwhile(start, end)})


def _write(root, files):
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def test_one_look_reads_load_pressure_memory_clocks_and_heat(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1}, raising=False)
    root = _write(
        tmp_path,
        {
            "proc/loadavg": "1.50 0.44 1.15 3/96 18444\n",
            "proc/pressure/cpu": "some avg10=12.50 avg60=0.25 avg300=1.39 total=27414954340\n",
            "proc/meminfo": "MemTotal: 16777216 kB\nMemAvailable:    8388608 kB\n",
            "proc/stat": "cpu 9 9 9 9 9 9 9 9 0 0\ncpu0 9 9 9 9 9 9 9 9 0 0\ncpu1 100 200 300 999 999 0 50 700 0 0\n",
            "sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq": "2600000\n",
            "sys/class/thermal/thermal_zone0/type": "acpitz\n",
            "sys/class/thermal/thermal_zone0/temp": "99000\n",
            "sys/class/thermal/thermal_zone1/type": "x86_pkg_temp\n",
            "sys/class/thermal/thermal_zone1/temp": "61500\n",
        },
    )

    state = read_state("cpu", root=root)

    assert state.values == {
        "load": "1.50",
        "running": "3",
        "waiting for a processor": "12.50 %",
        "memory available": "8.0 GiB",
        "frequency": "2600 MHz",
        "temperature": "62 °C",
    }
    hertz = os.sysconf("SC_CLK_TCK")
    assert state.ticks == {"busy": 650 / hertz, "stolen": 700 / hertz, "processors": 1.0}


def test_where_nothing_can_be_read_nothing_is_told(tmp_path):
    state = read_state("cpu", root=tmp_path)

    assert state.values == {}
    assert machine_alarms(with_state(MACHINE, state, state)) == ()


def test_growth_between_start_and_end_becomes_shares_and_alarms():
    """20 s on two processors, of which this process used 22 s, others 6 s, and the host took 4 s (10 %)."""
    start = State(
        values={"load": "0.1"}, at=100.0, ticks={"busy": 1000.0, "stolen": 5.0, "processors": 2.0}, own=50.0, waited=1.0
    )
    end = State(
        values={"load": "2.9"}, at=120.0, ticks={"busy": 1028.0, "stolen": 9.0, "processors": 2.0}, own=72.0, waited=4.0
    )

    machine = with_state(MACHINE, start, end)

    assert machine.fingerprint == MACHINE.fingerprint
    assert machine.state == {
        "load at start": "0.1",
        "load at end": "2.9",
        "seconds": "20.0",
        "waited for quota": "3.00 s",
        "other processes": "0.30 processors",
        "stolen": "10.0 %",
    }
    assert [(one.code, one.severity) for one in machine_alarms(machine)] == [
        ("busy", "alarm"),
        ("busy", "alarm"),
        ("throttled", "alarm"),
    ]
    told = " ".join(one.sentence for one in machine_alarms(machine))
    assert "0.3 processors" in told
    assert "10 % of the time" in told
    assert "wait 3 s of 20 s" in told


def test_a_quiet_machine_raises_no_alarm_and_less_than_a_second_tells_no_shares():
    start = State(values={}, at=0.0, ticks={"busy": 0.0, "stolen": 0.0, "processors": 1.0})
    quiet = State(values={}, at=10.0, ticks={"busy": 9.0, "stolen": 0.0, "processors": 1.0}, own=8.9)
    short = State(values={}, at=0.5, ticks={"busy": 0.5, "stolen": 0.5, "processors": 1.0})

    assert machine_alarms(with_state(MACHINE, start, quiet)) == ()
    assert with_state(MACHINE, start, short).state == {"seconds": "0.5"}


def test_a_gpu_that_others_use_or_that_is_slowed_down_is_an_alarm():
    device = Device(processes=[process(1, GIB), process(os.getpid(), GIB)], reasons=0x40 | 0x4 | 0x1, used=3 * GIB)

    state = read_state("cuda", nvml=Nvml(device), environment={})

    assert state.values["gpu other processes"] == "1"
    assert state.values["gpu clock"] == "1980 MHz"
    assert state.values["gpu temperature"] == "41 °C"
    assert state.values["gpu power"] == "123 W"
    assert state.values["gpu memory used"] == "3072 MiB"
    assert state.values["gpu slowed"] == "slowed down by its hardware: too hot; held down by its power limit"
    told = [(one.code, one.severity) for one in machine_alarms(with_state(MACHINE, state, state))]
    assert [one for one in told if one[0] != "busy"] == [
        ("throttled", "alarm"),
        ("throttled", "alarm"),
        ("shared-gpu", "alarm"),
        ("shared-gpu", "alarm"),
    ]


def test_in_a_container_the_one_process_listed_is_this_one_once_it_uses_the_gpu():
    nvml = Nvml(Device(processes=[process(424242, GIB)]))

    assert read_state("cuda", nvml=nvml, environment={}).values["gpu other processes"] == "1"
    assert read_state("cuda", nvml=nvml, environment={}, on_gpu=True).values["gpu other processes"] == "0"


@pytest.mark.parametrize(
    "nvml",
    [
        Nvml(init=NVMLError("Driver Not Loaded")),
        Nvml(Device(processes=NVMLError("Insufficient Permissions"), clock=NVMLError("x"))),
    ],
)
def test_a_driver_that_refuses_leaves_words_and_no_zero(nvml):
    values = read_state("cuda", nvml=nvml, environment={}).values

    assert "not told" in (values.get("gpu") or values["gpu other processes"])
    assert "gpu clock" not in values


def test_a_little_work_of_others_is_told_on_two_processors_and_not_on_many():
    state = {"other processes": "0.90 processors"}

    for processors, told in (("2", 1), ("40", 1), ("64", 0)):
        machine = Machine(fingerprint="f", facts={"processors": processors}, state=state)
        assert len(machine_alarms(machine)) == told


def test_a_governor_that_waits_for_load_is_a_note():
    machine = Machine(fingerprint="f", facts={"governor": "performance, powersave"})

    assert [(one.code, one.severity) for one in machine_alarms(machine)] == [("governor", "note")]
    assert machine_alarms(Machine(fingerprint="f", facts={"governor": "performance"})) == ()


def test_every_profile_on_a_gpu_says_that_its_code_was_not_run_on_one_yet(monkeypatch):
    """Until a dated result is named; then nothing is said."""
    machine = Machine(fingerprint="f", facts={"gpu": "NVIDIA H100"})

    (told,) = machine_alarms(machine)
    assert (told.code, told.severity) == ("untested-gpu", "note")
    assert "not run on a GPU yet" in told.sentence

    monkeypatch.setitem(ON_GPU, "hardware profiles", "2027-01-01, NVIDIA H100 (2027-01-01-hardware.json)")
    assert machine_alarms(machine) == ()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc/stat is Linux's")
def test_work_of_this_process_is_not_taken_for_that_of_others():
    """Real clocks: what this process burned is taken off what the processors did."""
    start = read_state("cpu")
    until = time.process_time() + 1.1  # shares are told from a second on
    while time.process_time() < until:
        pass
    end = read_state("cpu")

    busy = end.ticks["busy"] - start.ticks["busy"]
    others = float(with_state(MACHINE, start, end).state["other processes"].split()[0])
    assert end.own - start.own == pytest.approx(1.1, abs=0.2)
    assert others == pytest.approx(max(0.0, busy - (end.own - start.own)) / (end.at - start.at), abs=0.02)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc/stat is Linux's")
def test_work_of_processes_that_it_started_is_its_own_while_they_run_and_after():
    """The model is measured in such a process: it must not be taken for another."""
    burn = "import time; end = time.process_time() + 0.4\nwhile time.process_time() < end: pass\nprint(flush=True); input()"
    start = read_state("cpu")
    child = subprocess.Popen([sys.executable, "-c", burn], stdin=-1, stdout=-1)
    child.stdout.readline()
    running = read_state("cpu")
    child.communicate(b"\n")
    after = read_state("cpu")

    assert running.own - start.own == pytest.approx(0.45, abs=0.2)
    assert after.own - start.own == pytest.approx(0.45, abs=0.2)
