"""A change in words, the same in text and in reports."""

from __future__ import annotations

from benchwright.formatting import p_equals
from benchwright.score_history.result import Change


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
