"""The GPU that CUDA takes first, found by NVML: which binding, which device, which part of it (MIG).

NVML numbers devices by their place on the bus and knows nothing of ``CUDA_VISIBLE_DEVICES``, which may hold numbers, UUIDs, beginnings
of UUIDs and names of MIG parts. UUIDs are used to find a device and are stored nowhere.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class NoNvml(Exception):
    """NVML, or the device through it, cannot be asked; the message is the reason, a part of a sentence."""


@dataclass(frozen=True, kw_only=True)
class Gpu:
    """A device as NVML has it, for as long as the process runs; none of it is stored.

    Attributes:
        nvml: The module ``pynvml``, or a double.
        device: Handle of the physical device.
        part: Handle that memory and processes are asked of: the MIG part, else the device.
        is_mig: Whether it is a part of a device.
        visible: Devices and parts that CUDA may use.
    """

    nvml: Any
    device: Any
    part: Any
    is_mig: bool
    visible: int


def open_nvml(nvml: Any | None = None) -> Any:
    """The binding, initialised.

    Raises:
        NoNvml: No binding, no driver, or one that refuses.
    """
    try:
        binding = importlib.import_module("pynvml") if nvml is None else nvml
        binding.nvmlInit()
    except Exception as error:
        raise NoNvml(_said(error)) from error
    return binding


def first_gpu(nvml: Any | None = None, *, environment: Mapping[str, str] | None = None, uuid: str = "") -> Gpu:
    """The device that CUDA numbers 0 in this process.

    Args:
        nvml: A double of ``pynvml``; None: the real one.
        environment: Of the process; None: its own.
        uuid: As CUDA itself tells it (``torch.cuda.get_device_properties(0).uuid``), where it has been loaded: then nothing is guessed.

    Raises:
        NoNvml: With the reason.
    """
    binding = open_nvml(nvml)
    given = os.environ if environment is None else environment
    every = [ask(binding.nvmlDeviceGetHandleByIndex, i) for i in range(_count(binding))]
    devices = [one for one in every if one is not None]
    if uuid:
        return _by_name(binding, devices, _prefixed(uuid), visible=_visible(given, len(devices)))
    listed = given.get("CUDA_VISIBLE_DEVICES")
    if listed is None:
        if not devices:
            raise NoNvml("NVML finds no device here")
        _refuse_unordered(binding, devices, given)
        return _whole(binding, devices[0], visible=len(devices))
    names = [name.strip() for name in listed.split(",")]
    if not names[0] or names[0] == "-1":
        raise NoNvml("CUDA_VISIBLE_DEVICES shows no device")
    if names[0].isascii() and names[0].isdigit():
        if int(names[0]) >= len(devices):
            raise NoNvml(f"CUDA_VISIBLE_DEVICES names device {names[0]}, and NVML finds {len(devices)}")
        _refuse_unordered(binding, devices, given)
        return _whole(binding, devices[int(names[0])], visible=_shown(names))
    return _by_name(binding, devices, (names[0],), visible=_shown(names))


def ask(question: Callable[..., Any], *given: Any) -> Any | None:
    """What NVML answers; None: this device or driver does not tell, or this user may not ask."""
    try:
        return question(*given)
    except Exception:
        return None


def failed_to_tell(error: BaseException, what: str) -> str:
    """Why NVML does not tell something: rights, a device that has none, or what the driver said."""
    return f"the driver does not tell the {what} ({str(error).strip() or type(error).__name__})"


def _count(nvml: Any) -> int:
    try:
        return int(nvml.nvmlDeviceGetCount())
    except Exception as error:
        raise NoNvml(_said(error)) from error


def _shown(names: Sequence[str]) -> int:
    """CUDA stops at the first name that is none."""
    shown = 0
    for name in names:
        if not name or name == "-1":
            break
        shown += 1
    return shown


def _refuse_unordered(nvml: Any, devices: Sequence[Any], environment: Mapping[str, str]) -> None:
    """CUDA numbers the fastest first, NVML by the bus: with devices of several kinds a number says nothing."""
    if environment.get("CUDA_DEVICE_ORDER") == "PCI_BUS_ID":
        return
    kinds = {text(ask(nvml.nvmlDeviceGetName, one)) for one in devices}
    if len(kinds) > 1:
        raise NoNvml(
            "GPUs of several kinds are here, which CUDA and NVML number in different orders: set CUDA_DEVICE_ORDER=PCI_BUS_ID"
        )


def _whole(nvml: Any, device: Any, *, visible: int) -> Gpu:
    """The device, or its first part where it is divided: CUDA then takes that."""
    mode = ask(nvml.nvmlDeviceGetMigMode, device)
    if mode is None or not mode[0]:
        return Gpu(nvml=nvml, device=device, part=device, is_mig=False, visible=visible)
    part = next(iter(_parts(nvml, device)), None)
    if part is None:
        raise NoNvml(
            "the GPU is divided (MIG) and its parts are not shown to this process: name one by its UUID in CUDA_VISIBLE_DEVICES"
        )
    return Gpu(nvml=nvml, device=device, part=part, is_mig=True, visible=visible)


def _by_name(nvml: Any, devices: Sequence[Any], names: Sequence[str], *, visible: int) -> Gpu:
    """The device or part whose UUID is, or begins with, one of the names."""
    for device in devices:
        if _is_named(nvml, device, names):
            return Gpu(nvml=nvml, device=device, part=device, is_mig=False, visible=visible)
        for part in _parts(nvml, device):
            if _is_named(nvml, part, names):
                return Gpu(nvml=nvml, device=device, part=part, is_mig=True, visible=visible)
    for name in names:
        found = ask(nvml.nvmlDeviceGetHandleByUUID, name)
        if found is not None:
            parent = ask(nvml.nvmlDeviceGetDeviceHandleFromMigDeviceHandle, found)
            is_mig = name.startswith("MIG-")
            whole = found if parent is None else parent
            return Gpu(nvml=nvml, device=whole, part=found, is_mig=is_mig, visible=visible)
    raise NoNvml("no device that NVML shows has the UUID of the one that CUDA uses, or that CUDA_VISIBLE_DEVICES names")


def _parts(nvml: Any, device: Any) -> list[Any]:
    count = ask(nvml.nvmlDeviceGetMaxMigDeviceCount, device) or 0
    found = [ask(nvml.nvmlDeviceGetMigDeviceHandleByIndex, device, i) for i in range(count)]
    return [part for part in found if part is not None]


def _is_named(nvml: Any, handle: Any, names: Sequence[str]) -> bool:
    uuid = text(ask(nvml.nvmlDeviceGetUUID, handle)).lower()
    return bool(uuid) and uuid.startswith(tuple(name.lower() for name in names if name))


def _prefixed(uuid: str) -> tuple[str, ...]:
    """The UUID as torch tells it is without what says whether it is a device's or a part's."""
    return (uuid,) if uuid.startswith(("GPU-", "MIG-")) else (f"GPU-{uuid}", f"MIG-{uuid}")


def _visible(environment: Mapping[str, str], devices: int) -> int:
    listed = environment.get("CUDA_VISIBLE_DEVICES")
    return devices if listed is None else _shown([name.strip() for name in listed.split(",")])


def text(told: Any) -> str:
    """A name that NVML told: bindings of old give bytes, and None where it told nothing."""
    return told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told or "")


def _said(error: BaseException) -> str:
    if isinstance(error, ImportError):
        return "the package nvidia-ml-py is not installed"
    told = str(error).strip() or type(error).__name__
    return f"NVML: {told}"
