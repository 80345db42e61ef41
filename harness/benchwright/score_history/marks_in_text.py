"""Small drawings in characters: a sparkline of a line, an interval on a common scale; in ASCII where nothing else is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchwright.formatting import finite
from benchwright.score_history.result import HistoryPoint, Line

_STEPS = "▁▂▃▄▅▆▇█"
_ASCII_STEPS = "_.-=+*#@"
MOST_STEPS = 60
"""Most marks of a sparkline: the last ones."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The lowest and highest end of what is drawn."""

    low: float
    high: float

    def place(self, number: float, width: int) -> int:
        """The column of a number among ``width``."""
        if self.high <= self.low:
            return (width - 1) // 2
        return max(0, min(width - 1, round((number - self.low) / (self.high - self.low) * (width - 1))))


def scale_of(points: Sequence[HistoryPoint]) -> Scale | None:
    """The scale that holds all intervals and values; None without a value."""
    ends = [
        found for point in points for end in (point.low, point.value, point.high) if (found := finite(end)) is not None
    ]
    return Scale(low=min(ends), high=max(ends)) if ends else None


def sparkline(line: Line, *, ascii_only: bool = False) -> str:
    """Values in eight heights, lowest to highest of the line; ``|`` stands where values are not compared across."""
    steps = _ASCII_STEPS if ascii_only else _STEPS
    measured = line.measured[-MOST_STEPS:]
    values = [point.value for point in measured if point.value is not None]
    scale = Scale(low=min(values), high=max(values)) if values else None
    if scale is None:
        return ""
    drawn = ""
    for at, point in enumerate(measured):
        assert point.value is not None
        drawn += ("|" if at and point.breaks else "") + steps[scale.place(point.value, len(steps))]
    return drawn


def interval_bar(point: HistoryPoint, scale: Scale | None, width: int, *, ascii_only: bool = False) -> str:
    """``├──●─┤`` at its place on the scale; the value alone where there is no interval."""
    if scale is None or point.value is None:
        return ""
    left, line, right, dot = ("|", "-", "|", "o") if ascii_only else ("├", "─", "┤", "●")
    drawn = [" "] * width
    low, high = finite(point.low), finite(point.high)
    if low is not None and high is not None:
        first, last = scale.place(low, width), scale.place(high, width)
        drawn[first : last + 1] = line * (last + 1 - first)
        drawn[first], drawn[last] = left, right
    drawn[scale.place(point.value, width)] = dot
    return "".join(drawn)
