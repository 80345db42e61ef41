"""What was so on the machine while something was measured and decides no comparability: load, clocks, heat, who else was there.

Read at the start and at the end, outside every timed window. Counters that only grow (time stolen by other virtual machines, time of other processes,
waits for a quota) are stored as what they grew by.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchwright.container import ROOT, text_of, throttled_seconds
from benchwright.measuring.gpu_facts import gpu_state
from benchwright.measuring.gpu_memory import processes
from benchwright.measuring.nvml import NoNvml, first_gpu
from benchwright.measuring.processor import allowed_processors, mean_frequency

_GIB = 2**30


@dataclass(frozen=True)
class State:
    """One look at the machine.

    Attributes:
        values: By name, as texts with their units.
        at: Seconds of a clock.
        ticks: Seconds so far of the processors that may be used: ``busy`` and ``stolen``; empty: not told.
        own: Seconds of processor time of this process and those that it started.
        waited: Seconds so far that the container's quota kept its processes waiting; None: not told.
    """

    values: dict[str, str]
    at: float
    ticks: dict[str, float] = field(default_factory=dict)
    own: float = 0.0
    waited: float | None = None


def read_state(
    device: str,
    *,
    nvml: Any | None = None,
    environment: Mapping[str, str] | None = None,
    root: Path = ROOT,
    now: Callable[[], float] = time.perf_counter,
    on_gpu: bool = False,
) -> State:
    """The machine at this moment; takes a few milliseconds.

    Args:
        device: ``cpu`` or ``cuda``.
        nvml: A double of ``pynvml``; None: the real one.
        environment: Of the process; None: its own.
        root: Where ``/proc`` and ``/sys`` are.
        now: Seconds of a clock.
        on_gpu: Whether this process itself uses the GPU by now; a container's driver does not say which process it is.
    """
    values = {**_load(root), **_memory(root), **_frequency(root), **_temperature(root)}
    if device.startswith("cuda"):
        values |= _gpu(nvml, environment, on_gpu=on_gpu)
    return State(values=values, at=now(), ticks=_ticks(root), own=_own_time(), waited=throttled_seconds(root))


def worst_of(states: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """States of several processes that measured one after the other as one: the first start, the last end, the largest of the rest."""
    told: dict[str, str] = {}
    for state in states:
        for name, value in state.items():
            before = told.get(name)
            if before is None or name.endswith(" at end") or (not name.endswith(" at start") and _leads(value, before)):
                told[name] = value
            elif name.startswith("gpu slowed") and value not in before:
                told[name] = f"{before}; {value}"
    return dict(sorted(told.items()))


def _leads(one: str, other: str) -> bool:
    return _number(one) > _number(other)


def _number(text: str) -> float:
    found = re.match(r"[\d.]+", text)
    return float(found[0]) if found else 0.0


def at_both_ends(start: State, end: State) -> dict[str, str]:
    """Each value ``at start`` and ``at end``: read by the process of the model, whose GPU is still warm at the end."""
    told = {f"{name} at start": value for name, value in start.values.items()}
    return told | {f"{name} at end": value for name, value in end.values.items()}


_SHORTEST = 1.0
"""Seconds: the kernel counts processor time in hundredths, which is no share of less."""


def meanwhile(start: State, end: State) -> dict[str, str]:
    """What others did between two looks of the process that started all that measures, so that none of these is taken for another.

    ``other processes``: processors that others kept busy, as a mean number. ``stolen``: share of the time that the host gave to other
    virtual machines. ``waited for quota``: seconds that the container's limit made its processes wait.
    """
    seconds = end.at - start.at
    told: dict[str, str] = {"seconds": f"{seconds:.1f}"}
    if start.waited is not None and end.waited is not None:
        told["waited for quota"] = f"{max(0.0, end.waited - start.waited):.2f} s"
    if seconds < _SHORTEST or not start.ticks or not end.ticks:
        return told
    grown = {name: end.ticks[name] - start.ticks[name] for name in end.ticks}
    whole = seconds * end.ticks.get("processors", 1.0)
    others = max(0.0, grown["busy"] - (end.own - start.own))
    return {
        **told,
        "other processes": f"{others / seconds:.2f} processors",
        "stolen": f"{100 * min(1.0, max(0.0, grown['stolen']) / whole):.1f} %",
    }


def _load(root: Path) -> dict[str, str]:
    found = re.match(r"([\d.]+) [\d.]+ [\d.]+ (\d+)/", text_of(root / "proc/loadavg"))
    pressure = re.search(r"^some avg10=([\d.]+)", text_of(root / "proc/pressure/cpu"), re.MULTILINE)
    return {
        **({"load": found[1], "running": found[2]} if found else {}),
        **({"waiting for a processor": f"{pressure[1]} %"} if pressure else {}),
    }


def _memory(root: Path) -> dict[str, str]:
    found = re.search(r"^MemAvailable:\s+(\d+) kB", text_of(root / "proc/meminfo"), re.MULTILINE)
    return {"memory available": f"{int(found[1]) * 1024 / _GIB:.1f} GiB"} if found else {}


def _frequency(root: Path) -> dict[str, str]:
    hertz = mean_frequency(root)
    return {} if hertz is None else {"frequency": f"{hertz / 1e6:.0f} MHz"}


def _temperature(root: Path) -> dict[str, str]:
    """The hottest zone of the processor; absent in virtual machines."""
    zones = [
        int(text)
        for zone in (root / "sys/class/thermal").glob("thermal_zone*")
        if re.search("cpu|pkg|soc|core", text_of(zone / "type"), re.IGNORECASE)
        and re.fullmatch(r"-?\d+", text := text_of(zone / "temp"))
    ]
    return {"temperature": f"{max(zones) / 1000:.0f} °C"} if zones else {}


def _gpu(nvml: Any | None, environment: Mapping[str, str] | None, *, on_gpu: bool) -> dict[str, str]:
    try:
        gpu = first_gpu(nvml, environment=environment)
    except NoNvml as reason:
        return {"gpu": f"not told ({reason})"}
    listed = processes(gpu)
    if isinstance(listed, str):
        return {**gpu_state(gpu), "gpu other processes": f"not told ({listed})"}
    is_listed = any(pid == os.getpid() for pid, _ in listed)
    others = len(listed) - (1 if is_listed or (on_gpu and listed) else 0)
    return {**gpu_state(gpu), "gpu other processes": str(others)}


def _ticks(root: Path) -> dict[str, float]:
    """Seconds since the start of the system that the allowed processors were busy, and that were stolen from them."""
    allowed = set(allowed_processors())
    busy = stolen = 0.0
    seen = 0
    hertz = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
    for number, fields in re.findall(r"^cpu(\d+) ([\d ]+)$", text_of(root / "proc/stat"), re.MULTILINE):
        counts = [int(one) for one in fields.split()]
        if int(number) not in allowed or len(counts) < 8:
            continue
        user, nice, system, _idle, _wait, interrupts, soft, steal = counts[:8]
        busy += (user + nice + system + interrupts + soft) / hertz
        stolen += steal / hertz
        seen += 1
    return {"busy": busy, "stolen": stolen, "processors": float(seen)} if seen else {}


def _own_time() -> float:
    """Processor seconds of this process, of those that it started and has seen end, and of those that still run."""
    spent = os.times()
    whole = spent.user + spent.system + spent.children_user + spent.children_system
    try:
        import psutil

        for child in psutil.Process().children(recursive=True):
            times = child.cpu_times()
            whole += times.user + times.system
    except Exception:
        return whole
    return whole
