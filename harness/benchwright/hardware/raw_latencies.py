"""The raw latencies behind a percentile of a profile, pooled over processes as they were taken."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchwright.hardware.find import HardwareValue
from benchwright.hardware.latencies import by_process, measured
from benchwright.store import Store
from benchwright.types import Measurements, Samples

Floats = NDArray[np.float64]


def latencies_behind(found: HardwareValue, store: Store) -> tuple[Floats, ...]:
    """Seconds of the queries behind a percentile, a series for each process in the order of time; empty where they are not stored.

    Of a server's trials at several rates it is the one whose percentile was told.

    Raises:
        StoreError: The cell cannot be read.
    """
    if not found.key or not store.is_measured(found.key):
        return ()
    measurements = store.read_measurements(found.key)
    for group in _conditions(measurements):
        series = tuple(np.asarray(one, dtype=np.float64) for one in by_process(group))
        if sum(one.size for one in series) == found.n and (found.value is None or _holds(series, found.value)):
            return series
    return ()


def _holds(series: tuple[Floats, ...], value: float) -> bool:
    return any(bool(np.any(np.isclose(one, value, rtol=1e-9))) for one in series)


def _conditions(measurements: Measurements) -> list[list[Samples]]:
    """All measured latencies, then those of each rate, batch, length and number of processes, over all processes and blocks."""
    found: dict[tuple[float, int, int, int], list[Samples]] = {}
    timed = [one for one in measured(measurements.samples, "latency") if one.values]
    for one in timed:
        found.setdefault((one.rate, one.batch, one.length, one.concurrency), []).append(one)
    return [timed, *found.values()] if timed else []
