"""Peak memory on the host is what the model of a fresh process allocated, and nothing that was there before or elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from benchwright.measuring.host_memory import HostMemory, peak, reset_peak

MIB = 2**20
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="VmHWM and /proc/self/clear_refs are Linux's")

PROGRAM = """
import json, sys
from benchwright.measuring.host_memory import HostMemory
def block(mebibytes):
    held = bytearray(mebibytes << 20)
    for page in range(0, len(held), 4096):
        held[page] = 1
    return held
{before}
memory = HostMemory.open()
{model}
print(json.dumps({{one.quantity: one.value if one.value is not None else one.reason for one in memory.readings()}}))
"""


def _read(model: str, before: str = "") -> dict:
    """Readings of a fresh process whose model is that code."""
    program = PROGRAM.format(before=before, model=model)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@LINUX
def test_a_model_that_allocates_a_known_block_is_measured_within_3_percent():
    told = _read("held = block(256)")

    assert told["host_memory_model"] == pytest.approx(256 * MIB, rel=0.03)
    assert told["host_memory_peak"] > told["host_memory_model"]
    assert told["host_memory_rss"] == pytest.approx(told["host_memory_peak"], rel=0.03)
    assert told["host_memory_uss"] <= told["host_memory_pss"] <= told["host_memory_rss"]
    assert "host_memory_children" not in told, "it started none"


@LINUX
def test_a_peak_that_is_gone_again_is_the_peak_all_the_same():
    told = _read("held = block(256); del held")

    assert told["host_memory_model"] == pytest.approx(256 * MIB, rel=0.03)
    assert told["host_memory_rss"] < 128 * MIB


@LINUX
def test_what_was_freed_before_the_model_is_opened_counts_neither_for_nor_against_it():
    """Planning reads data: its peak is not the model's, and the model is not put into memory that was kept back."""
    kept = "small = [bytes(2000) for _ in range(100_000)]; del small; large = block(300); del large"

    told = _read("held = [bytes(2000) for _ in range(64_000)]", before=kept)

    assert told["host_memory_model"] == pytest.approx(64_000 * 2048, rel=0.06)
    assert told["host_memory_peak"] < 250 * MIB


@LINUX
def test_two_models_one_after_the_other_do_not_leak_into_each_other():
    """Also where the process that starts them holds more than both, which ru_maxrss would pass on."""
    held = bytearray(b"x") * (300 * MIB)

    large, small = _read("held = block(200)"), _read("held = block(20)")

    assert large["host_memory_model"] == pytest.approx(200 * MIB, rel=0.03)
    assert small["host_memory_model"] == pytest.approx(20 * MIB, rel=0.06)
    assert small["host_memory_peak"] < 100 * MIB
    assert len(held) == 300 * MIB


@LINUX
def test_what_a_process_of_the_model_holds_is_told_beside_it():
    child = (
        "import subprocess; child = subprocess.Popen([sys.executable, '-c', "
        "'held = bytearray(bytes([1])) * (96 << 20); print(flush=True); input()'], stdin=-1, stdout=-1); child.stdout.readline()"
    )

    told = _read(child)
    assert told["host_memory_children"] == pytest.approx(96 * MIB, rel=0.15), "the block and an interpreter"
    assert told["host_memory_model"] < 16 * MIB


@pytest.fixture
def refusing(tmp_path):
    """A kernel that tells memory and refuses to set the peak back."""
    (tmp_path / "status").write_text("Name:\tpython\nVmHWM:\t  500000 kB\nVmRSS:\t  300000 kB\n")
    (tmp_path / "clear_refs").mkdir()
    return tmp_path


def test_a_kernel_that_refuses_to_set_the_peak_back_says_so_beside_the_value(refusing):
    memory = HostMemory.open(refusing)
    told = {one.quantity: one for one in memory.readings(batch=8)}

    assert memory.refused.startswith("writing to /proc/self/clear_refs: ")
    assert told["host_memory_peak"].value == 500_000 * 1024
    assert told["host_memory_peak"].source == "VmHWM since the start of the process"
    assert told["host_memory_model"].value is None
    assert "could not be set back" in told["host_memory_model"].reason
    assert told["host_memory_pss"].value is None
    assert told["host_memory_pss"].reason
    assert told["host_memory_peak"].batch == 8


def test_a_kernel_that_takes_the_write_and_keeps_the_peak_is_noticed(refusing):
    (refusing / "clear_refs").rmdir()

    assert reset_peak(refusing) == "/proc/self/clear_refs was written, and VmHWM stayed"


def test_a_count_of_the_kernel_that_is_off_is_told_with_the_peak(refusing):
    (refusing / "smaps_rollup").write_text(
        "00-ff ---p\nRss:  400000 kB\nPss: 390000 kB\nPrivate_Clean: 1 kB\nPrivate_Dirty: 9 kB\n"
    )

    told = {one.quantity: one for one in HostMemory.open(refusing).readings()}

    assert "the kernel's count being 102 MB off" in told["host_memory_peak"].source
    assert told["host_memory_rss"].value == 400_000 * 1024
    assert told["host_memory_uss"].value == 10 * 1024


@pytest.mark.skipif(sys.platform == "win32", reason="ru_maxrss is of Unix")
def test_without_vmhwm_the_last_resort_is_ru_maxrss_since_the_start(tmp_path):
    told = peak(tmp_path)

    assert told.source == "ru_maxrss since the start of the process"
    assert 10 * MIB < told.value < 2**40


def test_where_nothing_can_be_read_there_is_no_value_but_a_reason(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "resource", None)
    monkeypatch.setitem(sys.modules, "psutil", None)

    told = HostMemory.open(tmp_path).readings()

    assert [one.quantity for one in told] == ["host_memory_peak", "host_memory_model", "host_memory_rss"]
    for one in told:
        assert one.value is None
        assert one.reason
