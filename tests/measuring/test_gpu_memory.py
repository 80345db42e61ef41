"""NVML's memory of a process is taken only where it can be true; every way in which drivers refuse is a sentence."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
from nvml_double import GIB, Device, Nvml, NVMLError, process

from benchwright.measuring import gpu_memory
from benchwright.measuring.gpu_memory import GpuMemory, process_memory
from benchwright.measuring.nvml import first_gpu

MIB = 2**20
ME = os.getpid()


class Torch:
    """Memory of torch's allocator on a device with that UUID."""

    def __init__(self, uuid="11111111-aaaa-bbbb-cccc-000000000001", reserved=2 * GIB, stats=None):
        told = {
            "allocated_bytes.all.peak": 3 * GIB // 2,
            "reserved_bytes.all.peak": 2 * GIB,
            "inactive_split_bytes.all.peak": 7 * MIB,
        }
        self.was_reset = 0
        self.cuda = SimpleNamespace(
            is_initialized=lambda: True,
            memory_stats=lambda: told if stats is None else stats,
            memory_reserved=lambda: reserved,
            current_device=lambda: 0,
            get_device_properties=lambda _: SimpleNamespace(uuid=uuid),
            synchronize=lambda: None,
            reset_peak_memory_stats=self._reset,
        )

    def _reset(self):
        self.was_reset += 1


def _gpu(device):
    return first_gpu(Nvml(device), environment={})


def _told(memory, torch=None):
    return {one.quantity: one for one in memory.readings(torch=torch)}


def test_a_free_gpu_tells_allocator_process_device_and_context():
    device = Device(used=GIB // 2)
    memory = GpuMemory.open("cuda", nvml=Nvml(device), environment={})
    device.used, device.processes = GIB // 2 + 2 * GIB + 400 * MIB, [process(ME, 2 * GIB + 400 * MIB)]

    told = _told(memory, Torch())

    assert {name: one.value for name, one in told.items()} == {
        "gpu_memory_peak": 3 * GIB // 2,
        "gpu_memory_reserved_peak": 2 * GIB,
        "gpu_memory_inactive_split_peak": 7 * MIB,
        "gpu_memory_process": 2 * GIB + 400 * MIB,
        "gpu_memory_device": 2 * GIB + 400 * MIB,
        "gpu_memory_context": 400 * MIB,
    }
    assert memory.busy == ""


def test_peaks_are_set_back_before_each_shape():
    torch = Torch()
    GpuMemory.open("cuda", nvml=Nvml(Device()), environment={}).reset(torch)

    assert torch.was_reset == 1


def test_on_the_processor_there_is_nothing_to_read():
    assert GpuMemory.open("cpu", nvml=Nvml(init=NVMLError("never asked"))).readings() == ()


@pytest.mark.parametrize(
    ("processes", "reason"),
    [
        pytest.param([], "lists no process", id="none listed"),
        pytest.param([process(ME + 1, GIB)], "this one not among them", id="numbers of the host, as in a container"),
        pytest.param([process(ME, None)], "WDDM", id="None, as on Windows"),
        pytest.param([process(ME, 2**64 - 1)], "WDDM", id="the value that stands for none"),
        pytest.param([process(ME, 0)], "cannot be", id="zero beside a model"),
        pytest.param([process(ME, 24_146_608_128_000)], "cannot be", id="a wrong unit"),
        pytest.param([process(ME, 6 * GIB)], "cannot be", id="more than the device has in use"),
        pytest.param([process(ME, GIB)], "cannot be", id="less than torch holds"),
        pytest.param([process(3 * GIB, ME)], "another version than the driver", id="swapped fields"),
        pytest.param(NVMLError("Insufficient Permissions"), "Insufficient Permissions", id="no rights, as with MIG"),
        pytest.param(NVMLError("Not Supported"), "Not Supported", id="a driver that refuses"),
    ],
)
def test_what_cannot_be_true_is_no_value(processes, reason):
    device = Device(used=5 * GIB, processes=processes)

    value, why = process_memory(_gpu(device), ME, at_least=2 * GIB)

    assert value is None
    assert reason in why


def test_in_a_container_the_reason_says_what_to_type(monkeypatch):
    monkeypatch.setattr(gpu_memory, "_is_outermost", lambda: False)

    assert "--pid=host" in process_memory(_gpu(Device(processes=[process(1, GIB)])), ME)[1]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ([process(1, GIB)], [process(1, GIB), process(ME, GIB)], "1 other process used the GPU before"),
        ([], [process(ME, GIB), process(7, GIB), process(8, GIB)], "2 other processes came to the GPU"),
    ],
)
def test_what_the_device_holds_more_is_the_models_only_where_nobody_else_is(before, after, reason):
    device = Device(used=GIB, processes=before)
    memory = GpuMemory.open("cuda", nvml=Nvml(device), environment={})
    device.used, device.processes = 4 * GIB, after

    told = _told(memory, Torch(reserved=GIB // 2))

    assert told["gpu_memory_device"].value is None
    assert reason in told["gpu_memory_device"].reason
    assert told["gpu_memory_process"].value == GIB, "the process's own figure holds all the same"
    assert told["gpu_memory_peak"].value == 3 * GIB // 2


def test_memory_in_use_by_none_that_is_listed_is_told_as_somebodys():
    """In a container the driver may hide the processes of others."""
    memory = GpuMemory.open("cuda", nvml=Nvml(Device(used=30 * GIB)), environment={})

    assert memory.busy == "30.0 GiB of the GPU were in use before this process, by none that is listed"
    assert "30.0 GiB" in _told(memory)["gpu_memory_device"].reason


def test_a_device_that_frees_memory_meanwhile_gives_no_negative_value():
    device = Device(used=GIB)
    memory = GpuMemory.open("cuda", nvml=Nvml(device), environment={})
    device.used = GIB // 2

    told = _told(memory)["gpu_memory_device"]

    assert told.value is None
    assert "no plausible value" in told.reason


def test_a_part_of_a_divided_gpu_is_asked_and_not_the_whole():
    part = Device(name="NVIDIA A100 MIG 1g.10gb", uuid="MIG-1", total=10 * GIB, used=GIB // 8)
    denied = NVMLError("Insufficient Permissions")
    whole = Device(mig=(1, 1), parts=[part], used=denied, total=denied, processes=denied)
    memory = GpuMemory.open("cuda", nvml=Nvml(whole), environment={"CUDA_VISIBLE_DEVICES": "MIG-1"})
    part.used, part.processes = GIB // 8 + 3 * GIB, [process(ME, 3 * GIB)]

    told = _told(memory, Torch(uuid="MIG-1"))

    assert told["gpu_memory_process"].value == 3 * GIB
    assert told["gpu_memory_device"].value == 3 * GIB


@pytest.mark.parametrize("torch", [None, Torch()])
def test_without_nvml_the_allocator_alone_tells(torch):
    memory = GpuMemory.open("cuda", nvml=Nvml(init=NVMLError("Driver Not Loaded")), environment={})

    told = _told(memory, torch)

    assert told["gpu_memory_process"].reason == told["gpu_memory_device"].reason == "NVML: Driver Not Loaded"
    if torch is None:
        assert told["gpu_memory_peak"].value is None
        assert told["gpu_memory_peak"].reason
    else:
        assert told["gpu_memory_peak"].value == 3 * GIB // 2


def test_a_device_that_is_not_the_one_cuda_uses_tells_nothing():
    one, two = Device(uuid="GPU-1"), Device(uuid="GPU-2")
    memory = GpuMemory.open("cuda", nvml=Nvml(one, two), environment={})

    told = _told(memory, Torch(uuid="GPU-2"))

    assert "CUDA_DEVICE_ORDER" in told["gpu_memory_process"].reason
    assert told["gpu_memory_peak"].value == 3 * GIB // 2


def test_an_allocator_without_a_figure_says_so():
    memory = GpuMemory.open("cuda", nvml=Nvml(Device()), environment={})

    told = _told(memory, Torch(stats={"allocated_bytes.all.peak": 5}))

    assert told["gpu_memory_peak"].value == 5
    assert told["gpu_memory_reserved_peak"].value is None
