"""Who leads a column, and who cannot be told from the leader by intervals alone."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from benchwright.formatting import finite
from benchwright.types import Score

Direction = Literal["higher", "lower"]


class Standing(StrEnum):
    """Where a score stands among the scores of its column."""

    BEST = "best"
    """The best score, and no other interval reaches its own."""
    LEADING = "leading"
    """The best score, but not separable from others."""
    NEAR = "near"
    """Not separable from the best: intervals overlap, or one of the two has none."""
    BEHIND = "behind"
    """Its interval and the best one's do not overlap."""
    ALONE = "alone"
    """Nothing to compare it with, or no agreed direction."""
    FEWER = "fewer"
    """Scored on fewer items than others of the column, so not compared."""


def standings(scores: Mapping[int, Score], direction: Direction | None) -> dict[int, Standing]:
    """Standing of each score with a value.

        Overlap of two intervals is only an indication: models on the same items are compared by their paired difference
    , which is sharper. Scores on fewer items than the most complete one are not compared.

    Args:
            scores: Position of the system -> task score.
            direction: Which end is better; None when nobody knows, and then no one leads.
    """
    valued = {at: score for at, score in scores.items() if finite(score.value) is not None}
    most = max((score.n for score in valued.values()), default=0)
    full = {at: score for at, score in valued.items() if score.n == most}
    found = {at: Standing.FEWER for at in valued if at not in full}
    if len(full) < 2 or direction is None:
        return found | dict.fromkeys(full, Standing.ALONE)
    sign = 1 if direction == "higher" else -1
    top = max(sign * (finite(score.value) or 0.0) for score in full.values())
    leaders = [at for at, score in full.items() if sign * (finite(score.value) or 0.0) == top]
    near = {at for at, score in full.items() if any(_overlap(score, full[leader]) for leader in leaders)}
    near |= set(leaders)
    for at in full:
        if at in leaders:
            found[at] = Standing.LEADING if len(near) > 1 else Standing.BEST
        else:
            found[at] = Standing.NEAR if at in near else Standing.BEHIND
    return found


def _overlap(one: Score, other: Score) -> bool:
    ends = [finite(end) for end in (one.low, one.high, other.low, other.high)]
    low, high, other_low, other_high = ends
    if low is None or high is None or other_low is None or other_high is None:
        return True
    return low <= other_high and other_low <= high
