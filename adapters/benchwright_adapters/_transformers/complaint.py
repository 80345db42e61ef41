"""What a library raised, as one of our messages shows it."""

from __future__ import annotations

_MOST = 300


def complaint(error: BaseException) -> str:
    """The kind of an error and its first line, cut where it repeats at length what it was given."""
    first = str(error).strip().split("\n", 1)[0]
    kind = type(error).__name__
    if not first:
        return kind
    return f"{kind}: {first}" if len(first) <= _MOST else f"{kind}: {first[:_MOST]}..."
