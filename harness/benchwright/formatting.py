"""How numbers, probabilities, sizes and values are written for people, in every output alike. JSON and CSV hold them unrounded.

A fraction is written in hundredths with two decimals, as published; a size with four digits; what is undefined as a dash. A minus
is the sign U+2212.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from benchwright.inert import visible
from benchwright.quantities import Unit
from benchwright.types import Score

UNDEFINED = "–"
"""What stands where there is no number."""

_TOGETHER = re.compile(r"\[[^\[\]]{1,60}\]|\d (?:us|ms|s|min|[kMGT]?B|%|points)\b")
_MINUS = "\u2212"
_PREFIXES = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_DIGITS = f"0123456789.,{_MINUS}"
_DIGITS_BUT_ZERO = frozenset("123456789")
_SYMBOLS: dict[str, str] = {"bytes": "B", "count": "", "joules": "J"}


def finite(number: Any) -> float | None:
    """The number, or None for what is missing, not a number, or infinite."""
    if type(number) is float:  # nearly all are, and a large board has millions
        return number if math.isfinite(number) else None
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        return None
    return float(number)


def value(number: Any, unit: Unit = "fraction") -> str:
    """A value of a quantity: ``92.14`` for a fraction of 0.9214, ``97.3 %`` for a share, ``90.91 MB``, ``22.71 M``, ``1.77 ms``.

    A ``number`` in a unit of its own has five digits; rates, energies and costs have three.
    """
    known = finite(number)
    if known is None:
        return UNDEFINED
    if unit == "fraction":
        return f"{known * 100:.2f}" if known > 0.0 else _signed(f"{known * 100:.2f}")
    if unit == "share":
        return percent(known)
    if unit == "seconds":
        return seconds(known)
    if unit == "per_second":
        return f"{_three_digits(known)}/s"
    if unit == "per_million":
        return f"{_three_digits(known)} per million"
    if unit in _SYMBOLS:
        return _signed(_with_prefix(known, _SYMBOLS[unit]))
    return _signed(f"{known:,.0f}" if abs(known) >= 10_000 else f"{known:.5g}")


def change(number: Any, unit: Unit = "fraction") -> str:
    """A difference with its sign: ``+1.20`` for 0.012, ``0.00`` for none."""
    text = value(number, unit)
    return f"+{text}" if text is not UNDEFINED and number > 0 and _is_not_zero(text) else text


def plain_value(number: Any) -> str:
    """A value of an attribution or of a measure of one, as its field writes it: ``0.312``, ``12.5``; a dash where there is none."""
    known = finite(number)
    return UNDEFINED if known is None else _signed(f"{known:.3f}" if abs(known) < 10 else f"{known:,.5g}")


def plain_change(number: Any) -> str:
    """The same with its sign: ``+0.312``, ``0.000`` for none."""
    text = plain_value(number)
    return f"+{text}" if (finite(number) or 0.0) > 0 and _is_not_zero(text) else text


def points(number: Any, unit: Unit = "fraction") -> str:
    """``1.20 points`` for a difference of fractions of 0.012, without sign; any other unit as it is."""
    return value(number, unit) + (" points" if unit == "fraction" else "")


def interval(low: Any, high: Any, unit: Unit = "fraction") -> str:
    """``[90.11, 93.72]``, of shares ``[95.9, 98.3]``; an empty string when an end is missing."""
    if finite(low) is None or finite(high) is None:
        return ""
    return f"[{value(low, unit).removesuffix(' %')}, {value(high, unit).removesuffix(' %')}]"


def interval_beside(number: Any, low: Any, high: Any, unit: Unit) -> str:
    """An interval that stands beside its value: ``[5.02, 5.21]`` of ``5.12 ms``; with units where the ends have others than the value.

    ``[5.02, –]`` where one end is not known; empty where neither is.
    """
    if finite(low) is None and finite(high) is None:
        return ""
    if finite(low) is None or finite(high) is None:
        known = interval_beside(number, *((high, high) if finite(low) is None else (low, low)), unit)[1:-1].split(", ")[
            0
        ]
        return f"[{UNDEFINED}, {known}]" if finite(low) is None else f"[{known}, {UNDEFINED}]"
    texts = [value(one, unit) for one in (number, low, high)]
    units = {text.lstrip(_DIGITS) for text in texts}
    shown = [text.removesuffix(texts[0].lstrip(_DIGITS)) if len(units) == 1 else text for text in texts[1:]]
    return f"[{shown[0]}, {shown[1]}]"


def interval_of_change(low: Any, high: Any, unit: Unit = "fraction") -> str:
    """``[−0.10, +2.31]``, or an empty string when an end is missing."""
    if finite(low) is None or finite(high) is None:
        return ""
    return f"[{change(low, unit)}, {change(high, unit)}]"


def estimate(score: Score, unit: Unit = "fraction") -> str:
    """``92.14 [90.11, 93.72]``; the interval is left out when there is none."""
    return f"{value(score.value, unit)} {interval(score.low, score.high, unit)}".rstrip()


def distinct(one: float, other: float, unit: Unit) -> tuple[str, str]:
    """Two values; with every digit where both would read alike and are not."""
    texts = value(one, unit), value(other, unit)
    if texts[0] != texts[1] or one == other:
        return texts
    return _exact(one, unit), _exact(other, unit)


def _exact(number: float, unit: Unit) -> str:
    """A value with every digit, in its unit."""
    if unit == "seconds" and abs(number) < 1:
        return _signed(f"{number * 1e3:,.12g} ms")
    behind = {"seconds": " s", "per_second": "/s", "per_million": " per million"}.get(unit)
    symbol = f" {_SYMBOLS[unit]}" if unit in _SYMBOLS else ""
    return _signed(f"{number:,.12g}{symbol if behind is None else behind}".rstrip())


def p_value(p: float | None) -> str:
    """``0.0031``, ``0.42`` or ``< 0.0001``."""
    if p is None:
        return UNDEFINED
    return "< 0.0001" if p < 1e-4 else f"{p:.2g}" if p < 0.1 else f"{p:.2f}"


def p_equals(p: float) -> str:
    """``= 0.0031`` or ``< 0.0001``, after a ``p``."""
    return p_value(p) if p < 1e-4 else f"= {p_value(p)}"


def confidence(level: float) -> str:
    """``95 %`` for 0.95; ``99.5 %`` for 0.995."""
    return f"{100 * level:.4g} %"


def percent(share: float | None, decimals: int = 1) -> str:
    """``97.3 %`` for 0.973, without a minus before nothing."""
    known = finite(share)
    return UNDEFINED if known is None else _signed(f"{known * 100:.{decimals}f} %")


def probability(p: float | None) -> str:
    """``53 %``, ``> 99 %``, ``< 1 %``, ``0 %`` if it never happened; limited by the number of resamples."""
    if p is None:
        return UNDEFINED
    if 0 < p < 0.01:
        return "< 1 %"
    return "> 99 %" if 0.99 < p < 1 else f"{p * 100:.0f} %"


def ratio(of: float | None) -> str:
    """``x 0.25`` for a quarter of another system's cost, ``x 1,200`` for many times it."""
    known = finite(of)
    if known is None:
        return UNDEFINED
    return f"x {known:,.0f}" if known >= 100 else f"x {known:.3g}"


def count(number: int | None) -> str:
    """``9,815``."""
    return UNDEFINED if number is None else f"{number:,}"


def about(items: int, *, above: int = 0) -> str:
    """``about 3,100``: an estimate, rounded to two digits; in full where rounding would leave no more than there are (``above``)."""
    step = 10 ** max(len(str(items)) - 2, 0)
    rounded = round(items / step) * step
    return f"about {items if rounded <= above < items else rounded:,}"


def seconds(spent: float | None) -> str:
    """``120 us``, ``1.77 ms``, ``2.31 s``, ``12.3 s`` or ``4 min 05 s``."""
    known = finite(spent)
    if known is None:
        return UNDEFINED
    if known >= 60:
        minutes, rest = divmod(round(known), 60)
        return f"{minutes} min {rest:02d} s"
    if known >= 1:
        return f"{known:.2f} s" if known < 10 else f"{known:.1f} s"
    if 0 < abs(known) < 0.0009995:
        return _signed(f"{known * 1e6:.3g} us")
    return _signed(f"{known * 1000:.3g} ms")


def _three_digits(number: float) -> str:
    """``1,234``, ``56.7`` or ``0.123``."""
    return _signed(f"{number:,.0f}" if abs(number) >= 99.95 else f"{number:.3g}")


def fixed(number: Any, decimals: int) -> str:
    """The number with that many decimals."""
    known = finite(number)
    return UNDEFINED if known is None else _signed(f"{known:.{decimals}f}")


def with_sign(number: float, form: str = "+g") -> str:
    """The number with its sign in that form: ``−0.02``; ``+0.09864`` with ``+.5f``."""
    return _signed(f"{number:{form}}")


def plain(item: Any) -> str:
    """Any JSON value as one line of text: words joined by spaces, numbers to six digits."""
    if item is None:
        return UNDEFINED
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, int | float):
        known = finite(item)
        return UNDEFINED if known is None else _signed(f"{known:.6g}" if isinstance(item, float) else str(item))
    if isinstance(item, Mapping):
        return ", ".join(f"{visible(str(key))}: {plain(part)}" for key, part in item.items()) or UNDEFINED
    if isinstance(item, list | tuple | set | frozenset):
        parts = sorted(item, key=str) if isinstance(item, set | frozenset) else item
        return " ".join(plain(part) for part in parts) or UNDEFINED
    return visible(str(item))


def clip(text: str, limit: int) -> str:
    """At most ``limit`` characters; an ellipsis stands for what is cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def unbroken(text: str) -> str:
    """The text with spaces within square brackets, as intervals have them, and before units that no line is broken at."""
    return _TOGETHER.sub(lambda found: found[0].replace(" ", "\u00a0"), text)


def clip_words(text: str, limit: int) -> str:
    """At most ``limit`` characters, cut between two words; a word that is longer is cut where it must be."""
    if len(text) <= limit:
        return text
    kept = text[:limit].rpartition(" ")[0].rstrip(" ,;:") or text[: limit - 1]
    return f"{kept}…"


def clip_middle(text: str, limit: int) -> str:
    """At most ``limit`` characters, start and end kept: model names differ at either."""
    if len(text) <= limit:
        return text
    head = limit // 2
    return f"{text[:head]}…{text[-(limit - head - 1) :]}"


def _signed(text: str) -> str:
    """A number's text with the sign U+2212 for a minus, and without one before nothing."""
    if not text.startswith("-"):
        return text
    return _MINUS + text[1:] if _is_not_zero(text) else text[1:]


def _is_not_zero(text: str) -> bool:
    return not _DIGITS_BUT_ZERO.isdisjoint(text)


def _with_prefix(number: float, symbol: str) -> str:
    """``90.91 MB``: four digits and a decimal prefix; beyond what prefixes are known for, as a power."""
    if symbol == "J" and 0 < abs(number) < 0.9995:
        return f"{number * 1000:.3g} mJ"
    for factor, letter in _PREFIXES:
        if factor <= abs(number) < 1e19:
            return f"{number / factor:.4g} {letter}{symbol}"
    return f"{number:.4g} {symbol}".rstrip()


def name_some(names: Sequence[str], most: int) -> str:
    """``a, b and 3 more``: the first ``most`` names, and how many there are besides."""
    rest = len(names) - most
    shown = ", ".join(names[:most])
    return f"{shown} and {count(rest)} more" if rest > 0 else shown


def shorten(names: Sequence[str], limit: int) -> list[str]:
    """Each name in at most ``limit`` characters; different names stay different.

    Both ends are kept; where that hides the difference, the part that differs; where even that is too long, the
    position is written before the name.
    """
    for candidates in ([clip_middle(name, limit) for name in names], _cores(names, limit)):
        if len(set(candidates)) == len(set(names)):
            return candidates
    places = {name: f"{at}. " for at, name in enumerate(dict.fromkeys(names), start=1)}
    return [places[name] + clip_middle(name, max(2, limit - len(places[name]))) for name in names]


def _cores(names: Sequence[str], limit: int) -> list[str]:
    """The parts that differ, with as much of the common start as there is room for."""
    start = _alike(names)
    end = min(_alike([name[::-1] for name in names]), min(map(len, names), default=0) - start)
    found = []
    for name in names:
        core = name[start : len(name) - end]
        after = "…" if end else ""
        room = max(0, limit - len(core) - len(after) - 1)
        before = name[max(0, start - room) : start]
        found.append(clip_middle(f"{'…' if len(before) < start else ''}{before}{core}{after}", limit))
    return found


def _alike(names: Sequence[str]) -> int:
    """How many characters all names share at their start."""
    first, last = min(names, default=""), max(names, default="")
    pairs = zip(first, last, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(first), len(last)))
