"""Limits as people type them, with their unit: ``50 ms``, ``1.2 GiB``, ``300 /s``; the only place where units of limits are read.

A time, a size, a rate, an energy or a cost without its unit is refused: 50 may be milliseconds or seconds, and a gate that
guesses wrong passes everything. Counts, fractions and numbers have no unit that they could lack.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal

from benchwright import registry
from benchwright.errors import BenchwrightError
from benchwright.quantities import Quantity, Unit

_FACTORS: Mapping[Unit, Mapping[str, str]] = {
    "bytes": {
        "B": "1", "kB": "1e3", "MB": "1e6", "GB": "1e9", "TB": "1e12",
        "KiB": "1024", "MiB": str(2**20), "GiB": str(2**30), "TiB": str(2**40),
    },
    "count": {"": "1", "k": "1e3", "M": "1e6", "G": "1e9", "B": "1e9"},
    "seconds": {"us": "1e-6", "ms": "1e-3", "s": "1", "min": "60"},
    "per_second": {"/s": "1"},
    "joules": {"mJ": "1e-3", "J": "1", "kJ": "1e3"},
    "per_million": {"per million": "1"},
    "fraction": {"": "1", "%": "0.01"},
    "number": {"": "1", "%": "0.01"},
    "share": {"": "1", "%": "0.01"},
}  # fmt: skip

FACTORS: Mapping[Unit, Mapping[str, Decimal]] = {
    unit: {name: Decimal(factor) for name, factor in factors.items()} for unit, factors in _FACTORS.items()
}
"""Unit of a quantity -> what may stand behind a number -> what the number is then multiplied by."""

NAMES: tuple[str, ...] = tuple(
    dict.fromkeys(name for factors in FACTORS.values() for name in factors if name and " " not in name)
)
"""All units of one word; ``per million`` is the one of two."""

_SAME = {"µs": "us", "μs": "us", "sec": "s", "seconds": "s", "second": "s", "per second": "/s", "/ s": "/s", "K": "k"}
_TYPICAL: Mapping[Unit, str] = {
    "bytes": "MB", "seconds": "ms", "per_second": "/s", "joules": "J", "per_million": "per million",
}  # fmt: skip
_NUMBER = re.compile(r"\d+(?:\.\d*)?(?:[eE][+-]?\d{1,4})?|\.\d+(?:[eE][+-]?\d{1,4})?", re.ASCII)
_LONGEST = 60
_SHOWN = re.compile(r"[\d.,eE+-]{1,20}", re.ASCII)


def has_unit(unit: Unit) -> bool:
    """Whether a limit on a quantity of that unit must say it: ``50 ms``; a count or a fraction has none."""
    return "" not in FACTORS[unit]


def unit_named(text: str) -> str:
    """The unit as it is written here, read without regard to case where it has two letters or more; empty where it is none."""
    text = " ".join(text.split())
    known = (*NAMES, *_SAME, "per million")
    if text in known:
        return _SAME.get(text, text)
    close = next((name for name in known if name.lower() == text.lower() and len(name) > 1), "")
    return _SAME.get(close, close)


def convert(number: float, unit_text: str, unit: Unit) -> float | None:
    """A number with a unit (as `unit_named` writes it) in the quantity's own; None where that is no unit of it."""
    factor = FACTORS[unit].get(unit_text)
    return None if factor is None else float(Decimal(str(number)) * factor)


def read_limit(given: str | float, of: Quantity, *, title: str = "") -> float:
    """A limit in SI units (seconds, bytes, joules, a second, money for a million inputs), from its text.

    Raises:
        BenchwrightError: No number, no unit or that of something else, a sign, a comma, not finite; its hint is what to type.
    """
    name = title or of.name
    if isinstance(given, bool) or not isinstance(given, str):
        return _bare(given, of, name)
    text = given.strip()
    found = _NUMBER.match(text)
    if len(text) > _LONGEST or found is None:
        raise _no_number(text, of, name)
    rest = text[found.end() :].strip()
    if re.match(r"[,'’_.\d]|e[+-]?\d", rest, re.IGNORECASE | re.ASCII) or (rest and _NUMBER.match(rest)):
        raise _no_number(text, of, name)
    value = float(found.group())
    if not math.isfinite(value):
        raise _problem(f"{text!r} is too large a number for {name}", of, example(of))
    if not rest:
        return _bare(value, of, name, typed=found.group())
    unit = unit_named(rest)
    factor = FACTORS[of.unit].get(unit) if unit else None
    if factor is None:
        raise _wrong_unit(text, rest, of, name, value)
    result = float(Decimal(found.group()) * factor)
    if not math.isfinite(result):
        raise _problem(f"{text!r} is too large a number for {name}", of, example(of))
    return result


def limit_text(value: float, unit: Unit) -> str:
    """A value as a limit that reads back as the same number: ``50 ms``, ``1.2 GB``, ``30 M``; all its digits."""
    exact = Decimal(repr(float(value)))
    best = None
    for name, factor in FACTORS[unit].items():
        if name == "%" or _is_of_another_system(name):
            continue
        if best is None or (abs(exact) >= factor > best[1]) or (abs(exact) < best[1] and factor < best[1]):
            best = (name, factor)
    assert best is not None
    return f"{_digits(exact / best[1])} {best[0]}".rstrip()


def units_of(of: Quantity) -> str:
    """The units of a quantity in words: ``us, ms, s or min``."""
    names = [name for name in FACTORS[of.unit] if name]
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def example(of: Quantity, number: float | None = None) -> str:
    """A limit that would have been right, with the number that was typed: ``"50 ms"``."""
    if number is None or not 0 < number < 1e15:
        samples: dict[Unit, str] = {"bytes": "800 MB", "seconds": "50 ms", "per_second": "300 /s", "joules": "12 J"}
        more: dict[Unit, str] = {"per_million": "0.4 per million", "count": "30 M"}
        return {**samples, **more}.get(of.unit, "0.9")
    if of.unit == "bytes" and number >= 10_000:
        return limit_text(number, "bytes")
    if of.unit == "seconds" and number < 1:
        return f"{_digits(Decimal(repr(float(number))))} s"
    return f"{_digits(Decimal(repr(float(number))))} {_TYPICAL.get(of.unit, '')}".rstrip()


def _bare(given: object, of: Quantity, name: str, typed: str = "") -> float:
    """A number without a unit. Raises BenchwrightError unless the quantity has none."""
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise _problem(f"{given!r} is no limit of {name}", of, example(of))
    if given < 0:
        raise _problem(f"{typed or given!r} is below 0, which {name} never is", of, example(of))
    if has_unit(of.unit):
        raise _problem(
            f"{typed or given} has no unit, and {name} has one", of, example(of, float(given)) if given else ""
        )
    return float(given)


def _no_number(text: str, of: Quantity, name: str) -> BenchwrightError:
    begun = _SHOWN.match(text)
    if text.startswith(("-", "−")):
        return _problem(f"{text[:_LONGEST]!r} is below 0, which {name} never is", of, example(of))
    if begun and re.search(r"\d[,'’_]\d", text):
        return _problem(
            f"{text[:_LONGEST]!r}: a comma or a mark between digits", of, example(of), "digits with a point"
        )
    return _problem(f"{text[:_LONGEST]!r} is no number{' with its unit' if has_unit(of.unit) else ''}", of, example(of))


def _wrong_unit(text: str, rest: str, of: Quantity, name: str, value: float) -> BenchwrightError:
    near = registry.suggest(rest, [one for one in FACTORS[of.unit] if one])
    what = f"{rest!r} is no unit of {name}" if unit_named(rest) else f"{rest!r} is no unit"
    return _problem(f"{text!r}: {what}", of, near or f"write {example(of, value)}")


def _problem(what: str, of: Quantity, hint: str, expected: str = "") -> BenchwrightError:
    wanted = (
        f"a number and a unit: {units_of(of)}" if has_unit(of.unit) else "a number of at least 0, as 30000000 or 30 M"
    )
    if hint and not hint.startswith(("did you mean", "write ")):
        hint = f"write {hint}"
    return BenchwrightError(what, expected=f"{expected}; {wanted}" if expected else wanted, hint=hint)


def _is_of_another_system(name: str) -> bool:
    """Units that are read and not written: powers of 1024, a second letter for a thousand million, minutes."""
    return name.endswith("iB") or name == "min"


def _digits(number: Decimal) -> str:
    """A decimal without an exponent where that is short, and without zeros at its end."""
    plain = f"{number.normalize():f}"
    return plain if len(plain) <= 25 else f"{number.normalize():e}"
