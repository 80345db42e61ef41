"""The raw latencies behind a percentile of a profile, pooled over processes as they were taken."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchwright.hardware.find import HardwareValue
from benchwright.store import Store
from benchwright.types import Measurements, Samples

Floats = NDArray[np.float64]


def latencies_behind(found: HardwareValue, store: Store) -> Floats:
    """Seconds of the queries behind a percentile, in the order in which they were taken; empty where they are not stored.

    Of a server's trials at several rates it is the one whose percentile was told.

    Raises:
        StoreError: The cell cannot be read.
    """
    if not found.key or not store.is_measured(found.key):
        return np.empty(0)
    measurements = store.read_measurements(found.key)
    for group in _conditions(measurements):
        pooled = np.concatenate([np.asarray(one.values, dtype=np.float64) for one in group])
        if pooled.size == found.n and (found.value is None or bool(np.any(np.isclose(pooled, found.value, rtol=1e-9)))):
            return pooled
    return np.empty(0)


def _conditions(measurements: Measurements) -> list[list[Samples]]:
    """All measured latencies, then those of each rate, batch, length and number of processes, over all processes and blocks."""
    found: dict[tuple[float, int, int, int], list[Samples]] = {}
    timed = [
        one for one in measurements.samples if one.quantity == "latency" and one.phase == "measured" and one.values
    ]
    for one in timed:
        found.setdefault((one.rate, one.batch, one.length, one.concurrency), []).append(one)
    return [timed, *found.values()] if timed else []
