"""`doctor` says what can be measured on a machine, what cannot, and what to do about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nvml_double import GIB, Device, Nvml, NVMLError, process

from benchwright.cli.machine_checks import machine_checks
from benchwright.cli.main import call
from benchwright.measuring.gpu_results import ON_GPU

ROOT = Path(__file__).parents[2]


def _rows(root, nvml=None):
    return {what: (state, detail) for what, state, detail in machine_checks(root, nvml or Nvml(init=NVMLError("none")))}


def _write(root, files):
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


@pytest.fixture
def server(tmp_path):
    """A server with a lazy governor, a quota, a load, and counters of energy."""
    return _write(
        tmp_path,
        {
            "proc/cpuinfo": "processor: 0\nmodel name: Intel(R) Xeon(R) Gold 6430\nflags: avx2 avx512f avx512_vnni fpu\n\n",
            "proc/loadavg": "64.00 1 1 3/96 4\n",
            "proc/self/cgroup": "0::/\n",
            "proc/self/status": "VmHWM: 400000 kB\nVmRSS: 100000 kB\n",
            "proc/self/clear_refs": "",
            "sys/fs/cgroup/cpu.max": "50000 100000",
            "sys/fs/cgroup/memory.max": str(4 * GIB),
            **{f"sys/devices/system/cpu/cpu{i}/cpufreq/scaling_governor": "powersave" for i in range(256)},
            "sys/devices/system/cpu/intel_pstate/no_turbo": "0",
            "sys/class/powercap/intel-rapl:0/name": "package-0",
            "sys/class/powercap/intel-rapl:0/energy_uj": "5",
            "sys/class/powercap/intel-rapl:0/max_energy_range_uj": "500",
        },
    )


def test_each_limit_of_a_machine_comes_with_what_to_do(server):
    rows = _rows(server)

    assert rows["processor"][0] == "ok"
    assert "Xeon(R) Gold 6430" in rows["processor"][1]
    assert rows["processor"][1].endswith("avx2 avx512f avx512_vnni")
    assert rows["governor"] == (
        "limited",
        "powersave, boost on: clocks follow the load; steadier times: sudo cpupower frequency-set -g performance",
    )
    assert rows["container"][0] == "limited"
    assert "0.5 of" in rows["container"][1]
    assert "4096 MiB of memory" in rows["container"][1]
    assert "--cpuset-cpus" in rows["container"][1]
    assert rows["load"][0] == "limited"
    assert rows["peak memory"][0] == "limited"
    assert "VmHWM stayed" in rows["peak memory"][1]
    assert rows["energy"] == ("ok", "RAPL: package-0 0")


def test_where_nothing_can_be_read_every_row_says_so(tmp_path):
    rows = _rows(tmp_path)

    assert {what for what, (state, _) in rows.items() if state == "absent"} == {"governor", "load", "energy", "gpu"}
    assert rows["processor"] == ("limited", "it cannot be told, so profiles of this machine are compared with none")
    assert rows["gpu"] == ("absent", "NVML: none; models run on the processor")


def test_a_gpu_is_told_with_who_is_on_it(tmp_path):
    free, shared = Device(), Device(processes=[process(7, GIB)])
    refusing = Device(processes=NVMLError("Insufficient Permissions"), energy=NVMLError("Not Supported"))

    rows = _rows(tmp_path, Nvml(free))
    assert rows["gpu"] == ("ok", "NVIDIA H100 80GB HBM3, 81920 MiB, 580.65.06, 700 W; visible: 1")
    assert rows["machine with gpu"][1].endswith(": of profiles on cuda")
    assert rows["machine with gpu"][1][:12] != rows["machine"][1][:12], "where a GPU decides it is another machine"
    assert rows["gpu processes"] == ("ok", "none on the GPU now")
    assert rows["gpu energy"][0] == "ok"
    assert _rows(tmp_path, Nvml(shared))["gpu processes"][0] == "limited"
    told = _rows(tmp_path, Nvml(refusing))
    assert told["gpu processes"][0] == "limited"
    assert "torch's allocator alone" in told["gpu processes"][1]
    assert told["gpu energy"][0] == "absent"


def test_the_rows_stand_in_json_too_and_a_limit_is_no_failure(capsys):
    assert call(["doctor", "--format", "json"]) == 0

    rows = json.loads(capsys.readouterr().out)["checks"]
    told = {row["what"]: row for row in rows}
    assert {
        "machine",
        "processor",
        "governor",
        "container",
        "load",
        "peak memory",
        "cold start",
        "energy",
        "gpu",
    } <= set(told)
    assert {row["state"] for row in rows} <= {"ok", "limited", "absent"}


def test_what_never_ran_on_a_gpu_says_so_until_a_dated_result_is_there(tmp_path):
    """Every result that is named lies in benchmarks/results and names a GPU; what has none is told as not run."""
    detail = _rows(tmp_path)["gpu results"][1]

    for what, result in ON_GPU.items():
        if not result:
            assert f"{what}: not run on a GPU yet" in detail
            continue
        date, _, rest = result.partition(", ")
        device, _, file = rest.partition(" (")
        stored = json.loads((ROOT / "benchmarks" / "results" / file.rstrip(")")).read_text())
        assert stored["device"] == device
        assert stored["when"].startswith(date)
        assert f"{what}: {date}" in detail
