"""From which batch on a larger one brings no more throughput, told by intervals so that noise does not decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchwright.stats.block_bootstrap import mean_interval

GROWTH = 1.05
"""Throughput times this at the next batch is growth; less is saturation."""

_CONFIDENCE = 0.975
"""Of each of two intervals whose ends are divided: then their ratio has 95 % at least (Bonferroni)."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """A point of a line of growing load.

    Attributes:
        inputs: To a query.
        seconds: Of each query, in the order of time.
    """

    inputs: int
    seconds: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Growth:
    """Throughput at a point divided by that at another, with a 95 % interval; no ends where there are too few queries."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class Saturation:
    """Where a line is saturated.

    Attributes:
        inputs: Of the first point whose throughput grows by less than 5 % to the next; None: there is none, or noise hides it.
        reason: Why none is named; beside one that it may lie earlier, where noise hides the growth before.
    """

    inputs: int | None
    reason: str = ""


def growth(here: Load, there: Load) -> Growth:
    """Throughput ``there`` divided by throughput ``here``; throughput is inputs divided by the mean seconds of a query."""
    one, other = (mean_interval(load.seconds, confidence=_CONFIDENCE) for load in (here, there))
    scale = there.inputs / here.inputs
    value = scale * _mean(here) / _mean(there)
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return Growth(value=value, low=None, high=None)
    return Growth(
        value=value,
        low=scale * max(one.low, 0.0) / other.high,
        high=scale * one.high / other.low if other.low > 0 else None,
    )


def saturation(line: Sequence[Load]) -> Saturation:
    """The first point from which on a larger load brings less than 5 % more throughput.

    It is so where the upper end of the growth to the next point is below 1.05, and no later point is above 1.05 by its lower end
    (a dip is not the end). A growth whose interval holds 1.05 is undecided: the search goes on behind it, and where no later point is
    saturated the reason says which growth could not be told.

    Args:
        line: Points of one length in rising load.
    """
    undecided = ""
    for at, (here, following) in enumerate(pairwise(line)):
        found = growth(here, following)
        if found.high is None or found.low is None or (found.low < GROWTH <= found.high):
            undecided = undecided or _told(here, following, found)
            continue
        if found.high < GROWTH and not any(_grows(here, later) for later in line[at + 2 :]):
            return Saturation(inputs=here.inputs, reason=f"it may be earlier: {undecided}" if undecided else "")
    if undecided:
        return Saturation(inputs=None, reason=undecided)
    if len(line) < 2:
        return Saturation(inputs=None, reason="a single batch has no next")
    return Saturation(
        inputs=None, reason=f"throughput still grows at batch {line[-1].inputs}, the largest that was measured"
    )


def _grows(here: Load, later: Load) -> bool:
    found = growth(here, later)
    return found.low is not None and found.low > GROWTH


def _told(here: Load, following: Load, found: Growth) -> str:
    what = f"from batch {here.inputs} to {following.inputs} throughput changes by {100 * (found.value - 1):+.0f} %"
    if found.low is None or found.high is None:
        return f"{what}, of too few queries to tell"
    return f"{what} [{100 * (found.low - 1):+.0f}, {100 * (found.high - 1):+.0f}]: noise hides whether it is 5 %"


def _mean(load: Load) -> float:
    return sum(load.seconds) / len(load.seconds)
