"""One value of a file: read as a whole number, and shown in a message whatever it is."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable

from benchwright.spelling import spelling

_MOST_DIGITS = 18
_SHOWN = 8

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = 60


def whole(value: object) -> int | None:
    """The whole number of 0 or more that a value is or spells in ASCII digits (`3`, `3.0`, `"03"`); else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value >= 0 else None
    digits = spelling(value) or ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None


def shown(value: object) -> str:
    """A value as a message shows it: quoted, printable and short, however long or deep it is."""
    try:
        return _repr.repr(value)
    except ValueError:  # Python spells no integer of more than 4300 digits
        return f"a {type(value).__name__}"


def listed(names: Iterable[object]) -> str:
    """Names with commas, the first few of many."""
    every = [str(name) for name in names]
    texts = [name if name.isprintable() and len(name) <= _repr.maxstring else shown(name) for name in every[:_SHOWN]]
    return ", ".join(texts) + (", ..." if len(every) > _SHOWN else "")
