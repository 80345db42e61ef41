"""Numbers of a gate in words: points for fractions, the metric's own unit elsewhere."""

from __future__ import annotations

from benchwright.items import count as counted
from benchwright.render import numbers
from benchwright.render.numbers import finite


def value(number: float | None, *, hundredfold: bool) -> str:
    """``84.23`` for 0.8423, as everywhere."""
    return "undefined" if finite(number) is None else numbers.number(number, hundredfold=hundredfold)


def change(number: float | None, *, hundredfold: bool) -> str:
    """``+1.20`` or ``−0.35``: points for fractions, as everywhere."""
    return "unknown" if finite(number) is None else numbers.change(number, hundredfold=hundredfold)


def points(number: float | None, *, hundredfold: bool) -> str:
    """``1.20 points``, or the number in its own unit."""
    return value(number, hundredfold=hundredfold) + (" points" if hundredfold else "")


def size(number: float, metric: str) -> str:
    """``90.9 MB`` for bytes, ``22.7 M`` for parameters."""
    unit = "B" if metric == "size_bytes" else ""
    for factor, letter in ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= factor:
            return f"{number / factor:.4g} {letter}{unit}" if abs(number) < 1e19 else f"{number:.3g} {unit}".rstrip()
    return f"{number:g} {unit}".rstrip()


def against(number: float, limit: float, metric: str) -> str:
    """``91.6 MB; at most 50 MB allowed``; with every digit where both would read alike and are not."""
    sizes = [size(one, metric) for one in (number, limit)]
    if sizes[0] == sizes[1] and number != limit:
        sizes = [f"{one:,.15g}{' B' if metric == 'size_bytes' else ''}" for one in (number, limit)]
    return f"{sizes[0]}; at most {sizes[1]} allowed"


def share(number: float | None) -> str:
    """``97.3 %`` for 0.973, without a minus before nothing."""
    text = "unknown" if number is None else f"{number:.1%}"
    return "0.0%" if text == "-0.0%" else text


def count(number: int, what: str) -> str:
    """``1 rule``, ``1,234 items``."""
    return counted(number, what)


def probability(p: float) -> str:
    """``0.031`` or ``< 0.0001``."""
    return f"= {p:.2g}" if p >= 1e-4 else "< 0.0001"


def level(alpha: float) -> str:
    """``95 %`` for 0.05."""
    return f"{100 * (1 - alpha):.4g} %"


def about(items: int) -> str:
    """``about 3,100``: an estimate, rounded to two digits."""
    step = 10 ** max(len(str(items)) - 2, 0)
    return f"about {round(items / step) * step:,}"
