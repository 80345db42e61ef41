"""Throughput, tokens a second, energy and cost: work divided by the time of all of it, never by a mean latency."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from benchwright.measuring.concurrency import throughput_together
from benchwright.measuring.work import PHASE as WORK
from benchwright.stats.block_bootstrap import rate_interval
from benchwright.types import MeasuredQuantity, Reading, Samples

_HOUR = 3600.0
_MILLION = 1e6


def throughput(groups: Sequence[Samples]) -> MeasuredQuantity:
    """Inputs a second: those of all groups divided by the seconds of all of them, gaps included; None where none took a time.

    The interval is that of the mean time of a pass or query, by a bootstrap over blocks in the order of time.
    """
    inputs, wall = sum(one.inputs for one in groups), math.fsum(one.wall for one in groups)
    values = [value for one in groups for value in one.values]
    if not inputs or wall <= 0 or not values:
        return MeasuredQuantity(quantity="throughput", value=None, reason="nothing was measured as a whole")
    value = inputs / wall
    found = rate_interval(values, inputs / len(values))
    low = None if found.low is None else min(found.low, value)
    high = None if found.high is None else max(found.high, value)
    return MeasuredQuantity(
        quantity="throughput",
        value=value,
        low=low,
        high=high,
        n=len(values),
        reason="; ".join(found.flags),
        method=f"inputs / seconds of all of them; {found.method}",
    )


def plain_rate(groups: Sequence[Samples]) -> MeasuredQuantity:
    """Inputs a second as `throughput` has them, without an interval: where queries arrive by a schedule their times say nothing of it."""
    inputs, wall = sum(one.inputs for one in groups), math.fsum(one.wall for one in groups)
    if not inputs or wall <= 0:
        return MeasuredQuantity(quantity="throughput", value=None, reason="nothing was measured as a whole")
    return MeasuredQuantity(
        quantity="throughput", value=inputs / wall, n=inputs, method="inputs / seconds of all of them"
    )


def together(groups: Sequence[Samples]) -> MeasuredQuantity:
    """Inputs a second of several processes, over the time in which all of them were busy.

    There is no interval: processes that share a machine are not independent.
    """
    found = throughput_together(groups)
    if found is None:
        return MeasuredQuantity(quantity="throughput", value=None, reason="the processes were never busy at once")
    return MeasuredQuantity(
        quantity="throughput",
        value=found[0],
        n=len({one.process for one in groups}),
        method=f"queries of all processes / the {found[1]:.3g} s in which all were busy",
    )


def tokens_per_second(
    groups: Sequence[Samples], of: MeasuredQuantity, readings: Sequence[Reading] = ()
) -> MeasuredQuantity:
    """Tokens that the model read a second, padding left out: the throughput times the tokens of an input.

    Args:
        groups: What was measured; its own counts of tokens go first.
        of: The throughput.
        readings: Where the groups count none: ``tokens`` and ``work_inputs`` of the same inputs, counted apart.
    """
    name = "tokens_per_second"
    if of.value is None:
        return MeasuredQuantity(quantity=name, value=None, reason=of.reason)
    each = _tokens_of_an_input(groups, readings)
    if isinstance(each, str):
        return MeasuredQuantity(quantity=name, value=None, reason=each)
    return scaled(of, each, name, "throughput x tokens of an input, padding left out")


def _tokens_of_an_input(groups: Sequence[Samples], readings: Sequence[Reading]) -> float | str:
    """Mean tokens of an input, or why it is not known."""
    tokens, inputs = sum(one.tokens for one in groups), sum(one.inputs for one in groups)
    if tokens and inputs and all(one.tokens or not one.inputs for one in groups):
        return tokens / inputs
    counted = {
        name: [one for one in readings if one.quantity == name and one.phase == WORK]
        for name in ("tokens", "work_inputs")
    }
    unread = next((one.reason for told in counted.values() for one in told if one.value is None and one.reason), "")
    sums = [math.fsum(one.value or 0.0 for one in told) for told in counted.values()]
    if unread or not all(sums):
        return unread or "the model does not say how many tokens it read"
    return sums[0] / sums[1]


def energy(groups: Sequence[Samples], readings: Iterable[Reading]) -> Iterator[MeasuredQuantity]:
    """Joules of an input: those of the whole device in the time measured, divided by the inputs answered in it."""
    told = [one for one in readings if one.quantity == "energy" and one.phase == "measured"]
    if not told:
        return
    unread = next((one for one in told if one.value is None), None)
    if unread is not None:
        yield MeasuredQuantity(quantity="energy", value=None, reason=unread.reason)
        return
    windows = {(one.process, one.batch, one.length) for one in told}
    inputs = sum(one.inputs for one in groups if (one.process, one.batch, one.length) in windows)
    if not inputs:
        yield MeasuredQuantity(quantity="energy", value=None, reason="no input was answered in the time that was read")
        return
    joules = math.fsum(one.value for one in told if one.value is not None)
    yield MeasuredQuantity(
        quantity="energy",
        value=joules / inputs,
        n=len(told),
        reason="; ".join(dict.fromkeys(one.reason for one in told if one.reason)),
        method=f"joules of the whole device / inputs; {_sources(told)}",
    )


def cost(of: MeasuredQuantity, price_per_hour: float | None) -> Iterator[MeasuredQuantity]:
    """Price of a million inputs, from the throughput; nothing without a price."""
    if price_per_hour is None:
        return
    if not of.value:
        yield MeasuredQuantity(quantity="cost", value=None, reason=of.reason or "there is no throughput")
        return
    a_million = price_per_hour / _HOUR * _MILLION
    yield MeasuredQuantity(
        quantity="cost",
        value=a_million / of.value,
        low=a_million / of.high if of.high else None,
        high=a_million / of.low if of.low else None,
        n=of.n,
        reason=of.reason.replace("no upper end", "no lower end"),
        method=f"{price_per_hour:.15g} an hour / throughput",
    )


def scaled(of: MeasuredQuantity, factor: float, quantity: str, method: str) -> MeasuredQuantity:
    """A quantity times a constant, its interval too."""
    return msgspec.structs.replace(
        of,
        quantity=quantity,
        value=None if of.value is None else of.value * factor,
        low=None if of.low is None else of.low * factor,
        high=None if of.high is None else of.high * factor,
        method=method,
    )


def _sources(readings: Iterable[Reading]) -> str:
    return ", ".join(dict.fromkeys(one.source for one in readings if one.source))
