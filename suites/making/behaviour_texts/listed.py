"""Long lists of fillers, written as one text."""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    """What stands between the commas."""
    return tuple(" ".join(one.split()) for one in text.split(","))
