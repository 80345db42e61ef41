"""A line of values as a small drawing: a stroke for each unbroken stretch, an interval for each value, in coordinates of an SVG."""

from __future__ import annotations

from dataclasses import dataclass

from benchwright.formatting import finite, value
from benchwright.items import count
from benchwright.quantities import Unit
from benchwright.score_history.marks_in_text import scale_of
from benchwright.score_history.result import HistoryPoint, Line

WIDTH, HEIGHT, EDGE = 132, 34, 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Trend:
    """A drawing.

    Attributes:
        strokes: Path through the values; it is broken where values are not compared.
        intervals: Path of vertical bars.
        breaks: Path of the places where the line is broken.
        dots: Place of the last value, and of values that stand alone in their stretch.
        told: The same in words.
    """

    strokes: str
    intervals: str
    breaks: str
    dots: tuple[tuple[float, float], ...]
    told: str
    width: int = WIDTH
    height: int = HEIGHT


def draw_trend(line: Line) -> Trend:
    """The drawing of the values of a line, oldest first, evenly spaced; its scale is its own."""
    measured = line.measured
    scale = scale_of(measured)
    assert scale is not None
    step = (WIDTH - 2 * EDGE) / max(1, len(measured) - 1)

    def place(number: float) -> float:
        span = scale.high - scale.low
        share = (number - scale.low) / span if span > 0 else 0.5
        return round(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE), 1)

    across = {id(point): round(EDGE + at * step, 1) for at, point in enumerate(measured)}
    strokes, dots = [], []
    for stretch in line.stretches:
        places = [(across[id(point)], place(point.value or 0.0)) for point in stretch]
        if len(places) > 1:
            strokes.append("M" + "L".join(f"{x:g} {y:g}" for x, y in places))
        else:
            dots.append(places[0])
    last = measured[-1]
    end = (across[id(last)], place(last.value or 0.0))
    return Trend(
        strokes="".join(strokes),
        intervals="".join(_bar(point, across[id(point)], place) for point in measured),
        breaks="".join(
            f"M{across[id(point)] - step / 2:.4g} 0V{HEIGHT}"
            for at, point in enumerate(measured)
            if at and point.breaks
        ),
        dots=tuple(dict.fromkeys([*dots, end])),
        told=_told(line, measured),
    )


def _bar(point: HistoryPoint, across: float, place: object) -> str:
    low, high = finite(point.low), finite(point.high)
    if low is None or high is None or not callable(place):
        return ""
    return f"M{across:g} {place(low):g}V{place(high):g}"


def _told(line: Line, measured: tuple[HistoryPoint, ...]) -> str:
    unit: Unit = line.unit  # type: ignore[assignment]
    values = [point.value for point in measured if point.value is not None]
    breaks = sum(point.breaks for point in measured[1:])
    text = f"{count(len(values), 'value')} from {value(min(values), unit)} to {value(max(values), unit)}"
    return f"{text}, {count(breaks, 'break')}" if breaks else text
