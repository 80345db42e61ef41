"""One spelling, one label: when two spellings are the same by rule, and when they merely look alike.

The same by rule: equal after Unicode normal form C without surrounding white space; whole numbers whatever they were stored as
(`1`, `1.0`, `"1"`, `"1.0"`); truth values in any letter case (`true`, `"True"`). Everything else is another spelling. Two
spellings that a reader would take for one another (letter case; blank, hyphen or underscore; invisible characters; full-width
and other compatibility forms; letters of other scripts with the same shape; leading zeros; 1e3 and 1000; 1 and
true; quotes around a name) look alike: they are never silently one label and never silently two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from numbers import Integral, Real

_WHOLE = re.compile(r"(-?(?:0|[1-9][0-9]*))(?:\.0+)?")
_FRACTION = re.compile(r"[+-]?[0-9]*[.,][0-9]+(?:[eE][+-]?[0-9]+)?")
_EXACT = 2.0**53
"""From here on a 64-bit float no longer tells every whole number apart."""

_BETWEEN = re.compile(r"(?<=[^\W\d_])[\s_-]+(?=[^\W_])|(?<=\d)[\s_-]+(?=[^\W\d_])")
_SEPARATORS = re.compile(r"[\s_-]+")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_TWINS = str.maketrans(
    "аеорсухіјѕһԁԛԝӏ" "αονιρυκτχ" "вкмнт" "ı’‘ʼ`´“”",
    "aeopcyxijshdqwl" "aovipuktx" "bkmht" "i'''''\"\"",
)  # fmt: skip
"""Small letters of Cyrillic and Greek, and quotes, that are drawn like another character."""
_NUMBERS = {"false": "0", "true": "1"}
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
"""Characters without a shape that are no format characters; variation selectors have ranges of their own."""


def spelling(value: object) -> str | None:
    """The normal form of one spelling, by which labels are matched; None for what spells no label (nothing, a list, a date).

    >>> spelling(1.0), spelling("1.00 "), spelling(True), spelling("Poli\u0301tica") == "Pol\u00edtica"
    ('1', '1', 'true', True)
    """
    if isinstance(value, str):
        return _normal(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Decimal):
        return spelling(format(value, "f")) if value.is_finite() else None
    if isinstance(value, Real):
        number = float(value)
        if number != number:  # noqa: PLR0124  # not a number, which tables write for an empty cell
            return None
        return str(int(number)) if number.is_integer() and abs(number) < _EXACT else repr(number)
    return None


@lru_cache(maxsize=4096)
def _normal(text: str) -> str:
    text = unicodedata.normalize("NFC", text).strip()
    if whole := _WHOLE.fullmatch(text):
        return "0" if whole[1] == "-0" else whole[1]
    return text.lower() if text.lower() in ("true", "false") else text


def fold(name: str) -> str:
    """A spelling that ignores case, surrounding blanks, and the choice between blank, hyphen and underscore.

    Names that somebody stated (a benchmark's card, `labels=`) are also read in another such spelling, where it means one
    of them alone.
    """
    return _SEPARATORS.sub("_", _normal(name).casefold())


@lru_cache(maxsize=4096)
def look(name: str) -> str:
    """What a reader sees of a name: equal for names that look alike, and no name itself."""
    text = unicodedata.normalize("NFKC", name)
    text = "".join(mark for mark in text if not _is_unseen(mark)).strip()
    text = unicodedata.normalize("NFKC", text.casefold()).translate(_DASHES).translate(_TWINS)
    text = _SEPARATORS.sub("_", _BETWEEN.sub("", text))
    text = text.strip("\"'") or text
    return _one_number(text) or _NUMBERS.get(text, text)


def _one_number(text: str) -> str | None:
    """A whole number without leading zeros, plus and exponent; None for what is none. Sections 1.1 and 1.10 are two names."""
    if whole := re.fullmatch(r"(_?)\+?0*([0-9]+)(?:\.0*)?", text):
        return whole[1] + whole[2]
    if power := re.fullmatch(r"(_?)\+?([0-9]+)(?:\.([0-9]+?)0*)?e\+?([0-9]{1,2})", text):
        behind = power[3] or ""
        shift = int(power[4]) - len(behind)
        return f"{power[1]}{(power[2] + behind).lstrip('0') or '0'}{'0' * shift}" if shift >= 0 else None
    return None


def _is_unseen(mark: str) -> bool:
    if unicodedata.category(mark) in ("Cf", "Cc"):
        return not mark.isspace()
    return mark in _UNSEEN or "\ufe00" <= mark <= "\ufe0f" or "\U000e0100" <= mark <= "\U000e01ef"


def look_alikes(names: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of names of different spelling that look alike; the first of each pair stands first among the names."""
    first: dict[str, str] = {}
    pairs: dict[tuple[str, str], None] = {}
    for name in names:
        other = first.setdefault(look(name), name)
        if spelling(other) != spelling(name):
            pairs[other, name] = None
    return list(pairs)


def difference(one: str, other: str) -> str:
    """In what two names that look alike differ: the first of letter case, separators, unseen characters, and so on."""
    one, other = _normal(one), _normal(other)
    unseen = sorted({mark for mark in one + other if _is_unseen(mark)})
    if unseen:
        return f"invisible characters ({', '.join(f'U+{ord(mark):04X}' for mark in unseen)})"
    if one.casefold() == other.casefold():
        return "letter case"
    if _SEPARATORS.sub("", one) == _SEPARATORS.sub("", other):
        return "blank, hyphen or underscore"
    if _SEPARATORS.sub("", one.casefold()) == _SEPARATORS.sub("", other.casefold()):
        return "letter case and blank, hyphen or underscore"
    if all(re.fullmatch(r"[+-]?[0-9]+\.?|true|false", name) for name in (one, other)):
        return (
            "how the number is written"
            if one[-1:].isdigit() and other[-1:].isdigit()
            else "being a number and a truth value"
        )
    if one.strip("\"'") == other.strip("\"'"):
        return "quotes around it"
    if _one_number(one.casefold()) is not None and _one_number(other.casefold()) is not None:
        return "how the number is written"
    marks = sorted({mark for mark in one + other if not mark.isascii()})
    return (
        f"characters of the same shape ({', '.join(f'U+{ord(mark):04X}' for mark in marks[:4])})"
        if marks
        else "spelling"
    )


def is_fraction(name: str) -> bool:
    """Whether a spelling is a number that is not whole (`0.5`, `3,25`): a score or a measurement, seldom a label."""
    return bool(_FRACTION.fullmatch(name)) and not _WHOLE.fullmatch(name.replace(",", "."))
