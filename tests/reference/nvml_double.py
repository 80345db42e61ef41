# ruff: noqa: N815 - the names of the binding
"""A double of ``pynvml``: devices as plain values, and every way in which drivers are known to refuse."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

GIB = 2**30


class NVMLError(Exception):
    """As ``pynvml.NVMLError``, which says what it is in its text."""


@dataclass
class Device:
    """What a device answers; a value that is an exception is raised instead."""

    name: object = "NVIDIA H100 80GB HBM3"
    uuid: str = "GPU-11111111-aaaa-bbbb-cccc-000000000001"
    total: object = 80 * GIB
    used: object = GIB
    processes: object = ()
    energy: object = 1_000_000
    reasons: object = 0
    mig: object = (0, 0)
    parts: list[Device] = field(default_factory=list)
    parent: Device | None = None
    power_limit: object = 700_000
    ecc: object = (1, 1)
    clock: object = 1980
    memory_reads: list[int] = field(default_factory=list)


def process(pid: object, memory: object) -> SimpleNamespace:
    """An entry of the list of processes."""
    return SimpleNamespace(pid=pid, usedGpuMemory=memory)


def _told(value):
    if isinstance(value, Exception):
        raise value
    return value


class Nvml:
    """``pynvml`` with these devices; ``init`` an exception: no driver."""

    NVML_CLOCK_SM = 1
    NVML_CLOCK_MEM = 2
    NVML_TEMPERATURE_GPU = 0
    nvmlClocksEventReasonGpuIdle = 0x1
    nvmlClocksEventReasonSwPowerCap = 0x4
    nvmlClocksEventReasonHwSlowdown = 0x8
    nvmlClocksEventReasonSyncBoost = 0x10
    nvmlClocksEventReasonSwThermalSlowdown = 0x20
    nvmlClocksEventReasonHwThermalSlowdown = 0x40
    nvmlClocksEventReasonHwPowerBrakeSlowdown = 0x80

    def __init__(self, *devices: Device, init: Exception | None = None, driver: object = "580.65.06") -> None:
        self.devices, self.init, self.driver = devices, init, driver
        for device in devices:
            for part in device.parts:
                part.parent = device

    def nvmlInit(self):
        _told(self.init)

    def nvmlDeviceGetCount(self):
        return len(self.devices)

    def nvmlDeviceGetHandleByIndex(self, index):
        return self.devices[index]

    def nvmlDeviceGetHandleByUUID(self, uuid):
        for device in self.devices:
            for one in (device, *device.parts):
                if one.uuid == uuid:
                    return one
        raise NVMLError("Not Found")

    def nvmlDeviceGetUUID(self, device):
        return device.uuid

    def nvmlDeviceGetName(self, device):
        return _told(device.name)

    def nvmlDeviceGetMemoryInfo(self, device):
        used = device.memory_reads.pop(0) if device.memory_reads else _told(device.used)
        total = _told(device.total)
        return SimpleNamespace(total=total, used=used, free=total - used)

    def nvmlDeviceGetComputeRunningProcesses(self, device):
        return list(_told(device.processes))

    def nvmlDeviceGetMigMode(self, device):
        return list(_told(device.mig))

    def nvmlDeviceGetMaxMigDeviceCount(self, device):
        return 7 if device.parts else 0

    def nvmlDeviceGetMigDeviceHandleByIndex(self, device, index):
        if index >= len(device.parts):
            raise NVMLError("Not Found")
        return device.parts[index]

    def nvmlDeviceGetDeviceHandleFromMigDeviceHandle(self, part):
        if part.parent is None:
            raise NVMLError("Invalid Argument")
        return part.parent

    def nvmlSystemGetDriverVersion(self):
        return _told(self.driver)

    def nvmlSystemGetCudaDriverVersion(self):
        return 13000

    def nvmlDeviceGetEccMode(self, device):
        return list(_told(device.ecc))

    def nvmlDeviceGetEnforcedPowerLimit(self, device):
        return _told(device.power_limit)

    def nvmlDeviceGetMaxClockInfo(self, device, which):
        return 1980 if which == self.NVML_CLOCK_SM else 2619

    def nvmlDeviceGetApplicationsClock(self, device, which):
        raise NVMLError("Not Supported")

    def nvmlDeviceGetMaxPcieLinkGeneration(self, device):
        return 5

    def nvmlDeviceGetMaxPcieLinkWidth(self, device):
        return 16

    def nvmlDeviceGetPersistenceMode(self, device):
        return 1

    def nvmlDeviceGetClockInfo(self, device, which):
        return _told(device.clock)

    def nvmlDeviceGetTemperature(self, device, which):
        return 41

    def nvmlDeviceGetPowerUsage(self, device):
        return 123_400

    def nvmlDeviceGetCurrentClocksEventReasons(self, device):
        return _told(device.reasons)

    def nvmlDeviceGetTotalEnergyConsumption(self, device):
        return _told(device.energy)
