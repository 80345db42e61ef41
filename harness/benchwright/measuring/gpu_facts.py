"""Facts of the GPU that decide times and memory, and its state at a moment, by NVML; no UUID and no serial number."""

from __future__ import annotations

from typing import Any

from benchwright.measuring.nvml import Gpu, ask, text

REASONS = {
    "HwThermalSlowdown": "slowed down by its hardware: too hot",
    "SwThermalSlowdown": "slowed down by its driver: too hot",
    "HwPowerBrakeSlowdown": "slowed down from outside: power brake",
    "HwSlowdown": "slowed down by its hardware",
    "SwPowerCap": "held down by its power limit",
    "SyncBoost": "held down to the clocks of other GPUs",
}
"""Reasons of NVML for clocks below the highest; an idle GPU and clocks that its owner set are none to be told."""

_MIB = 2**20


def gpu_facts(gpu: Gpu) -> dict[str, str]:
    """Name, memory, part, driver, power and clock limits of the GPU; what the driver does not tell is absent."""
    nvml, device = gpu.nvml, gpu.device
    told = {
        "gpu": _name(gpu),
        "gpu memory": _mebibytes(ask(lambda: nvml.nvmlDeviceGetMemoryInfo(gpu.part).total)),
        "gpus visible": str(gpu.visible),
        "gpu part": "MIG" if gpu.is_mig else "whole",
        "gpu driver": text(ask(nvml.nvmlSystemGetDriverVersion)),
        "gpu driver cuda": _cuda(ask(nvml.nvmlSystemGetCudaDriverVersion)),
        "gpu error correction": _switch(ask(lambda: nvml.nvmlDeviceGetEccMode(device)[0])),
        "gpu power limit": _watts(ask(lambda: nvml.nvmlDeviceGetEnforcedPowerLimit(device))),
        "gpu clock limit": _megahertz(ask(lambda: nvml.nvmlDeviceGetMaxClockInfo(device, nvml.NVML_CLOCK_SM))),
        "gpu clock set": _megahertz(ask(lambda: nvml.nvmlDeviceGetApplicationsClock(device, nvml.NVML_CLOCK_SM))),
        "gpu memory clock limit": _megahertz(ask(lambda: nvml.nvmlDeviceGetMaxClockInfo(device, nvml.NVML_CLOCK_MEM))),
        "gpu bus": _bus(nvml, device),
        "gpu persistence": _switch(ask(lambda: nvml.nvmlDeviceGetPersistenceMode(device))),
    }
    return {name: value for name, value in told.items() if value}


def gpu_state(gpu: Gpu) -> dict[str, str]:
    """Clocks, temperature, power, slow-down reasons and memory in use at this moment; what is not told is absent."""
    nvml, device = gpu.nvml, gpu.device
    told = {
        "gpu clock": _megahertz(ask(lambda: nvml.nvmlDeviceGetClockInfo(device, nvml.NVML_CLOCK_SM))),
        "gpu temperature": _degrees(ask(lambda: nvml.nvmlDeviceGetTemperature(device, nvml.NVML_TEMPERATURE_GPU))),
        "gpu power": _watts(ask(lambda: nvml.nvmlDeviceGetPowerUsage(device))),
        "gpu slowed": "; ".join(slow_reasons(gpu)),
        "gpu memory used": _mebibytes(ask(lambda: nvml.nvmlDeviceGetMemoryInfo(gpu.part).used)),
    }
    return {name: value for name, value in told.items() if value}


def slow_reasons(gpu: Gpu) -> tuple[str, ...]:
    """Why the clocks are lower than they could be, in words; empty: nothing is told."""
    nvml, device = gpu.nvml, gpu.device
    bits = ask(lambda: nvml.nvmlDeviceGetCurrentClocksEventReasons(device))
    if bits is None:
        bits = ask(lambda: nvml.nvmlDeviceGetCurrentClocksThrottleReasons(device))
    if bits is None:
        return ()
    return tuple(sentence for name, sentence in REASONS.items() if int(bits) & _bit(nvml, name))


def _bit(nvml: Any, name: str) -> int:
    """Bindings before 12.535 call them throttle reasons."""
    bit = getattr(nvml, f"nvmlClocksEventReason{name}", None)
    return int(getattr(nvml, f"nvmlClocksThrottleReason{name}", 0) if bit is None else bit)


def _name(gpu: Gpu) -> str:
    """A part is named with its profile (``... MIG 1g.10gb``); device calls may be refused to who has a part alone."""
    return text(ask(lambda: gpu.nvml.nvmlDeviceGetName(gpu.part))) or text(
        ask(lambda: gpu.nvml.nvmlDeviceGetName(gpu.device))
    )


def _bus(nvml: Any, device: Any) -> str:
    generation = ask(lambda: nvml.nvmlDeviceGetMaxPcieLinkGeneration(device))
    width = ask(lambda: nvml.nvmlDeviceGetMaxPcieLinkWidth(device))
    return f"PCIe {generation} x{width}" if generation and width else ""


def _cuda(version: Any) -> str:
    return "" if not version else f"{int(version) // 1000}.{int(version) % 1000 // 10}"


def _switch(told: Any) -> str:
    return "" if told is None else "on" if told else "off"


def _watts(milliwatts: Any) -> str:
    return "" if milliwatts is None else f"{int(milliwatts) / 1000:.0f} W"


def _megahertz(told: Any) -> str:
    return "" if told is None else f"{int(told)} MHz"


def _degrees(told: Any) -> str:
    return "" if told is None else f"{int(told)} °C"


def _mebibytes(told: Any) -> str:
    return "" if told is None else f"{int(told) // _MIB} MiB"
