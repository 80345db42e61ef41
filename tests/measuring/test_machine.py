"""A machine is told by the facts that decide times and memory: files of known machines give known facts."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nvml_double import Device, Nvml, NVMLError

from benchwright.errors import BenchwrightError
from benchwright.measuring.machine import describe_machine, differences, fingerprint
from benchwright.measuring.processor import processor_facts
from benchwright.profiling.surroundings import surroundings
from benchwright.types import Machine

XEON = """processor\t: 0
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 143
model name\t: Intel(R) Xeon(R)  Platinum 8488C
stepping\t: 8
flags\t\t: fpu sse4_2 avx avx2 fma avx512f avx512_vnni avx512_bf16 amx_tile amx_int8 amx_bf16 hypervisor

processor\t: 1
model name\t: another
"""
GRAVITON = """processor\t: 0
BogoMIPS\t: 2100.00
Features\t: fp asimd asimdhp asimddp sve i8mm bf16
CPU implementer\t: 0x41
CPU variant\t: 0x1
CPU part\t: 0xd40
CPU revision\t: 1
"""


@pytest.fixture
def machine_files(tmp_path):
    """Writes files of another machine and gives their root."""

    def write(files):
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return tmp_path

    return write


def test_a_server_of_intel_is_told_by_model_sets_cores_governor_and_limits(machine_files, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    cpu = "sys/devices/system/cpu"
    root = machine_files(
        {
            "proc/cpuinfo": XEON,
            "proc/meminfo": "MemTotal:       131900000 kB\nMemFree: 1 kB\n",
            "proc/self/cgroup": "0::/\n",
            "sys/fs/cgroup/cpu.max": "250000 100000",
            "sys/fs/cgroup/memory.max": str(8 * 2**30),
            "sys/kernel/mm/transparent_hugepage/enabled": "always [madvise] never\n",
            f"{cpu}/intel_pstate/no_turbo": "1\n",
            f"{cpu}/cpu0/cache/index2/size": "2048K\n",
            f"{cpu}/cpu0/cache/index3/size": "107520K\n",
            **{f"{cpu}/cpu{i}/topology/physical_package_id": "0" for i in range(3)},
            **{f"{cpu}/cpu{i}/topology/core_id": str(i // 2) for i in range(3)},
            **{f"{cpu}/cpu{i}/cpufreq/scaling_governor": "powersave" if i else "performance" for i in range(3)},
            **{f"{cpu}/cpu{i}/cpufreq/scaling_max_freq": "3800000" for i in range(3)},
        }
    )

    facts = describe_machine("cpu", root=root, given={}).facts

    assert facts["processor"] == "Intel(R) Xeon(R) Platinum 8488C"
    assert facts["processor revision"] == "6/143/8"
    assert facts["instruction sets"] == "sse4_2 avx fma avx2 avx512f avx512_vnni avx512_bf16 amx_tile amx_int8 amx_bf16"
    assert (facts["processors"], facts["cores"], facts["sockets"]) == ("3", "2", "1")
    assert facts["processor quota"] == "2.5"
    assert facts["governor"] == "performance, powersave"
    assert facts["boost"] == "off"
    assert facts["clock limit"] == "3800 MHz x 3"
    assert facts["cache"] == "107520K"
    assert facts["memory"] == "126 GiB"
    assert facts["memory limit"] == "8192 MiB"
    assert facts["huge pages"] == "madvise"
    assert facts["virtual machine"] == "yes"


def test_a_core_of_arm_is_told_by_its_numbers(machine_files):
    facts = processor_facts(machine_files({"proc/cpuinfo": GRAVITON}))

    assert facts["processor"] == "Arm Neoverse-V1 r0x1p1"
    assert facts["instruction sets"] == "asimd asimdhp asimddp sve i8mm bf16"
    assert "virtual machine" not in facts, "Arm's kernel does not say"


def test_where_nothing_can_be_read_facts_are_absent_and_the_processor_is_unknown(tmp_path):
    machine = describe_machine("cpu", root=tmp_path, given={})

    assert machine.facts["processor"] == "unknown"
    assert not {"instruction sets", "governor", "memory", "cores"} & set(machine.facts)
    assert "processor: unknown on both" in " ".join(differences(machine, machine))


def test_a_system_without_affinity_masks_or_proc_does_not_fail(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    for system in ("darwin", "win32"):
        monkeypatch.setattr(sys, "platform", system)
        assert describe_machine("cpu", root=tmp_path, given={}).facts["processors"] == str(os.cpu_count())


def test_the_fingerprint_is_the_digest_of_the_facts_in_any_order():
    facts = {"b": "2", "a": "é"}
    by_hand = hashlib.sha256(b'{"a":"\\u00e9","b":"2"}').hexdigest()

    assert fingerprint(facts) == fingerprint(dict(reversed(facts.items()))) == by_hand


def test_threads_and_allocators_of_the_environment_decide_and_folders_of_users_are_not_stored(tmp_path):
    given = {
        "OMP_NUM_THREADS": "4",
        "LD_PRELOAD": "/home/someone/lib/libjemalloc.so.2",
        "MALLOC_CONF": "a/b" * 99,
        "HOME": "/home/someone",
        "CUDA_LAUNCH_BLOCKING": "1",
    }

    facts = describe_machine("cpu", root=tmp_path, given=given).facts

    assert facts["threads"] == "4"
    assert "OMP_NUM_THREADS" not in facts
    assert facts["LD_PRELOAD"] == "libjemalloc.so.2"
    assert facts["MALLOC_CONF"].startswith("digest ")
    assert "CUDA_LAUNCH_BLOCKING" not in facts, "variables of CUDA decide nothing on the processor"
    assert "CUDA_LAUNCH_BLOCKING" in describe_machine("cuda", root=tmp_path, given=given, nvml=Nvml()).facts
    assert "someone" not in json.dumps(facts)


@pytest.mark.parametrize(
    "given",
    [
        {"OMP_NUM_THREADS": "3", "OMP_WAIT_POLICY": "passive"},
        {"OMP_NUM_THREADS": "3,1", "TOKENIZERS_PARALLELISM": "true", "MKL_NUM_THREADS": "3", "RAYON_NUM_THREADS": "3"},
    ],
)
def test_what_a_process_that_measures_sets_anyway_decides_nothing(given):
    """The command line sets some of it and Python does not, and the process that measures gets all of it."""
    plain = describe_machine("cpu", given={"OMP_NUM_THREADS": "3"})
    other = describe_machine("cpu", given={"OMP_NUM_THREADS": "3", "MKL_NUM_THREADS": "1"})

    assert describe_machine("cpu", given=given).fingerprint == plain.fingerprint
    assert differences(plain, other) == ("MKL_NUM_THREADS: not told on one, 1 on the other",)


def test_a_process_that_measures_is_the_same_machine_as_the_one_that_starts_it():
    given = {"PATH": "/bin"}

    here = describe_machine("cpu", given=given)
    there = describe_machine("cpu", given=surroundings(environ=given))

    assert differences(here, there) == ()


def test_the_gpu_decides_only_where_it_is_used_and_no_uuid_is_stored(tmp_path):
    nvml = Nvml(Device())

    on_cpu = describe_machine("cpu", root=tmp_path, given={}, nvml=nvml)
    on_gpu = describe_machine("cuda", root=tmp_path, given={}, nvml=nvml)

    assert not [fact for fact in on_cpu.facts if fact.startswith("gpu")]
    assert {fact: value for fact, value in on_gpu.facts.items() if fact.startswith("gpu")} == {
        "gpu": "NVIDIA H100 80GB HBM3",
        "gpu bus": "PCIe 5 x16",
        "gpu clock limit": "1980 MHz",
        "gpu driver": "580.65.06",
        "gpu driver cuda": "13.0",
        "gpu error correction": "on",
        "gpu memory": "81920 MiB",
        "gpu memory clock limit": "2619 MHz",
        "gpu part": "whole",
        "gpu persistence": "on",
        "gpu power limit": "700 W",
        "gpus visible": "1",
    }
    assert "GPU-" not in json.dumps(on_gpu.facts)


def test_a_part_of_a_gpu_is_another_machine_than_the_whole(tmp_path):
    part = Device(name="NVIDIA A100-SXM4-80GB MIG 1g.10gb", uuid="MIG-1", total=10 * 2**30)
    whole = Device(name="NVIDIA A100-SXM4-80GB", mig=(1, 1), parts=[part])

    divided = describe_machine("cuda", root=tmp_path, given={"CUDA_VISIBLE_DEVICES": "MIG-1"}, nvml=Nvml(whole))
    undivided = describe_machine("cuda", root=tmp_path, given={}, nvml=Nvml(Device(name="NVIDIA A100-SXM4-80GB")))

    assert divided.facts["gpu"] == "NVIDIA A100-SXM4-80GB MIG 1g.10gb"
    assert divided.facts["gpu memory"] == "10240 MiB"
    assert {text.split(":")[0] for text in differences(divided, undivided)} >= {"gpu", "gpu memory", "gpu part"}


def test_old_bindings_that_give_bytes_tell_the_same(tmp_path):
    new = describe_machine("cuda", root=tmp_path, given={}, nvml=Nvml(Device()))
    old = describe_machine(
        "cuda", root=tmp_path, given={}, nvml=Nvml(Device(name=b"NVIDIA H100 80GB HBM3"), driver=b"580.65.06")
    )

    assert old.fingerprint == new.fingerprint


def test_a_gpu_that_cannot_be_told_is_comparable_with_none(tmp_path):
    nvml = Nvml(init=NVMLError("Driver/library version mismatch"))
    machine = describe_machine("cuda", root=tmp_path, given={}, nvml=nvml)

    assert machine.facts["gpu"] == "unknown (NVML: Driver/library version mismatch)"
    assert [text for text in differences(machine, machine) if text.startswith("gpu: unknown")]


def test_differences_are_sentences_with_both_values_and_names():
    one = Machine(
        fingerprint="1", facts={"processor": "Xeon", "governor": "performance", "python": "CPython 3.11"}, name="ci"
    )
    other = Machine(fingerprint="2", facts={"processor": "EPYC", "python": "CPython 3.11"})

    assert differences(one, other) == (
        "governor: performance on ci, not told on the other",
        "processor: Xeon on ci, EPYC on the other",
    )
    assert differences(one, one) == ()


def test_facts_that_were_changed_after_they_were_measured_are_told():
    facts = {"processor": "Xeon"}

    told = differences(Machine(fingerprint=fingerprint(facts), facts=facts), Machine(fingerprint="f00", facts=facts))

    assert len(told) == 1
    assert "changed after it was measured" in told[0]


@pytest.mark.parametrize("name", ["ci-large", "H100 box 2", "a", "x.y_z"])
def test_the_owner_names_a_machine(tmp_path, name):
    machine = describe_machine("cpu", root=tmp_path, given={"BENCHWRIGHT_MACHINE": name})

    assert machine.name == name
    assert machine.fingerprint == describe_machine("cpu", root=tmp_path, given={}).fingerprint, "a name decides nothing"


@pytest.mark.parametrize("name", ["-x", "a\nb", "x" * 65, "::error::", "a/b", "é"])
def test_what_is_no_name_is_refused_with_one_that_is(tmp_path, name):
    with pytest.raises(BenchwrightError, match="export BENCHWRIGHT_MACHINE=ci-large"):
        describe_machine("cpu", root=tmp_path, given={"BENCHWRIGHT_MACHINE": name})


def test_describing_is_cheap_and_says_the_same_in_another_process():
    """Plan and gate call it: no library of models is imported, and it takes some milliseconds of the processor."""
    program = (
        "import sys; from benchwright.measuring.machine import describe_machine;"
        "print(describe_machine('cpu').fingerprint, 'torch' in sys.modules, 'pandas' in sys.modules, 'psutil' in sys.modules)"
    )
    start = time.process_time()
    here = describe_machine("cpu").fingerprint
    seconds = time.process_time() - start

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.split() == [here, "False", "False", "False"]
    assert seconds < 0.2


def test_nothing_private_is_in_the_facts_of_this_machine():
    told = json.dumps(describe_machine("cuda").facts)

    for secret in (os.uname().nodename, os.environ.get("USER", ""), str(Path.home())):
        if len(secret) > 4:
            assert secret not in told
