"""How many cases of behavioural tests would decide a limit on a rate."""

from __future__ import annotations

from benchwright import formatting
from benchwright.gating.improvement import MOST_ITEMS
from benchwright.gating.verdict import RequiredItems
from benchwright.stats.intervals import wilson

_DOUBLINGS = 40


def cases_needed(rate: float, most: float, n: int, high: float | None, alpha: float) -> RequiredItems | None:
    """The cases at which the upper bound of a rate, staying as it was seen, meets a limit; None where it is not below the limit.

    Args:
        rate: The rate seen.
        most: The limit.
        n: Cases it was seen on.
        high: Its one-sided upper bound, from which follows for how many independent cases these count.
        alpha: Level of the bound.
    """
    if not rate < most or high is None or high <= most:
        return None
    counted = _independent(rate, high, alpha)
    wanted = _size(rate, most, alpha)
    if counted is None or wanted is None:
        return None
    items = max(round(wanted * n / min(counted, n)), n + 1)
    if items > MOST_ITEMS:
        what = f"more than {MOST_ITEMS:,} cases, no realistic number,"
        return RequiredItems(items=None, sentence=f"if the rate is as seen, {what} tell")
    worth = f", which count for {counted:,.0f} independent ones" if counted < 0.9 * n else ""
    return RequiredItems(
        items=items, sentence=f"if the rate is as seen, {formatting.about(items)} cases like these{worth} tell"
    )


def _size(rate: float, bound: float, alpha: float) -> float | None:
    """The number of independent cases whose upper bound is ``bound``; None above any realistic number."""
    low, high = 0.0, 1.0
    for _ in range(_DOUBLINGS):
        if wilson(rate * high, high, 1 - 2 * alpha)[1] <= bound:
            break
        low, high = high, 2 * high
    else:
        return None
    for _ in range(_DOUBLINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if wilson(rate * middle, middle, 1 - 2 * alpha)[1] <= bound else (middle, high)
    return high


def _independent(rate: float, high: float, alpha: float) -> float | None:
    """How many independent cases have the upper bound that was found."""
    return _size(rate, high, alpha) if high > rate else None
