"""A server's rates: which one its numbers are about, whether the 99th percentile kept its bound there, and how late the generator was."""

from __future__ import annotations

from collections.abc import Iterator

from benchwright.alarm import alarm, note
from benchwright.formatting import seconds, value
from benchwright.hardware.latencies import PERCENTILES, measured, percentile, percentiles
from benchwright.measuring.server import Verdict, highest_rate, verdicts
from benchwright.types import Alarm, MeasuredQuantity, Measurements


def rate_of(found: Measurements) -> float | None:
    """The rate that the numbers of a server are about: the one that was asked for, else the highest that kept the bound; None: none did."""
    if found.spec.rate is not None:
        return found.spec.rate
    return highest_rate(found.samples, found.spec.bound) if found.spec.bound is not None else None


def server_quantities(found: Measurements) -> Iterator[MeasuredQuantity]:
    """Latency and the generator's lag at `rate_of`, and in a search that rate itself; other rates are points of the grid alone."""
    rate, bound = rate_of(found), found.spec.bound
    reason = ""
    if found.spec.rate is None:
        told = verdicts(found.samples, bound) if bound is not None else {}
        lowest = next(iter(told.values()), None)
        reason = f"no rate kept the bound: {lowest.reason}" if lowest is not None else "no rate was tried"
        sure = rate is None or told[rate].shown
        yield MeasuredQuantity(
            quantity="rate",
            value=rate,
            n=len(told),
            reason=reason if rate is None else "" if sure else told[rate].reason,
            method="highest rate tried whose 99th percentile kept the bound by MLPerf's test, below every rate that did not",
        )
    if rate is None:
        yield from (MeasuredQuantity(quantity=name, value=None, reason=reason) for name in PERCENTILES)
        return
    at_rate = [one for one in found.samples if one.rate == rate]
    yield from percentiles(measured(at_rate, "latency"))
    lags = [one.values for one in measured(at_rate, "lag") if one.values]
    if lags:
        yield percentile(lags, 0.99, "lag_p99")


def server_alarms(found: Measurements) -> Iterator[Alarm]:
    """An alarm where the generator itself was too late at the rate that is told, a note where the bound was not surely kept there."""
    rate, bound = rate_of(found), found.spec.bound
    if rate is None or bound is None:
        return
    told = verdicts(found.samples, bound).get(rate)
    if told is None or _is_sure(told):
        return
    where = f"at {value(rate, 'per_second')}"
    if told.says == "invalid":
        yield alarm("invalid-server", f"{where} the run is invalid: {told.reason}")
        return
    what = {"fails": "was not kept", "holds": "may not be kept"}.get(told.says, "is undecided")
    yield note("bound", f"{where} the bound of {seconds(bound)} {what}: {told.reason}")


def _is_sure(told: Verdict) -> bool:
    """Whether the bound was kept, and by as many queries as are independent of one another too."""
    return told.says == "holds" and told.shown


def reasons(found: Measurements) -> dict[float, str]:
    """What is said of each rate that did not keep the bound, or not surely."""
    if found.spec.bound is None:
        return {}
    return {rate: one.reason for rate, one in verdicts(found.samples, found.spec.bound).items() if not _is_sure(one)}
