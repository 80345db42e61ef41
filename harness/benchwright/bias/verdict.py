"""Verdicts about a limit, by interval, and how many items would tell."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import msgspec

from benchwright.stats.mean_shares import MeanShare
from benchwright.types import BiasVerdict, IdentityGroup, IdentityScore
from benchwright.types.bias import FEWEST_ITEMS

_MOST = 10**9
"""Items beyond which nobody is told a number."""


def verdict_on(low: float | None, high: float | None, limit: float, *, items: int | None = None) -> BiasVerdict:
    """What an interval says about a limit: ``within`` where its upper end is at most the limit, ``exceeds`` where its lower end is
    above it, else ``cannot tell``.

    Args:
        low: Lower end; None: there is no interval.
        high: Upper end.
        limit: What is allowed.
        items: Items that hold a term, where that decides too: below `FEWEST_ITEMS` nothing is told. None: it does not.
    """
    if low is None or high is None or (items is not None and items < FEWEST_ITEMS):
        return "cannot tell"
    return "within" if high <= limit else "exceeds" if low > limit else "cannot tell"


def judge_again(score: IdentityScore, limit: float) -> IdentityScore:
    """The same numbers under another limit on the flip rate; ``needed`` is about that limit."""
    above = tuple(_exceeding(score.groups, limit))
    verdict = verdict_on(score.flip_rate.low, score.flip_rate.high, limit, items=score.n)
    if above:
        verdict = "exceeds"
    return msgspec.structs.replace(
        score, limit=limit, verdict=verdict, exceeding=above, needed=_needed(score, limit, verdict)
    )


def _exceeding(groups: Sequence[IdentityGroup], limit: float) -> Iterator[str]:
    """Groups whose own flip rate is above the limit: the lower end of an interval that holds for all groups together (Bonferroni)."""
    known = [group for group in groups if group.n >= FEWEST_ITEMS and group.flip_rate.value is not None]
    for group in known:
        rate = group.flip_rate
        mean = MeanShare(value=rate.value or 0.0, items=group.n, units=rate.clusters or 0, effect=group.effect, se=0.0)
        low = mean.interval(1 - 0.05 / len(known)).low
        if low is not None and low > limit:
            yield group.group


def items_that_tell(mean: MeanShare, limit: float, confidence: float = 0.95) -> int | None:
    """Items that would tell whether a mean share is within a limit, if it is the one seen and items are as alike; None where it
    is the limit itself. At least `FEWEST_ITEMS`.

    Args:
        mean: As seen.
        limit: What is allowed.
        confidence: Of the interval that decides, two-sided.
    """
    if math.isclose(mean.value, limit, abs_tol=1e-12):
        return None

    def tells(number: int) -> bool:
        found = mean.with_items(number).interval(confidence)
        return verdict_on(found.low, found.high, limit, items=number) != "cannot tell"

    return _first(tells)


def _first(tells: Callable[[int], bool]) -> int | None:
    """The smallest number from which on it is told: doubled until it is, then halved between."""
    high = FEWEST_ITEMS
    while not tells(high):
        high *= 2
        if high > _MOST:
            return None
    low = max(high // 2, FEWEST_ITEMS - 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if tells(middle) else (middle, high)
    return high


def _needed(score: IdentityScore, limit: float, verdict: BiasVerdict) -> int | None:
    if verdict != "cannot tell" or not score.n or score.flip_rate.value is None or score.units < 2:
        return None
    mean = MeanShare(value=score.flip_rate.value, items=score.n, units=score.units, effect=score.effect, se=0.0)
    enough = items_that_tell(mean, limit)
    return None if enough is None else math.ceil(enough * score.items / score.n)
