"""Rows of `benchwright doctor` about what can be measured on this machine, and what to do where it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from benchwright.container import ROOT

Check = tuple[str, str, str]
"""What, its state (``ok``, ``limited``, ``absent``, ``broken``), and the detail."""

_KEY_SETS = (
    "avx2",
    "avx512f",
    "avx512_vnni",
    "avx512_bf16",
    "avx_vnni",
    "amx_int8",
    "amx_bf16",
    "asimd",
    "i8mm",
    "sve",
    "bf16",
)
"""Instruction sets that decide which precision is fast; the profile has them all."""


def machine_checks(root: Path = ROOT, nvml: Any | None = None) -> Iterator[Check]:
    """Processor, clocks, limits, load, memory, page cache, energy and GPU, a row each.

    Args:
        root: Where ``/proc`` and ``/sys`` are.
        nvml: A double of ``pynvml``; None: the real one.
    """
    from benchwright.measuring.machine import describe_machine

    machine = describe_machine("cpu", root=root)
    yield _identity(machine.name, machine.fingerprint)
    yield _processor(machine.facts)
    yield _governor(machine.facts)
    yield _limits(machine.facts)
    yield _load(machine.facts, root)
    yield _peak_memory(root)
    yield _page_cache()
    yield _energy(root)
    yield from _gpu(nvml, root)


def _identity(name: str, fingerprint: str) -> Check:
    called = name or "it has no name (BENCHWRIGHT_MACHINE gives one)"
    return ("machine", "ok", f"{fingerprint[:12]}: profiles of another one are not compared; {called}")


def _processor(facts: dict[str, str]) -> Check:
    if facts["processor"] == "unknown":
        return ("processor", "limited", "it cannot be told, so profiles of this machine are compared with none")
    sets = facts.get("instruction sets", "").split()
    found = " ".join(name for name in _KEY_SETS if name in sets)
    cores = f"{facts['processors']} processors on {facts.get('cores', '?')} cores"
    virtual = ", a virtual machine: its neighbours are not seen" if facts.get("virtual machine") == "yes" else ""
    return ("processor", "ok", f"{facts['processor']}, {cores}{virtual}; {found or 'no instruction set is told'}")


def _governor(facts: dict[str, str]) -> Check:
    from benchwright.measuring.machine_alarms import SLOW_GOVERNORS

    told = facts.get("governor", "")
    if not told:
        return (
            "governor",
            "absent",
            "clocks of the processors cannot be seen or set here, as in most virtual machines",
        )
    boost = f", boost {facts['boost']}" if "boost" in facts else ""
    if any(name in SLOW_GOVERNORS for name in told.split(", ")):
        hint = "steadier times: sudo cpupower frequency-set -g performance"
        return ("governor", "limited", f"{told}{boost}: clocks follow the load; {hint}")
    return ("governor", "ok", f"{told}{boost}")


def _limits(facts: dict[str, str]) -> Check:
    quota, memory = facts.get("processor quota"), facts.get("memory limit")
    held = ", ".join(
        [
            *([f"{quota} of {facts['processors']} processors"] if quota else []),
            *([f"{memory} of memory"] if memory else []),
        ]
    )
    if quota and float(quota) < int(facts["processors"]):
        hint = "whole processors are steadier: docker run --cpuset-cpus=0-3"
        return ("container", "limited", f"{held}; who uses more is stopped for a part of each 100 ms; {hint}")
    return ("container", "ok", held or "no limit of processors or memory")


def _load(facts: dict[str, str], root: Path) -> Check:
    from benchwright.measuring.machine_state import read_state

    told = read_state("cpu", root=root).values.get("load")
    if told is None:
        return ("load", "absent", "it cannot be read here")
    if float(told) > 0.25 * int(facts["processors"]):
        return (
            "load",
            "limited",
            f"{told} on {facts['processors']} processors: wait, or compare with `profile --interleave`",
        )
    return ("load", "ok", f"{told} on {facts['processors']} processors")


def _peak_memory(root: Path) -> Check:
    from benchwright.measuring.host_memory import peak, reset_peak

    refused = reset_peak(root / "proc/self")
    if not refused:
        return ("peak memory", "ok", "VmHWM, set back before each model is opened")
    told = peak(root / "proc/self")
    if told.value is None:
        return ("peak memory", "absent", told.reason)
    return ("peak memory", "limited", f"{told.source}: the share of the model cannot be told ({refused})")


def _page_cache() -> Check:
    from benchwright.measuring.page_cache import evict

    with resources.as_file(resources.files("benchwright") / "py.typed") as marker:
        told = evict([marker.parent / "behaviour" / "words" / "words.toml"])
    if told.cold:
        return ("cold start", "ok", "files can be taken out of the page cache")
    return ("cold start", "absent", f"{told.reason}; only warm starts are measured then")


def _energy(root: Path) -> Check:
    from benchwright.measuring.energy import package_counters

    told = package_counters(root)
    if isinstance(told, str):
        return ("energy", "absent", told)
    return ("energy", "ok", f"RAPL: {', '.join(told)}")


def _gpu(nvml: Any | None, root: Path) -> Iterator[Check]:
    from benchwright.measuring.gpu_results import ON_GPU, gpu_result
    from benchwright.measuring.machine import describe_machine
    from benchwright.measuring.nvml import NoNvml, first_gpu

    ran = "; ".join(f"{what}: {gpu_result(what)}" for what in ON_GPU)
    try:
        gpu = first_gpu(nvml)
    except NoNvml as reason:
        yield ("gpu", "absent", f"{reason}; models run on the processor")
    else:
        machine = describe_machine("cuda", root=root, nvml=nvml)
        yield ("machine with gpu", "ok", f"{machine.fingerprint[:12]}: of profiles on cuda")
        yield from _gpu_found(gpu)
    yield ("gpu results", "ok" if all(ON_GPU.values()) else "limited", ran)


def _gpu_found(gpu: Any) -> Iterator[Check]:
    from benchwright.measuring.energy import gpu_counter
    from benchwright.measuring.gpu_facts import gpu_facts
    from benchwright.measuring.gpu_memory import processes

    facts = gpu_facts(gpu)
    named = ("gpu", "gpu memory", "gpu driver", "gpu power limit")
    yield (
        "gpu",
        "ok",
        ", ".join(facts[name] for name in named if name in facts) + f"; visible: {facts['gpus visible']}",
    )
    listed = processes(gpu)
    if isinstance(listed, str):
        yield ("gpu processes", "limited", f"{listed}; memory is told by torch's allocator alone")
    elif listed:
        yield (
            "gpu processes",
            "limited",
            f"{len(listed)} on the GPU now: profiles there say so; wait until it is free",
        )
    else:
        yield ("gpu processes", "ok", "none on the GPU now")
    counter = gpu_counter(gpu)
    if isinstance(counter, str):
        yield ("gpu energy", "absent", counter)
    else:
        yield ("gpu energy", "ok", "counted by the driver; windows of 10 s or more")
