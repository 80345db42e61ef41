"""Percentiles of latency and the medians of starts, from raw samples."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence

from benchwright.stats.order_statistics import percentile_of
from benchwright.types import MeasuredQuantity, Reading, Samples

PERCENTILES = {"latency_p50": 0.5, "latency_p90": 0.9, "latency_p95": 0.95, "latency_p99": 0.99}

_FIRST = "of the first process: whether the files of the model were in memory before is not known"

STARTS = ("cold_start", "warm_start", "load", "first_call")
"""What is measured once in each fresh process."""


def measured(samples: Iterable[Samples], quantity: str) -> list[Samples]:
    """Groups of a quantity that were taken in the measured phase."""
    return [one for one in samples if one.quantity == quantity and one.phase == "measured"]


def percentiles(groups: Sequence[Samples]) -> Iterator[MeasuredQuantity]:
    """p50, p90, p95 and p99 of raw samples of all processes pooled, never averaged; one that has no 95 % interval says why.

    Args:
        groups: Of one condition; those of one process are joined in the order in which they were taken.
    """
    series = by_process(groups)
    for name, share in PERCENTILES.items():
        yield percentile(series, share, name)


def percentile(series: Sequence[Sequence[float]], share: float, name: str) -> MeasuredQuantity:
    """A percentile of raw samples, one series for each process, as a quantity of that name."""
    found = percentile_of(series, share)
    return MeasuredQuantity(
        quantity=name,
        value=found.value,
        low=found.low,
        high=found.high,
        n=found.n,
        reason=found.reason,
        method=found.method,
    )


def by_process(groups: Iterable[Samples]) -> list[list[float]]:
    """Raw values of each process, in the order in which they were taken."""
    series: dict[int, list[float]] = {}
    for one in groups:
        series.setdefault(one.process, []).extend(one.values)
    return list(series.values())


def starts(samples: Iterable[Samples], readings: Iterable[Reading]) -> Iterator[MeasuredQuantity]:
    """Medians over fresh processes of what is measured once in each: of the first shape where there are several.

    Below 6 processes a median has no 95 % interval: it stands without one. What could not be measured says why. Where the files of
    the first process could not be taken out of the page cache, it is not known whether they were in it: its start is no warm one where
    there are others, and says so where there are none.
    """
    samples, readings = list(samples), list(readings)
    for name in STARTS:
        of_process: dict[int, float] = {}
        for one in samples:
            if one.quantity == name and one.values:
                of_process.setdefault(one.process, one.values[0])
        remark = ""
        if name == "warm_start" and 0 in of_process and _is_unknown_whether_cold(readings):
            remark = _FIRST if len(of_process) == 1 else ""
            of_process = {process: value for process, value in of_process.items() if process or remark}
        values = list(of_process.values())
        if values:
            whole = percentile_of([[value] for value in values], 0.5)
            yield MeasuredQuantity(
                quantity=name,
                value=statistics.median(values),
                low=whole.low,
                high=whole.high,
                n=len(values),
                reason=remark,
                method="one fresh process" if len(values) == 1 else f"median of {len(values)} fresh processes",
            )
        elif reason := next((one.reason for one in readings if one.quantity == name and one.value is None), ""):
            yield MeasuredQuantity(quantity=name, value=None, reason=reason)


def _is_unknown_whether_cold(readings: Iterable[Reading]) -> bool:
    """Whether the files of the first process were left where they were."""
    return any(one.quantity == "cold_start" and one.value is None and one.process == 0 for one in readings)
