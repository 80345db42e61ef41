"""In what order the rows of a table stand, where they share a rank too."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from benchwright_leaderboards.entries import Entry


def _last(number: float | None) -> float:
    return math.inf if number is None else number


_BREAKERS: Mapping[str, Callable[[Entry], float]] = {
    "latency": lambda entry: _last(entry.cost.latency),
    "size": lambda entry: _last(entry.cost.size),
    "parameters": lambda entry: _last(entry.cost.parameters),
    "attempts": lambda entry: entry.attempt,
}
"""Columns that can order the rows of a tie: less is first, what was not measured last."""


def order_key(
    entry: Entry, place: tuple[int, int] | None, value: float | None, *, tie_breaker: str | None, lower: bool = False
) -> tuple[float | str, ...]:
    """What rows of one status are sorted by: first rank, column that orders ties, score, id.

    Args:
        entry: The entry.
        place: Its first and last rank; None: it has none.
        value: Its score, or mean.
        tie_breaker: Of ``board.toml``; None: ties are ordered by score.
        lower: Whether lower scores are better.
    """
    breaker = _BREAKERS.get(tie_breaker or "")
    first = (place[0], breaker(entry) if breaker else 0.0) if place else (0, 0.0)
    return (*first, math.inf if value is None else value if lower else -value, entry.id)
