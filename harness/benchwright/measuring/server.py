"""Server: queries arrive at random times that were drawn before, whether or not earlier ones are answered, and wait their turn.

One worker answers them first come, first served. Latency is counted from the time a query was scheduled for, so that waiting is in it:
a generator that waits for answers before it asks again would hide exactly the queries that suffered (coordinated omission). How late
the generator itself was is measured too, where the worker was idle and nothing but the generator can be the reason.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchwright.measuring.clock import Clock
from benchwright.measuring.presets import Limits
from benchwright.measuring.single_stream import Measured
from benchwright.measuring.steady import Ask
from benchwright.stats.autocorrelation import is_alike, lag_one, worth
from benchwright.stats.early_stopping import is_shown, least_queries, most_over
from benchwright.stats.order_statistics import nearest_rank
from benchwright.stats.steadiness import moved
from benchwright.types.hardware import Samples

Floats = NDArray[np.float64]

SHARE = 0.99
"""Of the queries that must be within the bound."""

LAG_SHARE = 0.1
"""Share of the bound that the generator may be late (p99) before a trial is invalid."""

MOST_ARRIVALS = 1_000_000
"""Of one trial."""

Says = Literal["holds", "fails", "undecided", "invalid"]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether p99 holds a bound at a rate, by MLPerf's early-stopping test.

    Attributes:
        says: ``holds`` and ``fails`` as they say; ``undecided`` where there were too few queries for either; ``invalid`` where the
            generator itself was too late.
        reason: The counts behind it.
        over: Queries over the bound.
        queries: Queries in all.
        lag: p99 of how late the generator was when the worker was idle, in seconds; None: the worker was never idle.
        worth: How many independent queries these are worth: in a queue the late ones come together.
        shown: Whether as many as that would pass the test as well. MLPerf's test takes queries for independent and accepts a rate at
            its very limit in 40 % of the trials at a load of a half, in 70 to 80 % at 0.8 (``benchmarks/measuring_time.py stopping``).
    """

    says: Says
    reason: str
    over: int
    queries: int
    lag: float | None
    worth: int
    shown: bool


def schedule(rate: float, queries: int, seed: int) -> Floats:
    """When each of so many queries arrives, in seconds from the start: gaps are exponential with mean ``1 / rate`` (a Poisson process)."""
    return np.cumsum(np.random.default_rng(seed).exponential(1 / rate, queries))


def serve(
    ask: Ask,
    clock: Clock,
    limits: Limits,
    *,
    rate: float,
    bound: float,
    seed: int = 0,
    steady: bool = True,
    trial: bool = False,
) -> Measured:
    """One trial at ``rate`` queries a second: latency from the scheduled time, service time, and the generator's lag when idle.

    As many queries as the test of p99 takes with those that were over the bound (459 with none, 662 with one, ...), for the least duration
    and count of the limits too; ends when no number of queries within ``most_seconds`` can show the bound any more. A ``trial`` of a
    search ends as soon as that is certain, a single one at the least duration and count. Service times that drift or step take the
    steady flag away.
    """
    least = max(least_queries(0, SHARE), limits.least_queries, math.ceil(rate * limits.least_seconds))
    most = min(max(math.ceil(rate * limits.most_seconds), 1), MOST_ARRIVALS)
    times = _run(ask, clock, schedule(rate, most, seed), bound=bound, least=min(least, most), trial=trial)
    latency, service, lag, wall = times
    found, trouble = verdict(latency, lag, bound), moved(service) if steady else ""
    still = steady and not trouble
    samples = (
        Samples(quantity="latency", values=tuple(latency), rate=rate, inputs=len(latency), wall=wall, steady=still),
        Samples(quantity="service", values=tuple(service), rate=rate, inputs=len(service), wall=wall, steady=still),
        Samples(quantity="lag", values=tuple(lag), rate=rate, steady=still),
    )
    told = (trouble, "" if found.says == "holds" or trial else found.reason)
    return Measured(samples=samples, notes=tuple(f"{rate:.4g} /s: {one}" for one in told if one), steady=still)


def _run(
    ask: Ask, clock: Clock, arrivals: Floats, *, bound: float, least: int, trial: bool
) -> tuple[array[float], array[float], array[float], float]:
    """Latency, service and lag of the queries that were answered, and the seconds from the first arrival to the last answer."""
    latency, service, lag = array("d"), array("d"), array("d")
    due, most = array("d", arrivals.tobytes()), arrivals.size  # no list: memory of this process is measured as well
    allowed = most_over(most, SHARE)
    now, sleep = clock.now, clock.sleep
    over, until, done = 0, least, 0
    origin = end = now()
    hopeless = origin + due[-1] + bound  # whatever is answered later was scheduled before that and is over the bound
    while done < until:
        scheduled = origin + due[done]
        idle = end < scheduled
        if idle:
            wait = scheduled - now()
            if wait > 0:
                sleep(wait)
        start = now()
        ask(done)
        end = now()
        if idle:
            lag.append(start - scheduled)
        service.append(end - start)
        latency.append(end - scheduled)
        done += 1
        if end - scheduled > bound:
            over += 1
            if over > allowed and (trial or done >= least or end > hopeless):
                break
        if done == until and over <= allowed:
            until = min(max(until, least_queries(over, SHARE)), most)
    return latency, service, lag, end - origin - due[0]


def verdict(latency: ArrayLike, lag: ArrayLike, bound: float) -> Verdict:
    """What raw samples of one trial say about p99 and the bound; the same from stored samples as at the time."""
    values, late = np.asarray(latency, dtype=np.float64), np.sort(np.asarray(lag, dtype=np.float64))
    queries, over = int(values.size), int((values > bound).sum())
    lag_p99 = float(late[nearest_rank(SHARE, late.size) - 1]) if late.size else None
    count, shown = _shown(values, over, bound)
    counts = f"{over:,} of {queries:,} queries took longer than {bound * 1e3:.4g} ms"
    if lag_p99 is not None and lag_p99 > LAG_SHARE * bound:
        says: Says = "invalid"
        reason = (
            f"the generator was {lag_p99 * 1e3:.3g} ms late (p99), over a tenth of the bound of {bound * 1e3:.4g} ms"
        )
    elif queries >= least_queries(over, SHARE):
        says, reason = "holds", f"{counts}: p99 holds by MLPerf's test"
        if not shown:
            reason += (
                f"; late queries come together, so these are worth {count:,} independent ones, too few to be sure of it"
            )
    elif over > queries * (1 - SHARE):
        says, reason = "fails", f"{counts}: more than 1 %"
    else:
        says, reason = "undecided", f"{counts}: {least_queries(over, SHARE):,} queries are needed to tell"
    return Verdict(says=says, reason=reason, over=over, queries=queries, lag=lag_p99, worth=count, shown=shown)


def _shown(latency: Floats, over: int, bound: float) -> tuple[int, bool]:
    """How many independent queries these are worth, and whether these would show p99 within the bound.

    Worth is that of the share within the bound, or within the sample's own p99 where that is less: where no query is over the bound,
    nothing is seen of how late ones come together.
    """
    queries = int(latency.size)
    if not queries:
        return 0, False
    own = float(np.sort(latency)[nearest_rank(SHARE, queries) - 1])
    alike = is_alike(lag_one([latency]), queries)
    count = min(worth([latency <= level], alike=alike) for level in (bound, own))
    return count, is_shown(count, min(math.ceil(over * count / queries), count), SHARE)


def verdicts(samples: Sequence[Samples], bound: float) -> dict[float, Verdict]:
    """Verdict of each rate among measured samples, from the lowest up; processes at one rate are pooled."""
    found: dict[float, Verdict] = {}
    for rate in sorted({one.rate for one in samples if one.rate and one.quantity == "latency"}):
        kinds = {
            kind: np.concatenate(
                [np.asarray(one.values) for one in samples if (one.quantity, one.rate) == (kind, rate)] or [np.empty(0)]
            )
            for kind in ("latency", "lag")
        }
        found[rate] = verdict(kinds["latency"], kinds["lag"], bound)
    return found


def highest_rate(samples: Sequence[Samples], bound: float) -> float | None:
    """The highest rate whose trial held the bound, below every rate that failed; None where none did."""
    found = verdicts(samples, bound)
    failed = min((rate for rate, one in found.items() if one.says == "fails"), default=math.inf)
    return max((rate for rate, one in found.items() if one.says == "holds" and rate < failed), default=None)
