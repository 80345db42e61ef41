"""What of this version was run on a GPU by those who made it: dated results in ``benchmarks/results``, or not yet.

Code for GPUs that was only tested with doubles may measure wrongly on a real one. Who reads a number from there is told so.
"""

from __future__ import annotations

ON_GPU: dict[str, str] = {
    "answers of encoders in padded batches": "2026-11-26, NVIDIA H200 (2026-11-26-cuda-families.json)",
    "hardware profiles": "",
    "flat buffers of encoders": "",
    "fast precision": "",
}
"""What -> date, device and file of the result; empty: it was not run on a GPU yet. A result that is added is written here."""

NOT_YET = "not run on a GPU yet"


def gpu_result(what: str) -> str:
    """When and on which device it was run, or `NOT_YET`."""
    return ON_GPU[what] or NOT_YET
