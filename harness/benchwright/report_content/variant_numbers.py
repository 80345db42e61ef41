"""Agreement of ways of computing one checkpoint as rows of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchwright.types import Run


def variant_rows(run: Run) -> Iterator[dict[str, Any]]:
    """For each variant of a checkpoint whose exact model is among the runs: ``agreement``, the share of its answers that are the same, with
    flips under ``counts``; ``against`` names the run of the exact model where that is another one.
    """
    for row in run.variants:
        found = row.agreement
        if found is None:
            continue
        about = {
            "run": run.name,
            "model": row.model,
            "against": f"{row.parent_run}:{row.parent}" if row.parent_run else row.parent,
            "suite": row.suite,
            "task": row.task,
            "split": row.split,
            "status": "scored",
        }
        counts = {
            "same": found.same,
            "flips": found.flips,
            "negative flips": found.negative,
            "flips beyond the margin": found.beyond,
            "lost": found.lost or None,
        }
        told = {name: number for name, number in counts.items() if number is not None}
        yield about | {"metric": "agreement", "value": found.share, "n": found.n, "unit": found.unit, "counts": told}
