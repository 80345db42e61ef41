"""OpenVINO and NNCF without their reports of usage.

Left alone both send what they convert and quantise to a service of their maker, without being asked, offline or not, from a process that
each call forks for it, and keep an identity of the user at home.
"""

from __future__ import annotations

import sys


def forbid_telemetry() -> None:
    """Let both find no `openvino_telemetry`, as where it is not installed; before either is imported."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
