"""What text and reports tell alike of a history: a change in words, a day, and which lines come first."""

from __future__ import annotations

from benchwright.formatting import p_equals
from benchwright.score_history.result import Change, HistoryPoint, Line
from benchwright.score_history.stored import moment


def change_words(change: Change) -> str:
    """The verdict, with the adjusted p where the interval alone would say more than all changes together do."""
    if not change.paired:
        return "only two intervals"
    if is_taken_back(change):
        return f"not distinguishable once adjusted, p {p_equals(change.p_adjusted or 0.0)}"
    return change.verdict


def is_taken_back(change: Change) -> bool:
    """Whether the interval excludes no difference, and the p adjusted over all changes does not."""
    low, high = change.low, change.high
    if change.verdict != "not distinguishable" or change.p_adjusted is None or low is None or high is None:
        return False
    return not low <= 0 <= high


def urgency_of(line: Line) -> tuple[int, float]:
    """What lines sort by: real losses first, the largest before others, then other real changes, then all others in their order."""
    change = line.last.change if line.last is not None else None
    if change is None or not change.is_real:
        return 2, 0.0
    return (0 if change.verdict == "worse" else 1), -abs(change.value or 0.0)


def day_of(point: HistoryPoint) -> str:
    """When its run was begun, ``2026-11-27``; ``unknown`` where the run does not say."""
    found = moment(point.date)
    return f"{found:%Y-%m-%d}" if found is not None else "unknown"
