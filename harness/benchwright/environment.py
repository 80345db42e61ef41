"""Package versions and machine facts of a run, without user, host or path."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from benchwright.container import cpu_quota

_PACKAGES = (
    "benchwright",
    "numpy",
    "scipy",
    "scikit-learn",
    "pyarrow",
    "torch",
    "transformers",
    "tokenizers",
    "datasets",
    "torchao",
    "onnx",
    "onnxscript",
    "onnxruntime",
    "openvino",
    "nncf",
)


def describe() -> dict[str, Any]:
    """Python, platform, processors and the versions of the packages that decide numbers; absent ones are left out."""
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "processors": processors(),
        "packages": versions(*_PACKAGES),
    }


def versions(*packages: str) -> dict[str, str]:
    """Package -> installed version, in the order asked; packages that are not installed are left out."""
    found = {}
    for package in packages:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def cuda_problem() -> str:
    """Why no NVIDIA device can be asked here, in the driver's words; empty: one can."""
    try:
        import pynvml

        pynvml.nvmlInit()
        return "" if int(pynvml.nvmlDeviceGetCount()) > 0 else "NVML finds no device"
    except ImportError:
        return "the package nvidia-ml-py is not installed"
    except Exception as error:
        return f"NVML: {error}"


def processors() -> int:
    """Processors this process may use (affinity mask, then the quota of its container), never the machine's total."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = cpu_quota()
    return max(1, min(available, math.ceil(quota))) if quota else available


def threads(environ: Mapping[str, str] | None = None) -> int:
    """Threads that a model may compute with: ``OMP_NUM_THREADS`` where somebody set it, else one for each processor.

    That variable may be a list, one number for each level of nesting: the first counts.

    Args:
        environ: In place of this process's own.
    """
    given = os.environ if environ is None else environ
    told = given.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return int(told) if told.isascii() and told.isdigit() and int(told) > 0 else processors()
