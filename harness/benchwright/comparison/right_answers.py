"""What counts as right where items are fixed and broken, and the score is something else than the share of right ones."""

from __future__ import annotations

from benchwright import kinds
from benchwright.types import Task

_SHARES = frozenset({"accuracy", "exact_match", "failure_rate"})
"""Metrics that are the share of items that are answered correctly, or wrongly."""


def what_is_right(card: Task) -> str:
    """``an exact match``, as beside a score of token F1; empty where the score of the task is the share of right answers itself."""
    names = {name.partition("@")[0] for name in card.score_metrics}
    return "" if names <= _SHARES else kinds.of(card).what_is_right(card)
