"""Facts of the processors that this process may use, read from files of the kernel: no program is started, nothing is measured."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchwright.container import ROOT, cpu_quota, text_of

INSTRUCTION_SETS = (
    "sse4_2", "avx", "f16c", "fma", "avx2", "avx_vnni", "avx_vnni_int8", "avx512f", "avx512bw", "avx512vl", "avx512_vnni",
    "avx512_bf16", "avx512_fp16", "amx_tile", "amx_int8", "amx_bf16", "amx_fp16",
    "asimd", "asimdhp", "asimddp", "fphp", "sve", "sve2", "i8mm", "bf16", "svei8mm", "svebf16", "sme", "vsx", "v",
)  # fmt: skip
"""Instruction sets that kernels of matrix products choose by, as Linux names them (Intel and AMD, Arm, POWER, RISC-V)."""

_ARM_CORES = {
    ("0x41", "0xd0c"): "Arm Neoverse-N1",
    ("0x41", "0xd40"): "Arm Neoverse-V1",
    ("0x41", "0xd49"): "Arm Neoverse-N2",
    ("0x41", "0xd4f"): "Arm Neoverse-V2",
    ("0x41", "0xd0b"): "Arm Cortex-A76",
    ("0xc0", "0xac3"): "Ampere-1",
}
"""Implementer and part -> core; Arm's ``/proc/cpuinfo`` has numbers alone."""


def processor_facts(root: Path = ROOT) -> dict[str, str]:
    """Model, instruction sets, number and speed limits of the processors that may be used; what cannot be read is absent."""
    allowed = allowed_processors()
    first = _first_block(root / "proc/cpuinfo")
    return {
        "architecture": platform.machine(),
        **_model(first),
        **_instruction_sets(first),
        **_counts(root, allowed),
        **_cache(root, allowed),
        **_clocks(root, allowed),
    }


def allowed_processors() -> tuple[int, ...]:
    """Numbers of the processors of the affinity mask; all of them where the system has no such masks."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def governors(root: Path = ROOT) -> tuple[str, ...]:
    """Frequency governors of the processors that may be used; none in most virtual machines."""
    return tuple(sorted(set(_of_each(root, allowed_processors(), "cpufreq/scaling_governor"))))


def boost(root: Path = ROOT) -> str:
    """``on`` or ``off``: whether clocks may exceed their base; empty: it cannot be read."""
    folder = root / "sys/devices/system/cpu"
    told = {"0": "off", "1": "on"}.get(text_of(folder / "cpufreq/boost"))
    reverse = {"0": "on", "1": "off"}.get(text_of(folder / "intel_pstate/no_turbo"))
    return reverse or told or ""


def mean_frequency(root: Path = ROOT) -> float | None:
    """Hertz at this moment, mean over the processors that may be used; None: it cannot be read."""
    told = [
        float(text) * 1e3
        for text in _of_each(root, allowed_processors(), "cpufreq/scaling_cur_freq")
        if _is_number(text)
    ]
    return sum(told) / len(told) if told else None


def _model(first: dict[str, str]) -> dict[str, str]:
    name = first.get("model name") or first.get("cpu") or first.get("Hardware") or _arm(first) or _elsewhere()
    facts = {"processor": re.sub(r"\s+", " ", name).strip()} if name else {}
    revision = "/".join(first[key] for key in ("cpu family", "model", "stepping") if key in first)
    return {**facts, **({"processor revision": revision} if revision else {})}


def _arm(first: dict[str, str]) -> str:
    maker, part = first.get("CPU implementer", ""), first.get("CPU part", "")
    if not maker:
        return ""
    name = _ARM_CORES.get((maker, part), f"Arm implementer {maker} part {part}")
    return f"{name} r{first.get('CPU variant', '?')}p{first.get('CPU revision', '?')}"


def _elsewhere() -> str:
    """What Python says on systems without ``/proc``; on macOS it knows ``arm`` alone, so the system is asked."""
    if sys.platform == "darwin":
        import subprocess

        try:
            done = subprocess.run(  # no data in it
                ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"],
                capture_output=True,
                text=True,
                check=False,
                timeout=5,
            )
        except (OSError, subprocess.SubprocessError):
            return ""
        return done.stdout.strip()
    return "" if sys.platform == "linux" else platform.processor()


def _instruction_sets(first: dict[str, str]) -> dict[str, str]:
    there = set((first.get("flags") or first.get("Features") or "").split())
    if not there:
        return {}
    virtual = {"virtual machine": "yes" if "hypervisor" in there else "no"} if "flags" in first else {}
    return {"instruction sets": " ".join(name for name in INSTRUCTION_SETS if name in there) or "none", **virtual}


def _counts(root: Path, allowed: tuple[int, ...]) -> dict[str, str]:
    places = Counter(
        (text_of(folder / "physical_package_id"), text_of(folder / "core_id"))
        for number in allowed
        if text_of((folder := _folder(root, number) / "topology") / "core_id")
    )
    facts = {"processors": str(len(allowed))}
    if sum(places.values()) == len(allowed):
        facts["cores"] = str(len(places))
        facts["sockets"] = str(len({package for package, _ in places}))
    quota = cpu_quota(root)
    return {**facts, **({"processor quota": f"{quota:.4g}"} if quota is not None else {})}


def _cache(root: Path, allowed: tuple[int, ...]) -> dict[str, str]:
    """The largest cache of one of the processors, as the kernel writes it: ``32768K``."""
    folder = _folder(root, allowed[0]) / "cache" if allowed else root
    sizes = [text_of(folder / f"index{index}/size") for index in range(5)]
    told = [size for size in sizes if re.fullmatch(r"\d+K", size)]
    return {"cache": max(told, key=lambda size: int(size[:-1]))} if told else {}


def _clocks(root: Path, allowed: tuple[int, ...]) -> dict[str, str]:
    facts = {}
    if told := governors(root):
        facts["governor"] = ", ".join(told)
    if turbo := boost(root):
        facts["boost"] = turbo
    limits = Counter(text for text in _of_each(root, allowed, "cpufreq/scaling_max_freq") if _is_number(text))
    if limits:
        facts["clock limit"] = ", ".join(
            f"{int(limit) // 1000} MHz x {count}"
            for limit, count in sorted(limits.items(), key=lambda one: -int(one[0]))
        )
    return facts


def _of_each(root: Path, numbers: Iterable[int], name: str) -> list[str]:
    return [text for number in numbers if (text := text_of(_folder(root, number) / name))]


def _folder(root: Path, number: int) -> Path:
    return root / f"sys/devices/system/cpu/cpu{number}"


def _first_block(file: Path) -> dict[str, str]:
    """The entry of the first processor: the kernel makes this file while it is read, and on large machines the whole takes long."""
    found: dict[str, str] = {}
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                name, colon, value = line.partition(":")
                if not colon and found:
                    break
                if colon:
                    found[name.strip()] = value.strip()
    except OSError:
        return {}
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
