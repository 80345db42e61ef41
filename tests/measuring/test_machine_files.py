"""Whatever stands in the kernel's files or the environment, describing a machine gives texts or a reason, and never fails."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from nvml_double import Device, Nvml

from benchwright.cli.machine_checks import machine_checks
from benchwright.measuring.energy import package_counters
from benchwright.measuring.host_memory import peak
from benchwright.measuring.machine import describe_machine, differences, fingerprint
from benchwright.measuring.machine_alarms import machine_alarms
from benchwright.measuring.machine_state import meanwhile, read_state
from benchwright.measuring.nvml import NoNvml, first_gpu

FILES = (
    "proc/cpuinfo",
    "proc/meminfo",
    "proc/loadavg",
    "proc/stat",
    "proc/pressure/cpu",
    "proc/self/cgroup",
    "proc/self/status",
    "sys/fs/cgroup/cpu.max",
    "sys/fs/cgroup/memory.max",
    "sys/fs/cgroup/cpu.stat",
    "sys/kernel/mm/transparent_hugepage/enabled",
    "sys/devices/system/cpu/cpufreq/boost",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq",
    "sys/devices/system/cpu/cpu0/cache/index3/size",
    "sys/devices/system/cpu/cpu0/topology/core_id",
    "sys/class/thermal/thermal_zone0/type",
    "sys/class/thermal/thermal_zone0/temp",
    "sys/class/powercap/intel-rapl:0/name",
    "sys/class/powercap/intel-rapl:0/energy_uj",
    "sys/class/powercap/intel-rapl:0/max_energy_range_uj",
)
LINES = st.sampled_from(
    ["0::/", "0::/../..", "1:cpu:/x", "max 100000", "100000 0", "-1", "MemTotal: 9 kB", "MemAvailable: 10 kB", "VmHWM: 7 kB", "flags: avx2",
     "model name: \x1b[2J", "cpu0 1 2 3 4 5 6 7 8", "cpu0 1", "nan", "1e9", "99999999999999999999999", "package-0", "x86_pkg_temp", "[always] never"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=40), st.lists(LINES, max_size=4).map("\n".join), st.binary(max_size=20))


@settings(max_examples=30, deadline=None)
@given(files=st.dictionaries(st.sampled_from(FILES), TEXTS, max_size=12))
def test_no_file_of_the_kernel_makes_it_fail(files):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in files.items():
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode(errors="replace"))

        machine = describe_machine("cpu", root=root, given={})
        state = meanwhile(read_state("cpu", root=root), read_state("cpu", root=root))
        told = replace(machine, state=state)
        machine_alarms(told)
        counters = package_counters(root)
        highest = peak(root / "proc/self")
        rows = list(machine_checks(root, Nvml()))

    assert all(value and isinstance(value, str) for value in {**told.facts, **told.state}.values())
    assert fingerprint(json.loads(json.dumps(machine.facts))) == machine.fingerprint
    assert differences(machine, machine) == () or machine.facts["processor"] == "unknown"
    assert counters
    assert (highest.value is None) == bool(highest.reason)
    assert all(detail for _, _, detail in rows)


@settings(max_examples=100, deadline=None)
@given(
    listed=st.one_of(
        st.text(max_size=30),
        st.lists(st.sampled_from(["0", "1", "7", "-1", "", "GPU-", "GPU-a", "MIG-b", "²", "0x1"]), max_size=4).map(
            ",".join
        ),
    )
)
def test_no_value_of_cuda_visible_devices_makes_it_fail_or_tells_a_uuid(listed):
    part = Device(uuid="MIG-bbbb")
    nvml = Nvml(Device(uuid="GPU-aaaa"), Device(uuid="GPU-cccc", mig=(1, 1), parts=[part]))

    told = ""
    try:
        visible = first_gpu(
            nvml, environment={"CUDA_VISIBLE_DEVICES": listed, "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
        ).visible
    except NoNvml as reason:
        told, visible = str(reason), 1

    assert visible >= 1
    assert "GPU-" not in told
    assert "MIG-" not in told
