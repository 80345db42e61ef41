"""The GPU that CUDA takes first is found by what CUDA_VISIBLE_DEVICES may hold, or the reason why it cannot be told."""

from __future__ import annotations

import pytest
from nvml_double import Device, Nvml, NVMLError

from benchwright.measuring.nvml import NoNvml, first_gpu

ONE = Device(uuid="GPU-aaaa1111-0000-0000-0000-000000000001")
TWO = Device(uuid="GPU-bbbb2222-0000-0000-0000-000000000002")


def _divided():
    parts = [Device(name=f"NVIDIA A100 MIG 1g.10gb ({i})", uuid=f"MIG-{i}aaa", total=10 * 2**30) for i in range(2)]
    return Device(name="NVIDIA A100", mig=(1, 1), parts=parts, processes=NVMLError("Insufficient Permissions"))


@pytest.mark.parametrize(
    ("given", "device", "visible"),
    [
        ({}, ONE, 2),
        ({"CUDA_VISIBLE_DEVICES": "1"}, TWO, 1),
        ({"CUDA_VISIBLE_DEVICES": "1,0"}, TWO, 2),
        ({"CUDA_VISIBLE_DEVICES": " 0 , 1 ,-1,1"}, ONE, 2),
        ({"CUDA_VISIBLE_DEVICES": TWO.uuid}, TWO, 1),
        ({"CUDA_VISIBLE_DEVICES": "GPU-bbbb"}, TWO, 1),
    ],
)
def test_numbers_uuids_and_their_beginnings_name_a_device(given, device, visible):
    gpu = first_gpu(Nvml(ONE, TWO), environment=given)

    assert gpu.device is device
    assert gpu.part is device
    assert not gpu.is_mig
    assert gpu.visible == visible


@pytest.mark.parametrize("given", [{"CUDA_VISIBLE_DEVICES": "MIG-1aaa"}, {"CUDA_VISIBLE_DEVICES": "MIG-1"}])
def test_a_mig_name_gives_the_part_and_its_device(given):
    whole = _divided()

    gpu = first_gpu(Nvml(whole), environment=given)

    assert (gpu.device, gpu.part, gpu.is_mig) == (whole, whole.parts[1], True)


def test_a_divided_device_by_number_gives_its_first_part_as_cuda_does():
    whole = _divided()

    assert first_gpu(Nvml(whole), environment={"CUDA_VISIBLE_DEVICES": "0"}).part is whole.parts[0]


@pytest.mark.parametrize("prefix", ["", "GPU-"])
def test_what_cuda_itself_says_is_taken_before_any_number(prefix):
    uuid = f"{prefix}{TWO.uuid.removeprefix('GPU-')}"

    gpu = first_gpu(Nvml(ONE, TWO), environment={"CUDA_VISIBLE_DEVICES": "0"}, uuid=uuid)

    assert gpu.device is TWO


def test_the_part_that_cuda_names_without_its_prefix_is_found():
    whole = _divided()

    assert first_gpu(Nvml(whole), environment={}, uuid="1aaa").part is whole.parts[1]


@pytest.mark.parametrize(
    ("nvml", "given", "reason"),
    [
        (Nvml(init=NVMLError("Driver Not Loaded")), {}, "NVML: Driver Not Loaded"),
        (Nvml(init=OSError("libnvidia-ml.so: cannot open")), {}, "cannot open"),
        (Nvml(), {}, "finds no device"),
        (Nvml(ONE), {"CUDA_VISIBLE_DEVICES": ""}, "shows no device"),
        (Nvml(ONE), {"CUDA_VISIBLE_DEVICES": "-1"}, "shows no device"),
        (Nvml(ONE), {"CUDA_VISIBLE_DEVICES": "3"}, "names device 3, and NVML finds 1"),
        (Nvml(ONE), {"CUDA_VISIBLE_DEVICES": "GPU-ffff"}, "no device that NVML shows has the UUID"),
        (Nvml(Device(mig=(1, 1))), {}, "divided"),
        (Nvml(ONE, Device(name="NVIDIA T4")), {}, "CUDA_DEVICE_ORDER=PCI_BUS_ID"),
    ],
)
def test_what_cannot_be_told_is_a_reason(nvml, given, reason):
    with pytest.raises(NoNvml, match=reason) as told:
        first_gpu(nvml, environment=given)

    assert "GPU-" not in str(told.value), "a reason may be stored, and a UUID never is"


def test_with_one_order_numbers_tell_gpus_of_several_kinds_apart():
    other = Device(name="NVIDIA T4")

    gpu = first_gpu(Nvml(ONE, other), environment={"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": "1"})

    assert gpu.device is other
