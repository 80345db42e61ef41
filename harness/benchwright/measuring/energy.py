"""Energy that was read from counters: NVML's of the GPU, RAPL's of the processor packages. What has no counter has no energy.

A difference of two readings is the energy of the whole device in that time, whoever used it. Nothing is ever made of a rated power: where no
counter can be read the value is None, with the reason.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchwright.container import ROOT
from benchwright.measuring.nvml import Gpu, NoNvml, failed_to_tell, first_gpu
from benchwright.types import Reading

SHORTEST_GPU = 10.0
"""Seconds: NVML's counter moves about every 100 ms and its sensor sees a part of the time, so a shorter window is noise."""

SHORTEST_CPU = 1.0
"""Seconds: RAPL moves every millisecond, and the reading itself costs some."""

_MOST_WATTS = 1000.0
"""No package draws more for long; beyond ``range / watts`` seconds a counter may have gone round more than once."""


@dataclass(frozen=True)
class Counter:
    """One reading of a counter that only grows, until it begins anew.

    Attributes:
        joules: What it says.
        range: Joules at which it begins anew; 0: it never does.
        watts: Most that it can grow in a second, for as long as is measured.
    """

    joules: float
    range: float = 0.0
    watts: float = _MOST_WATTS


Counters = dict[str, Counter]
"""By name: ``package-0``."""


@dataclass
class EnergyMeter:
    """Reads counters at the start and at the end of a window.

    Attributes:
        device: ``cpu`` or ``cuda``.
        now: Seconds of a clock.
        read_gpu: The counter of the GPU, or why there is none.
        read_cpu: Counters of the packages, or why there are none.
        synchronise: Waits for the GPU, so that work is counted in the window in which it was asked for.
    """

    device: str
    now: Callable[[], float]
    read_gpu: Callable[[], Counters | str]
    read_cpu: Callable[[], Counters | str]
    synchronise: Callable[[], None]
    _started: tuple[float, Counters | str, Counters | str] | None = None

    @classmethod
    def open(
        cls,
        device: str,
        *,
        nvml: Any | None = None,
        environment: Mapping[str, str] | None = None,
        root: Path = ROOT,
        now: Callable[[], float] = time.perf_counter,
    ) -> EnergyMeter:
        """A meter of the processor packages, and of the GPU where it is used.

        Args:
            device: ``cpu`` or ``cuda``.
            nvml: A double of ``pynvml``; None: the real one.
            environment: Of the process; None: its own.
            root: Where ``/sys`` is.
            now: Seconds of a clock.
        """
        read_gpu: Callable[[], Counters | str] = lambda: "the GPU is not used"  # noqa: E731
        if device.startswith("cuda"):
            try:
                gpu = first_gpu(nvml, environment=environment)
                read_gpu = lambda: gpu_counter(gpu)  # noqa: E731
            except NoNvml as error:
                reason = str(error)
                read_gpu = lambda: reason  # noqa: E731
        return cls(device, now, read_gpu, lambda: package_counters(root), _wait_for_gpu)

    def start(self) -> None:
        """Read the counters; the window begins."""
        self.synchronise()
        self._started = (self.now(), self.read_gpu(), self.read_cpu())

    def stop(self, *, batch: int = 1, length: int = 0) -> tuple[Reading, ...]:
        """Joules since `start`: ``energy`` of the device that the model runs on, and ``energy_host`` beside a GPU.

        Raises:
            RuntimeError: `start` was not called.
        """
        if self._started is None:
            raise RuntimeError("the meter was not started")
        self.synchronise()
        began, gpu, cpu = self._started
        seconds = self.now() - began
        host = between(cpu, self.read_cpu(), seconds, SHORTEST_CPU)
        host_source = _rapl(cpu)
        told = [("energy", *host, host_source)]
        if self.device.startswith("cuda"):
            used = between(gpu, self.read_gpu(), seconds, SHORTEST_GPU)
            told = [("energy", *used, "NVML counter of the whole GPU"), ("energy_host", *host, host_source)]
        self._started = None
        return tuple(
            Reading(
                quantity=quantity, value=value, reason=reason, source=source,
                batch=batch, length=length,
            )
            for quantity, value, reason, source in told
        )  # fmt: skip


def between(before: Counters | str, after: Counters | str, seconds: float, shortest: float) -> tuple[float | None, str]:
    """Joules between two readings of all counters together, or None and why not."""
    if isinstance(before, str) or isinstance(after, str):
        return None, before if isinstance(before, str) else str(after)
    if set(before) != set(after) or not before:
        return None, "the counters of the start and the end are not the same ones"
    if seconds < shortest:
        return None, f"{seconds:.2g} s were measured, and in less than {shortest:g} s the counter is noise"
    joules = 0.0
    for name, start in before.items():
        grown = after[name].joules - start.joules
        if grown < 0 and not start.range:
            return None, f"the counter {name} went back: it was set anew"
        if start.range and seconds * start.watts >= start.range:
            return None, f"in {seconds:.0f} s the counter {name} may have begun anew more than once"
        joules += grown + start.range if grown < 0 else grown
    if joules <= 0:
        return None, "the counter did not move"
    return joules, ""


def gpu_counter(gpu: Gpu) -> Counters | str:
    """NVML's counter of a GPU (millijoules since the driver was loaded), or why there is none."""
    if gpu.is_mig:
        return "NVML counts no energy for a part of a divided GPU (MIG)"
    try:
        millijoules = int(gpu.nvml.nvmlDeviceGetTotalEnergyConsumption(gpu.device))
    except Exception as error:
        return failed_to_tell(error, "energy of the GPU")
    return {"gpu": Counter(millijoules / 1e3)}


def package_counters(root: Path = ROOT) -> Counters | str:
    """RAPL's counters of all packages and of memory where that has its own, or why there are none."""
    folder = root / "sys/class/powercap"
    zones = [zone for zone in sorted(folder.glob("intel-rapl:*")) if _is_counted(zone)]
    if not zones:
        return "this machine has no RAPL counters (/sys/class/powercap), as most virtual machines and containers"
    found: Counters = {}
    for zone in zones:
        try:
            joules = int(_text(zone / "energy_uj")) / 1e6
            size = int(_text(zone / "max_energy_range_uj")) / 1e6
        except PermissionError:
            return "only root may read the RAPL counters (CVE-2020-8694): run as root, or let your group read /sys/class/powercap/*/energy_uj"
        except (OSError, ValueError) as error:
            return f"a RAPL counter cannot be read ({type(error).__name__})"
        found[f"{_text(zone / 'name')} {zone.name.removeprefix('intel-rapl:')}"] = Counter(joules, size, _watts(zone))
    return found


def _is_counted(zone: Path) -> bool:
    """Packages, and memory that is not within one; cores and graphics lie within the package, the platform around it."""
    try:
        return _text(zone / "name").startswith(("package", "dram"))
    except OSError:
        return False


def _watts(zone: Path) -> float:
    """The long-term limit of power, with a margin, where the kernel tells one."""
    try:
        told = int(_text(zone / "constraint_0_power_limit_uw")) / 1e6
    except (OSError, ValueError):
        return _MOST_WATTS
    return min(_MOST_WATTS, told * 1.25) if told > 0 else _MOST_WATTS


def _rapl(counters: Counters | str) -> str:
    return "RAPL" if isinstance(counters, str) else "RAPL " + ", ".join(name.split(" ")[0] for name in counters)


def _text(file: Path) -> str:
    return file.read_text("ascii", "replace").strip()


def _wait_for_gpu() -> None:
    """Only where the model has used it: asking whether there is one would make a context."""
    torch = sys.modules.get("torch")
    with suppress(AttributeError):  # a torch that is being imported has no parts yet
        if torch is not None and torch.cuda.is_initialized():
            torch.cuda.synchronize()
