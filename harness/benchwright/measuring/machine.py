"""The machine that something is measured on: facts that decide whether two measurements may be compared, and their digest."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from benchwright import environment
from benchwright.container import ROOT, memory_limit
from benchwright.errors import BenchwrightError
from benchwright.measuring.gpu_facts import gpu_facts
from benchwright.measuring.nvml import NoNvml, first_gpu
from benchwright.measuring.processor import processor_facts
from benchwright.types import Machine

UNKNOWN = "unknown"
"""Stands for a processor or GPU that cannot be told: such a machine is like no other, not even like itself."""

LIBRARIES = (
    "benchwright",  # reads, batches and times: it is part of what is measured
    "numpy",
    "scipy",
    "scikit-learn",
    "torch",  # its version has the build in it (+cpu, +cu130) and pins the libraries of CUDA
    "transformers",
    "tokenizers",
    "torchao",
    "onnxruntime",
    "openvino",
)
"""Packages that run inside a timed query; others may change without making measurements incomparable."""

_LIBRARY_THREADS = ("MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "RAYON_NUM_THREADS")
"""Facts only where they are not the number of all (`environment.threads`), which a process that measures gives to each anyway."""

_ANYWAY = {"OMP_WAIT_POLICY": "passive", "TOKENIZERS_PARALLELISM": "true"}
"""What a process that measures sets where nobody did; whether the command line or Python was used then decides nothing."""

_THREADS = (
    "OMP_PROC_BIND",
    "OMP_PLACES",
    "OMP_WAIT_POLICY",  # waiting threads that spin take the processors of others
    "OMP_DYNAMIC",
    "GOMP_CPU_AFFINITY",
    "KMP_AFFINITY",
    "KMP_BLOCKTIME",
    "MKL_DYNAMIC",
    "TOKENIZERS_PARALLELISM",
)
_KERNELS = (
    "MKL_ENABLE_INSTRUCTIONS",
    "ONEDNN_MAX_CPU_ISA",
    "ONEDNN_DEFAULT_FPMATH_MODE",
    "ATEN_CPU_CAPABILITY",
    "LD_PRELOAD",  # another allocator changes times and memory
    "MALLOC_ARENA_MAX",
    "MALLOC_CONF",
    "THP_MEM_ALLOC_ENABLE",
)
_CUDA = (
    "CUDA_LAUNCH_BLOCKING",
    "CUDA_MODULE_LOADING",
    "CUDA_DEVICE_MAX_CONNECTIONS",
    "CUBLAS_WORKSPACE_CONFIG",
    "NVIDIA_TF32_OVERRIDE",
    "PYTORCH_ALLOC_CONF",
    "PYTORCH_CUDA_ALLOC_CONF",
)

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9])?")
_PLAIN = re.compile(r"[\w.,:;=+ {}()-]{0,120}")
_GIB = 2**30


def describe_machine(
    device: str, *, root: Path = ROOT, given: Mapping[str, str] | None = None, nvml: Any | None = None, uuid: str = ""
) -> Machine:
    """This machine as far as it decides times and memory of models on ``device``; ``state`` is empty (`machine_state`).

    Nothing is measured and no library of models is imported; it takes a few milliseconds.

    Args:
        device: ``cpu`` or ``cuda``: facts of the GPU decide only where it is used.
        root: Where ``/proc`` and ``/sys`` are; tests give the files of another machine.
        given: Environment variables; None: those of this process.
        nvml: A double of ``pynvml``; None: the real one.
        uuid: Of the GPU, where CUDA has told it (`nvml.first_gpu`).

    Raises:
        BenchwrightError: ``BENCHWRIGHT_MACHINE`` is no name.
    """
    variables = os.environ if given is None else given
    facts = {
        **processor_facts(root),
        **_memory(root),
        **_system(root),
        **_variables(variables, device),
        **{f"library {name}": version for name, version in environment.versions(*LIBRARIES).items()},
    }
    facts.setdefault("processor", UNKNOWN)
    if device.startswith("cuda"):
        facts |= _gpu(nvml, variables, uuid)
    return Machine(fingerprint=fingerprint(facts), facts=dict(sorted(facts.items())), name=machine_name(variables))


_ARITHMETIC = ("architecture", "processor", "processor revision", "instruction sets", "gpu", "gpu part")


@cache
def arithmetic_facts(device: str) -> dict[str, str]:
    """Facts of this machine that may decide the last digits of what it computes, and how long that takes: processor, instruction sets,
    threads, GPU, variables that choose kernels. Where they are the same, so are the numbers of ``--precision exact``.
    """
    facts = {**processor_facts(), **_variables(os.environ, device)}
    if device.startswith("cuda"):
        facts |= _gpu(None, os.environ, "")
    names = (*_ARITHMETIC, "threads", *_KERNELS, "NVIDIA_TF32_OVERRIDE", "CUBLAS_WORKSPACE_CONFIG")
    return {name: facts[name] for name in names if name in facts}


def fingerprint(facts: Mapping[str, str]) -> str:
    """SHA-256 of the facts in canonical JSON, 64 hexadecimal digits."""
    text = json.dumps(dict(facts), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def differences(one: Machine, other: Machine) -> tuple[str, ...]:
    """Why measurements of the two machines cannot be compared, a sentence for each fact; empty: they can.

    A machine whose processor or GPU cannot be told is comparable with none, though the digests of its facts are equal.
    """
    first, second = _called(one, "one"), _called(other, "the other")
    if first == second:
        first, second = "one", "the other"
    told = []
    for fact in sorted({*one.facts, *other.facts}):
        here, there = one.facts.get(fact, ""), other.facts.get(fact, "")
        if here != there:
            told.append(f"{fact}: {here or 'not told'} on {first}, {there or 'not told'} on {second}")
        elif here.startswith(UNKNOWN):
            told.append(f"{fact}: {here} on both, so nothing says that it is the same")
    if not told and one.fingerprint != other.fingerprint:
        told.append(
            "the digests of the facts differ though the facts are the same: one was changed after it was measured"
        )
    return tuple(told)


def machine_name(variables: Mapping[str, str]) -> str:
    """What the owner calls the machine (``BENCHWRIGHT_MACHINE``); empty: it has no name.

    Raises:
        BenchwrightError: It is no name.
    """
    name = variables.get("BENCHWRIGHT_MACHINE", "").strip()
    if name and not _NAME.fullmatch(name):
        raise BenchwrightError(
            f"BENCHWRIGHT_MACHINE={name[:80]!r} is no name of a machine",
            expected="at most 64 letters, digits, blanks, dots, dashes and underscores, a letter or digit at both ends",
            hint="export BENCHWRIGHT_MACHINE=ci-large",
        )
    return name


def _called(machine: Machine, otherwise: str) -> str:
    return machine.name or otherwise


def _memory(root: Path) -> dict[str, str]:
    """In whole GiB: what the kernel keeps for itself differs by a few MiB from start to start, and decides nothing."""
    facts = {}
    total = _total(root)
    if total is not None:
        facts["memory"] = f"{total / _GIB:.0f} GiB"
    limit = memory_limit(root)
    if limit is not None and (total is None or limit < total):
        facts["memory limit"] = f"{limit / 2**20:.0f} MiB"
    return facts


def _total(root: Path) -> int | None:
    try:
        text = (root / "proc/meminfo").read_text("ascii", "replace")
    except OSError:
        return _asked_of_psutil() if root == ROOT else None
    found = re.search(r"^MemTotal:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def _asked_of_psutil() -> int | None:
    try:
        import psutil

        return int(psutil.virtual_memory().total)
    except Exception:
        return None


def _system(root: Path) -> dict[str, str]:
    """Kernel and Python to their second number: what comes after are corrections, often weekly, that decide no time."""
    python = f"{platform.python_implementation()} {sys.version_info[0]}.{sys.version_info[1]}"
    kernel = re.match(r"\d+\.\d+", platform.release())
    return {
        "system": f"{platform.system()} {kernel[0]}" if kernel else platform.system(),
        "huge pages": _chosen(root / "sys/kernel/mm/transparent_hugepage/enabled"),
        "python": python,
    }


def _chosen(file: Path) -> str:
    """The word in brackets; large pages change both times and the memory that a process holds."""
    try:
        found = re.search(r"\[(\w+)\]", file.read_text("ascii", "replace"))
    except OSError:
        return "not told"
    return found[1] if found else "not told"


def _variables(variables: Mapping[str, str], device: str) -> dict[str, str]:
    """Threads, and environment variables that set kernels and allocators, by name, where they say something of their own."""
    threads = str(environment.threads(variables))
    names = (*_THREADS, *_KERNELS, *(_CUDA if device.startswith("cuda") else ()))
    told = {name: value for name in names if (value := variables.get(name, "").strip()) and value != _ANYWAY.get(name)}
    told |= {
        name: value for name in _LIBRARY_THREADS if (value := variables.get(name, "").strip()) and value != threads
    }
    return {"threads": threads, **{name: _value(name, value) for name, value in told.items()}}


def _value(name: str, value: str) -> str:
    """Files without their folders, which may tell a user's name; what is no setting is a digest."""
    if name == "LD_PRELOAD":
        value = " ".join(Path(part).name for part in re.split(r"[ :]+", value) if part)
    return (
        value
        if _PLAIN.fullmatch(value)
        else f"digest {hashlib.sha256(value.encode(errors='replace')).hexdigest()[:12]}"
    )


def _gpu(nvml: Any | None, variables: Mapping[str, str], uuid: str) -> dict[str, str]:
    try:
        facts = gpu_facts(first_gpu(nvml, environment=variables, uuid=uuid))
    except NoNvml as reason:
        return {"gpu": f"{UNKNOWN} ({reason})"}
    facts.setdefault("gpu", UNKNOWN)
    return facts
