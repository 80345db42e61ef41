"""Warm-up: calls that are not counted, until three windows in a row take the same time, or until the cap."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright import formatting
from benchwright.measuring.clock import Clock
from benchwright.measuring.presets import Limits
from benchwright.stats.steadiness import WINDOWS, windows_differ
from benchwright.types.hardware import Samples

Floats = NDArray[np.float64]

Ask = Callable[[int], object]
"""Query of this number is asked and answered; the answer is on the host when it comes back."""

WINDOW_CALLS = 20
WINDOW_SECONDS = 1.0
"""What a window of the steady test holds at least."""

MOST_KEPT = 100_000

LONGEST_CYCLE = 64
"""Queries up to which windows hold every query of the cycle equally often, so that they differ by the machine and not by their texts."""


UNSTEADY = "not steady before it was measured: "
"""How a note begins that tells why a warm-up ended in no steady state."""


@dataclass(frozen=True, kw_only=True)
class WarmUp:
    """What became of a warm-up.

    Attributes:
        steady: Whether the times were steady at its end.
        reason: Why not; empty where they were.
        rule: The rule, with its numbers.
        calls: Calls in all.
        seconds: Seconds in all.
        samples: Seconds of the first 100,000 calls, of the phase ``warm_up``.
    """

    steady: bool
    reason: str
    rule: str
    calls: int
    seconds: float
    samples: Samples


def warm_up(ask: Ask, clock: Clock, limits: Limits, *, cycle: int = 32) -> WarmUp:
    """Ask queries 0 to ``cycle - 1`` again and again until their times are steady, or until the cap of the limits.

    First at least ``limits.calls`` calls and ``limits.seconds`` seconds. Then three consecutive windows of at least 20 calls and 1 s
    each: see `benchwright.stats.steadiness.windows_differ`. While they differ it goes on, and windows grow to a quarter of all calls since,
    so that noise averages out and an early fall is left behind. A run that was never steady is measured all the same, and
    says so. A cap that one call exceeds ends after that call.
    """
    times, reason = array("d"), ""
    now, begun = clock.now, clock.now()
    end, warm, warmed, due = begun, -1, begun, 0
    while True:
        start = now()
        ask(len(times) % cycle)
        end = now()
        times.append(end - start)
        if warm < 0:
            if len(times) >= limits.calls and end - begun >= limits.seconds:
                warm = due = len(times)
                warmed = end
        elif len(times) >= due and end - warmed >= WINDOWS * WINDOW_SECONDS:
            window = _window(times, warm, cycle)
            if window:
                reason = windows_differ(_last(times, window))
                if not reason:
                    return _ended(times, end - begun, "", limits)
            since = len(times) - warm
            due = len(times) + max(since // 6 if window else since // 20, 1)
        if end - begun >= limits.cap:
            return _ended(times, end - begun, reason or _too_short(times, warm, limits), limits)


def _window(times: array[float], warm: int, cycle: int) -> int:
    """Calls of a window; 0 while there are too few for three."""
    since = np.frombuffer(times, dtype=np.float64)[warm:]
    step = cycle if cycle <= LONGEST_CYCLE else 1
    least = -(-WINDOW_CALLS // step) * step
    while WINDOWS * least <= since.size:
        if all(float(part.sum()) >= WINDOW_SECONDS for part in _parts(since, least)):
            return max(least, since.size // 4 // step * step)
        least += max(step, least // 10 // step * step)
    return 0


def _last(times: array[float], window: int) -> list[Floats]:
    return _parts(np.array(times), window)


def _parts(values: Floats, window: int) -> list[Floats]:
    return np.split(values[-WINDOWS * window :], WINDOWS)


def _too_short(times: array[float], warm: int, limits: Limits) -> str:
    slow = float(np.median(np.array(times)))
    if warm < 0:
        return (
            f"only {len(times):,} call{'' if len(times) == 1 else 's'} of {formatting.seconds(slow)} within {limits.cap:g} s: "
            f"{limits.calls} calls and {limits.seconds:g} s are the warm-up alone"
        )
    return (
        f"{len(times) - warm:,} calls of {formatting.seconds(slow)} after the warm-up within {limits.cap:g} s: too few for three windows of "
        f"{WINDOW_CALLS} calls and {WINDOW_SECONDS:g} s"
    )


def _ended(times: array[float], seconds: float, reason: str, limits: Limits) -> WarmUp:
    values = tuple(times)
    return WarmUp(
        steady=not reason,
        reason=reason,
        rule=rule_of(limits),
        calls=len(values),
        seconds=seconds,
        samples=Samples(
            quantity="latency",
            values=values[:MOST_KEPT],
            phase="warm_up",
            inputs=len(values),
            wall=seconds,
            steady=not reason,
        ),
    )


def rule_of(limits: Limits) -> str:
    """The rule in one sentence, as reports print it."""
    return (
        f"after {limits.calls} calls and {limits.seconds:g} s, three windows of {WINDOW_CALLS} calls and {WINDOW_SECONDS:g} s or more whose "
        f"medians and throughput differ by 5 % at most and whose slope moves the median by less than 2 %, within {limits.cap:g} s in all"
    )
