"""Memory on the GPU: peaks of torch's allocator, what NVML says of this process, and what the device holds more than before.

The allocator is exact and knows neither the context of CUDA nor workspaces of libraries. NVML knows these, and is often not allowed to tell, or
tells what cannot be: a value that is not ``0 < process <= device used <= total``, or below what the allocator itself has reserved, is
none. The device's own figure is the model's only where no other process is on it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchwright.measuring.nvml import Gpu, NoNvml, failed_to_tell, first_gpu
from benchwright.types import Reading

NOT_TOLD = 2**64 - 1
"""What NVML writes where a driver does not tell a memory (``NVML_VALUE_NOT_AVAILABLE``); some bindings give it on as it is."""

_FIRST_NAMESPACE = 0xEFFFFFFC
"""Number of the outermost namespace of processes, a constant of the kernel (``PROC_PID_INIT_INO``)."""

_UNEXPLAINED = 2 * 2**30
"""So much may be in use without a process: drivers keep some for themselves, about one GiB on the largest devices."""


@dataclass(frozen=True)
class GpuMemory:
    """The GPU before this process used it; `readings` says what came after.

    Attributes:
        gpu: The device; None: it is not used, or NVML cannot be asked.
        reason: Why not; empty and no ``gpu``: the processor is used, and there is nothing to read.
        before: Bytes that the device held before this process had a context on it; None: not told.
        others: Other processes that were on it then; -1: not told.
    """

    gpu: Gpu | None
    reason: str = ""
    before: int | None = None
    others: int = 0

    @classmethod
    def open(cls, device: str, *, nvml: Any | None = None, environment: Mapping[str, str] | None = None) -> GpuMemory:
        """Look at the GPU; to be called before this process has used CUDA.

        Args:
            device: ``cpu`` or ``cuda``.
            nvml: A double of ``pynvml``; None: the real one.
            environment: Of the process; None: its own.
        """
        if not device.startswith("cuda"):
            return cls(gpu=None)
        try:
            gpu = first_gpu(nvml, environment=environment)
        except NoNvml as error:
            return cls(gpu=None, reason=str(error))
        listed = processes(gpu)
        others = -1 if isinstance(listed, str) else len([one for one in listed if one[0] != os.getpid()])
        return cls(gpu=gpu, before=device_used(gpu), others=others)

    @property
    def busy(self) -> str:
        """Who else was on the GPU before, as a sentence; empty: nobody, as far as is told."""
        if self.gpu is None:
            return ""
        if self.others > 0:
            return f"{self.others} other process{'es' if self.others > 1 else ''} used the GPU before this one"
        if self.before is not None and self.before > _UNEXPLAINED:
            return f"{self.before / 2**30:.1f} GiB of the GPU were in use before this process, by none that is listed"
        return ""

    def reset(self, torch: Any | None = None) -> None:
        """Set the peaks of the allocator back to what is held now: before each shape that is measured."""
        module = _torch(torch)
        if module is not None:
            module.cuda.synchronize()
            module.cuda.reset_peak_memory_stats()

    def readings(self, *, batch: int = 1, length: int = 0, torch: Any | None = None) -> tuple[Reading, ...]:
        """Peaks since `reset` (or the start) and what is held now; to be called between phases. Empty on the processor.

        Returns:
            ``gpu_memory_peak``, ``gpu_memory_reserved_peak`` and ``gpu_memory_inactive_split_peak`` of torch's allocator,
            ``gpu_memory_process`` by NVML, ``gpu_memory_device`` (what the device holds more than before), and
            ``gpu_memory_context`` (that without what the allocator reserved). Bytes, or None with the reason.
        """
        if self.gpu is None and not self.reason:
            return ()
        module = _torch(torch)
        rows = [*_allocator(module), *self._told(module)]
        return tuple(
            Reading(
                quantity=quantity, value=value, reason="" if value is not None else reason, source=source,
                batch=batch, length=length,
            )
            for quantity, value, reason, source in rows
        )  # fmt: skip

    def _told(self, torch: Any | None) -> list[_Row]:
        source, whole = "NVML process", "NVML device minus before"
        if self.gpu is None:
            return [("gpu_memory_process", None, self.reason, source), ("gpu_memory_device", None, self.reason, whole)]
        moved = _moved(self.gpu, torch)
        if moved:
            return [("gpu_memory_process", None, moved, source), ("gpu_memory_device", None, moved, whole)]
        reserved = 0 if torch is None else int(torch.cuda.memory_reserved())
        own, why = process_memory(self.gpu, os.getpid(), at_least=reserved)
        more, why_not = self._more()
        rows: list[_Row] = [
            ("gpu_memory_process", own, why, source),
            (
                "gpu_memory_device",
                more,
                why_not,
                whole if self.others >= 0 else f"{whole}; whether others are on it is not told",
            ),
        ]
        if more is not None and torch is not None and more >= reserved:
            rows.append(("gpu_memory_context", more - reserved, "", f"{whole}, minus what torch reserved"))
        return rows

    def _more(self) -> tuple[int | None, str]:
        """Bytes that the device holds more than before, if they can be this process's alone."""
        gpu = self.gpu
        if gpu is None:
            return None, self.reason
        now, total = device_used(gpu), device_total(gpu)
        if now is None or self.before is None or total is None:
            return None, "the driver does not tell what the device holds"
        if self.busy:
            return None, self.busy
        listed = processes(gpu)
        if not isinstance(listed, str) and len(listed) > 1:
            return None, f"{len(listed) - 1} other process{'es' if len(listed) > 2 else ''} came to the GPU"
        if not 0 < now - self.before <= now <= total:
            return None, f"it is no plausible value: {self.before} bytes before, {now} after, of {total}"
        return now - self.before, ""


_Row = tuple[str, float | None, str, str]


def process_memory(gpu: Gpu, pid: int, *, at_least: int = 0) -> tuple[int | None, str]:
    """Bytes of the GPU that a process holds by NVML, or None and why not.

    Args:
        gpu: The device.
        pid: Number of the process, as this process knows it.
        at_least: What it holds for certain: the reserve of torch's allocator.
    """
    listed = processes(gpu)
    if isinstance(listed, str):
        return None, listed
    own = next((memory for number, memory in listed if number == pid), _NOWHERE)
    if own is _NOWHERE:
        return None, _not_listed(listed, pid)
    if own is None:
        return None, "the driver lists the process and does not tell its memory (as on Windows under WDDM)"
    used, total = device_used(gpu), device_total(gpu)
    if used is None or total is None or not max(1, at_least) <= own <= used <= total:
        return None, (
            f"the driver tells {own} bytes for the process, {used} in use, {total} in all, and torch holds {at_least}: that cannot be"
            " (a binding of another version than the driver mixes the fields up: pip install -U nvidia-ml-py)"
        )
    return own, ""


def processes(gpu: Gpu) -> list[tuple[int, int | None]] | str:
    """Number and bytes of each process on the GPU, or why they cannot be told; None: the bytes of that one are not told."""
    try:
        listed = gpu.nvml.nvmlDeviceGetComputeRunningProcesses(gpu.part)
    except Exception as error:
        return failed_to_tell(error, "processes on the GPU")
    return [(int(one.pid), _bytes(one.usedGpuMemory)) for one in listed]


def device_used(gpu: Gpu) -> int | None:
    """Bytes of the device, or of its part, that are in use by anybody."""
    return _memory(gpu, "used")


def device_total(gpu: Gpu) -> int | None:
    """Bytes of the device or of its part."""
    return _memory(gpu, "total")


_NOWHERE = -1


def _memory(gpu: Gpu, which: str) -> int | None:
    try:
        return _bytes(getattr(gpu.nvml.nvmlDeviceGetMemoryInfo(gpu.part), which))
    except Exception:
        return None


def _bytes(told: Any) -> int | None:
    return None if told is None or int(told) == NOT_TOLD else int(told)


def _not_listed(listed: list[tuple[int, int | None]], pid: int) -> str:
    if any(memory == pid for _, memory in listed):
        return (
            "the driver tells the number of the process where its memory should be: the binding is of another version than the"
            " driver (pip install -U nvidia-ml-py)"
        )
    inside = (
        "" if _is_outermost() else "; in a container the driver tells numbers of the host: start it with --pid=host"
    )
    if not listed:
        return f"the driver lists no process on the GPU{inside}"
    count = len(listed)
    return f"the driver lists {count} process{'es' if count > 1 else ''} on the GPU, this one not among them{inside}"


def _is_outermost() -> bool:
    """Whether numbers of processes are those of the host."""
    try:
        return os.stat("/proc/self/ns/pid").st_ino == _FIRST_NAMESPACE  # noqa: PTH116 - a kernel interface
    except OSError:
        return True


def _torch(given: Any | None) -> Any | None:
    """torch, if the model loaded it and it has used CUDA; it is never imported here."""
    module = sys.modules.get("torch") if given is None else given
    try:
        return module if module is not None and module.cuda.is_initialized() else None
    except Exception:
        return None


def _moved(gpu: Gpu, torch: Any | None) -> str:
    """Why the device that NVML was asked of before is not the one that CUDA uses; empty: it is, or it cannot be told."""
    try:
        uuid = "" if torch is None else str(torch.cuda.get_device_properties(torch.cuda.current_device()).uuid)
    except Exception:
        return ""
    try:
        found = first_gpu(gpu.nvml, uuid=uuid) if uuid else gpu
    except NoNvml as error:
        return str(error)
    return (
        ""
        if _uuid(found) == _uuid(gpu)
        else "CUDA uses another device than the first that NVML shows: set CUDA_DEVICE_ORDER=PCI_BUS_ID"
    )


def _uuid(gpu: Gpu) -> str:
    try:
        return str(gpu.nvml.nvmlDeviceGetUUID(gpu.part))
    except Exception:
        return ""


def _allocator(torch: Any | None) -> list[_Row]:
    source = "torch allocator"
    names = {
        "gpu_memory_peak": "allocated_bytes.all.peak",
        "gpu_memory_reserved_peak": "reserved_bytes.all.peak",
        "gpu_memory_inactive_split_peak": "inactive_split_bytes.all.peak",
    }
    if torch is None:
        return [(quantity, None, "the model does not use torch on CUDA in this process", source) for quantity in names]
    told: Mapping[str, int] = torch.cuda.memory_stats()
    return [(quantity, told.get(name), "this allocator does not tell it", source) for quantity, name in names.items()]
