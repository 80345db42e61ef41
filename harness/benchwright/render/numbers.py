"""How numbers are written for people: hundredths of fractions, intervals, counts; never a NaN."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from benchwright.inert import visible
from benchwright.types import Score

NOTHING = "–"
"""What stands where there is no number."""

_MINUS = "\u2212"


def finite(value: Any) -> float | None:
    """The number, or None for what is missing, not a number, or infinite."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def number(value: Any, *, hundredfold: bool = True) -> str:
    """``92.14`` for 0.9214: two decimals, as published; four significant digits in the metric's own unit when it is no fraction."""
    known = finite(value)
    if known is None:
        return NOTHING
    if hundredfold:
        text = f"{known * 100:.2f}"
    elif abs(known) >= 10_000:
        text = f"{known:,.0f}"
    else:
        text = f"{known:.5g}"
    return _signed(text)


def change(value: Any, *, hundredfold: bool = True) -> str:
    """``+1.20`` for a difference of 0.012, ``0.00`` for none; in the metric's own unit when it is no fraction."""
    known = finite(value)
    if known is None:
        return NOTHING
    text = number(known, hundredfold=hundredfold)
    return text if known <= 0 or not any(digit in text for digit in "123456789") else f"+{text}"


def fixed(value: Any, decimals: int) -> str:
    """The number with that many decimals."""
    known = finite(value)
    return NOTHING if known is None else _signed(f"{known:.{decimals}f}")


def interval(low: Any, high: Any, *, hundredfold: bool = True) -> str:
    """``[90.11, 93.72]``, or an empty string when an end is missing."""
    if finite(low) is None or finite(high) is None:
        return ""
    return f"[{number(low, hundredfold=hundredfold)}, {number(high, hundredfold=hundredfold)}]"


def estimate(score: Score, *, hundredfold: bool = True) -> str:
    """``92.14 [90.11, 93.72]``; the interval is left out when there is none."""
    between = interval(score.low, score.high, hundredfold=hundredfold)
    return f"{number(score.value, hundredfold=hundredfold)} {between}".rstrip()


def count(value: int | None) -> str:
    """``9,815``."""
    return NOTHING if value is None else f"{value:,}"


def seconds(value: float | None) -> str:
    """``0.84 s``, ``12.3 s`` or ``4 min 05 s``."""
    known = finite(value)
    if known is None:
        return NOTHING
    if known >= 60:
        minutes, rest = divmod(round(known), 60)
        return f"{minutes} min {rest:02d} s"
    return f"{known:.2f} s" if known < 10 else f"{known:.1f} s"


def printable(text: str) -> str:
    """The text with a mark or an escape for every character that cannot be seen, which no page may hold; breaks stay."""
    return visible(text)


def clip(text: str, limit: int) -> str:
    """At most ``limit`` characters; an ellipsis stands for what is cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def clip_middle(text: str, limit: int) -> str:
    """At most ``limit`` characters, start and end kept: model names differ at either."""
    if len(text) <= limit:
        return text
    head = limit // 2
    return f"{text[:head]}…{text[-(limit - head - 1) :]}"


def plain(value: Any) -> str:
    """Any JSON value as one line of text: words joined by spaces, numbers to six digits."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        known = finite(value)
        return NOTHING if known is None else _signed(f"{known:.6g}" if isinstance(value, float) else str(value))
    if isinstance(value, Mapping):
        return ", ".join(f"{printable(str(key))}: {plain(item)}" for key, item in value.items()) or NOTHING
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return " ".join(plain(item) for item in items) or NOTHING
    return printable(str(value))


def _signed(text: str) -> str:
    if text.startswith("-"):
        text = _MINUS + text[1:] if any(digit in text for digit in "123456789") else text[1:]
    return text
