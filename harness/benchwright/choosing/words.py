"""Numbers of a selection in words."""

from __future__ import annotations

import math

from benchwright.choosing.measured import Measured
from benchwright.render.numbers import NOTHING, number


def written(value: float | None, found: Measured) -> str:
    """A value of a quantity: ``84.23`` for fractions, ``90.9 MB``, ``22.7 M``, ``1.2 ms``."""
    return told(value, found.sort, bounded=found.hundredfold)


def told(value: float | None, sort: str, *, bounded: bool = True) -> str:
    """A number of that sort; ``bounded``: hundredths of a fraction, correlation or MCC."""
    if value is None or not math.isfinite(value):
        return NOTHING
    if sort == "bytes":
        return _scaled(value, "B")
    if sort == "count":
        return _scaled(value, "")
    if sort == "seconds":
        return f"{1000 * value:.3g} ms"
    if sort == "share":
        return f"{percent(value)} %"
    return number(value, hundredfold=bounded)


def percent(value: float) -> str:
    """``97.1`` for 0.971; never ``-0.0``."""
    return f"{round(100 * value, 1) + 0.0:.1f}"


def chance(value: float | None) -> str:
    """``53 %``, ``> 99 %``, ``< 1 %``, ``0 %`` where it never happened; never more than resamples can tell."""
    if value is None:
        return NOTHING
    if value <= 0 or value >= 1:
        return f"{100 * value:.0f} %"
    return "< 1 %" if value < 0.01 else "> 99 %" if value > 0.99 else f"{100 * value:.0f} %"


def _scaled(value: float, unit: str) -> str:
    if abs(value) >= 1e15:
        return f"{value:.4g} {unit}".rstrip()
    for factor, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= factor:
            return f"{value / factor:.4g} {letter}{unit}"
    return f"{value:g} {unit}".rstrip()
