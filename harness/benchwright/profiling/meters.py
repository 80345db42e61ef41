"""What the process of a model reads beside the clock, outside every timed window: memory, energy, the state of the machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from benchwright.container import ROOT, memory_limit
from benchwright.measuring.energy import EnergyMeter
from benchwright.measuring.gpu_memory import GpuMemory
from benchwright.measuring.host_memory import HostMemory
from benchwright.measuring.machine_state import State, at_both_ends, read_state
from benchwright.measuring.single_stream import Measured
from benchwright.profiling.messages import Shape
from benchwright.types import Reading

_PEAKS = (
    "host_memory_peak",
    "host_memory_model",
    "gpu_memory_peak",
    "gpu_memory_reserved_peak",
    "gpu_memory_inactive_split_peak",
)
"""Of a scenario these are the larger of opening the model and of the scenario itself, never of the scenario before it."""


class Meters:
    """Made just before the model is opened; what is held or in use at that moment is none of the model's.

    Args:
        device: ``cpu`` or ``cuda``.
        nvml: A double of ``pynvml``; None: the real one.
    """

    def __init__(self, device: str, *, nvml: Any | None = None) -> None:
        self._device, self._nvml = device, nvml
        self._start = read_state(device, nvml=nvml)
        self._gpu = GpuMemory.open(device, nvml=nvml)
        self._energy = EnergyMeter.open(device, nvml=nvml)
        self._opening: dict[str, Reading] = {}
        self._is_read = True
        self._host = HostMemory.open()  # last, so that what the others need is not counted

    @property
    def note(self) -> str:
        """Who else was on the GPU before the model; empty: nobody, as far as is told."""
        return self._gpu.busy

    def opened(self) -> None:
        """The model is open and has answered: peaks so far are those of opening it."""
        self._opening = {one.quantity: one for one in self._memory(Shape())}

    def begin(self) -> None:
        """A scenario begins, with its warm-up: peaks are counted anew."""
        self._host.begin()
        self._gpu.reset()

    def begin_scenario(self) -> None:
        """`begin`, unless the scenario has begun already with another shape."""
        if self._is_read:
            self.begin()
            self._is_read = False

    def energy_of(self, measure: Callable[[], Measured], shape: Shape) -> tuple[Measured, tuple[Reading, ...]]:
        """What ``measure`` returns, and the energy of its time.

        Where several processes measure at once each would read the energy of all, so nothing is read there.
        """
        self._energy.start()
        found = measure()
        return found, self._energy.stop(batch=shape.batch, length=shape.length)

    def read(self, shape: Shape | None = None) -> tuple[Reading, ...]:
        """Memory since `begin`: of a scenario as a whole, or of one shape of a sweep."""
        self._is_read = True
        return tuple(_larger(one, self._opening.get(one.quantity)) for one in self._memory(shape or Shape()))

    def state(self) -> dict[str, str]:
        """The state of the machine before the model was opened, and now."""
        return at_both_ends(self._start, self._now())

    def _now(self) -> State:
        return read_state(self._device, nvml=self._nvml, on_gpu=True)

    def _memory(self, shape: Shape) -> tuple[Reading, ...]:
        host = self._host.readings(batch=shape.batch, length=shape.length)
        return (*host, *self._gpu.readings(batch=shape.batch, length=shape.length))


def _larger(now: Reading, opening: Reading | None) -> Reading:
    if now.quantity not in _PEAKS or opening is None or opening.value is None or now.value is None:
        return now
    if opening.value <= now.value:
        return now
    return msgspec.structs.replace(now, value=opening.value, source=f"{now.source}, when it was opened")


def memory_there(device: str, *, nvml: Any | None = None, root: Path = ROOT) -> str:
    """How much memory there is and is free, as a part of a sentence for a model that does not fit; empty: it cannot be told."""
    state = read_state(device, nvml=nvml, root=root).values
    if device.startswith("cuda"):
        return _on_gpu(device, nvml)
    limit = memory_limit(root)
    told = [
        *([f"{state['memory available']} of memory are free"] if "memory available" in state else []),
        *([f"its container may hold {limit / 2**30:.1f} GiB"] if limit is not None else []),
    ]
    return ", ".join(told)


def _on_gpu(device: str, nvml: Any | None) -> str:
    from benchwright.measuring.gpu_memory import device_total, device_used, processes

    gpu = GpuMemory.open(device, nvml=nvml).gpu
    if gpu is None:
        return ""
    total, used, listed = device_total(gpu), device_used(gpu), processes(gpu)
    if total is None or used is None:
        return ""
    who = "" if isinstance(listed, str) or len(listed) < 2 else f", {len(listed)} processes are on it"
    return f"the GPU has {total / 2**30:.1f} GiB, of which {max(0, total - used) / 2**30:.1f} GiB are free now{who}"
