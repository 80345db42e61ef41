"""Offline: all inputs are handed over at once, in passes of the same inputs; throughput is work divided by wall time."""

from __future__ import annotations

from array import array

from benchwright.measuring.clock import Clock
from benchwright.measuring.presets import Limits
from benchwright.measuring.single_stream import Measured
from benchwright.measuring.steady import Ask
from benchwright.stats.block_bootstrap import LEAST
from benchwright.stats.steadiness import moved
from benchwright.types.hardware import Samples

FEWEST = 64
"""Inputs of a pass at least, as a batch of a service has them, where time allows."""


def offline(ask: Ask, clock: Clock, limits: Limits, *, inputs: int, steady: bool = True) -> Measured:
    """Seconds of each pass over ``inputs`` inputs, until duration and number of inputs are met.

    ``ask(k)`` answers all inputs of pass k and comes back when the last answer is on the host: one synchronisation at the end, none
    within. Throughput is ``samples.inputs / samples.wall``, gaps included, never volume divided by a mean latency; its interval comes
    from the passes (`benchwright.stats.block_bootstrap.rate_interval`), of which six are made where the longest time allows.
    """
    passes, now = array("d"), clock.now
    begun = end = now()
    while True:
        start = now()
        ask(len(passes))
        end = now()
        passes.append(end - start)
        spent = end - begun
        enough = spent >= limits.least_seconds and len(passes) * inputs >= limits.least_queries
        if enough and (len(passes) >= LEAST or spent >= 2 * limits.least_seconds):
            break
        if spent >= limits.most_seconds:
            break
    wall, values = end - begun, tuple(passes)
    trouble = moved(passes) if steady else ""
    notes = [trouble] if trouble else []
    if len(values) * inputs < limits.least_queries or wall < limits.least_seconds:
        notes.append(
            f"ended after {wall:.3g} s with {len(values) * inputs:,} inputs of {limits.least_queries:,} and {limits.least_seconds:g} s that "
            "were asked for"
        )
    samples = Samples(
        quantity="pass",
        values=values,
        batch=inputs,
        inputs=len(values) * inputs,
        wall=wall,
        steady=steady and not trouble,
    )
    return Measured(samples=(samples,), notes=tuple(notes), steady=samples.steady)


def inputs_of_pass(per_second: float, limits: Limits, available: int) -> int:
    """Inputs of one pass so that about ten fit into the duration, and no fewer than 64 where six such passes take at most twice that.

    All where they are fewer, one where each takes longer. ``per_second`` is what the warm-up showed. A handful of inputs would be a
    throughput that nobody has who hands over all at once: batching by length gains with their number.
    """
    usual = per_second * limits.least_seconds / 10
    few = min(FEWEST, per_second * 2 * limits.least_seconds / LEAST)
    return max(1, min(available, round(max(usual, few))))
