"""Numbers of an item: which may be changed, and into which others, so that what the texts say of them still holds.

A number keeps its number of digits and its closing zeros, stays within half and twice its size, and between the numbers that it stood
between: what was more stays more. Years are moved by the same few years everywhere. What is part of a name, a date, a time, a range
or a code stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchwright.perturbations.draws import EditDraws
from benchwright.perturbations.places import how_many
from benchwright.perturbations.texts import Text, touches
from benchwright.perturbations.untouched import is_link

_NUMBER = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
_DIGITS = re.compile(r"[0-9]+")
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
_MONTH_BEFORE = re.compile(rf"\b{_MONTH}\s+$", re.IGNORECASE)
_MONTH_BEHIND = re.compile(rf"\s+(?:of\s+)?{_MONTH}\b", re.IGNORECASE)
_JOINED_BEFORE = re.compile(
    r"(?:[\w#@&'’_−–—-]|[#@_]\s|[#@_]\s\w+\s|[-−+±]\s|[0-9]\s[.,]\s|[0-9]\s*[-–/:x×*+=^]\s*|\w[.,:/])$"
)
_JOINED_BEHIND = re.compile(
    r"[\w_'’°\]–—-]|\s[.,]\s[0-9]|\s*[-–/:x×*+=^]\s*[0-9]|[.,:/]\w|\s+(?:a\.?m|p\.?m|o'clock|bc|ad|bce|ce)\b",
    re.IGNORECASE,
)
_WORD_BEFORE = re.compile(r"([^\W\d_][\w.'’-]*)\s+$")
_PERCENT = re.compile(r"\s*(?:%|percent|per cent)", re.IGNORECASE)
_DECADE = re.compile(r"\b[12][0-9]{3}s\b|\bcentur|\bdecade|['’][0-9]0s\b|\banniversar", re.IGNORECASE)
_LEADING = """
a an the in on at by of to for from with about after before between over under nearly almost around since until
till some only and or but than as is was are were has had have more less least most up per every all another its
their his her this these that when where if what how it they he she we i you there then during within some
approximately roughly
"""
_MAY_LEAD = frozenset(_LEADING.split())
"""Words that may stand, with a capital, before a number that is no part of a name."""

_SAYINGS = frozenset(("1", "101", "180", "360", "365", "411", "911"))
"""Numbers that mean something by themselves (*screenwriting 101*)."""

_LONGEST = 9
"""Digits; longer ones are telephone numbers and keys."""

_FIRST_YEAR, _NOW, _LAST_YEAR = 1100, 2029, 2199
"""Numbers of four digits that are taken for years; what has happened by ``_NOW`` has happened by then afterwards."""

_FARTHEST = 9
"""Years by which years are moved, at most."""

_SMALL = """
two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen
"""
SMALL = _SMALL.split()
_TENS = """
twenty thirty forty fifty sixty seventy eighty ninety
"""
TENS = _TENS.split()
VALUES: dict[str, int] = {word: at for at, word in enumerate(SMALL, 2)} | {
    word: 10 * at for at, word in enumerate(TENS, 2)
}
"""Number word -> number, from 2 to 19 and the tens."""

_VALUE_WORD = re.compile(rf"\b(?:{'|'.join(VALUES)})\b", re.IGNORECASE)


class Mention(NamedTuple):
    """A number in a text.

    Attributes:
        at: Number of the text.
        start: First character.
        end: The one behind the last.
        key: The number without commas.
    """

    at: int
    start: int
    end: int
    key: str


def is_joined(text: Text, start: int, end: int) -> bool:
    """Whether digits are a part of something: a date, a time, a range, a code, a name, an entity; or of an answer, partly."""
    before, behind = text.text[max(0, start - 14) : start], text.text[end : end + 14]
    if _JOINED_BEFORE.search(before) or _JOINED_BEHIND.match(behind) or is_link(_token(text.text, start, end)):
        return True
    month = _MONTH_BEFORE.search(before)
    year = is_year(text.text[start:end])
    if (month and not year) or (_MONTH_BEHIND.match(behind) and not year):
        return True
    word = _WORD_BEFORE.search(text.text[max(0, start - 30) : start])
    if word and not month and word.group(1)[0].isupper() and word.group(1).lower().rstrip(".") not in _MAY_LEAD:
        return True
    return crosses_gold(text, start, end)


def _token(text: str, start: int, end: int) -> str:
    """What stands between white space around a place."""
    behind = text.find(" ", end)
    return text[text.rfind(" ", 0, start) + 1 : behind if behind >= 0 else len(text)]


def crosses_gold(text: Text, start: int, end: int) -> bool:
    """Whether a place lies in an entity, or only partly in an answer."""
    if text.starts is not None:
        return touches(text.gold, start, end)
    return any(start < stop and begin < end and not (begin <= start and end <= stop) for begin, stop in text.gold)


def is_year(digits: str) -> bool:
    """Whether digits are most likely a year."""
    return len(digits) == 4 and digits.isdecimal() and _FIRST_YEAR <= int(digits) <= _LAST_YEAR


def changed_numbers(texts: Sequence[Text], share: float, draws: EditDraws) -> Iterator[tuple[Mention, str]]:
    """Mentions with what is written instead, alike everywhere; none where a number may be computed from others (`_is_computed`)."""
    if _is_computed(texts):
        return
    mentions, fixed = _mentions(texts)
    amounts = {found.replace(",", "") for text in texts for found in _NUMBER.findall(text.text) if "," in found}
    new = _new_values(mentions, fixed, amounts, share, draws)
    for mention in mentions:
        if mention.key in new:
            written = new[mention.key]
            commas = "," in texts[mention.at].text[mention.start : mention.end]
            yield mention, f"{int(written):,}" if commas and written.isdecimal() else written


def _is_computed(texts: Sequence[Text]) -> bool:
    """Whether an option holds a number, or one of two texts a number that the other with its more numbers lacks.

    Who was told of *a teacher and 12 students* knows of 13 dead.
    """
    if any(text.option >= 0 and (_DIGITS.search(text.text) or _VALUE_WORD.search(text.text)) for text in texts):
        return True
    found = [{number.replace(",", "") for number in _NUMBER.findall(text.text)} for text in texts]
    most = max(found, key=len, default=set())
    return any(numbers - most for numbers in found)


def _mentions(texts: Sequence[Text]) -> tuple[list[Mention], set[str]]:
    """Numbers that may be changed, and numbers that stand somewhere where they may not."""
    found, fixed = [], set()
    words = {str(VALUES[word.lower()]) for text in texts for word in _VALUE_WORD.findall(text.text)}
    for at, text in enumerate(texts):
        for match in _NUMBER.finditer(text.text):
            key = match.group().replace(",", "")
            percent = len(key) > 2 and _PERCENT.match(text.text, match.end())
            strange = len(key) > _LONGEST or key[0] == "0" or key in _SAYINGS
            if strange or percent or key in words or is_joined(text, *match.span()):
                fixed |= {key, *_DIGITS.findall(match.group())}
            else:
                found.append(Mention(at, *match.span(), key))
    years_stay = any(map(is_year, fixed)) or any(_DECADE.search(text.text) for text in texts)
    if years_stay:
        fixed |= {mention.key for mention in found if is_year(mention.key)}
    return [mention for mention in found if mention.key not in fixed], fixed


def _new_values(
    mentions: Sequence[Mention], fixed: set[str], amounts: set[str], share: float, draws: EditDraws
) -> dict[str, str]:
    """Key -> what is written instead, for a share of the numbers; all years, which no comma makes an amount, count as one."""
    keys = list(dict.fromkeys(mention.key for mention in mentions))
    years = tuple(key for key in keys if is_year(key) and key not in amounts)
    groups = [(key,) for key in keys if key not in years] + ([years] if years else [])
    now = {key: float(key) for key in (*keys, *fixed)}
    new: dict[str, str] = {}
    changed = 0
    for at in draws.order(len(groups)):
        if changed == how_many(share, len(groups)):
            break
        group = groups[at]
        made = _moved_years(group, now, draws) if group is years else _another(group[0], now, draws)
        new |= made
        now |= {key: float(value) for key, value in made.items()}
        changed += bool(made)
    return new


def _moved_years(years: Sequence[str], now: dict[str, float], draws: EditDraws) -> dict[str, str]:
    """All years moved by the same number, over no other number; nothing where eight draws find none."""
    others = [value for key, value in now.items() if key not in years]
    low, high = min(map(int, years)), max(map(int, years))
    for _ in range(8):
        step = (1 + draws.below(_FARTHEST)) * (1 if draws.below(2) else -1)
        inside = low + step >= _FIRST_YEAR and high + step <= (_LAST_YEAR if high > _NOW else _NOW)
        over = any(min(int(y), int(y) + step) <= value <= max(int(y), int(y) + step) for y in years for value in others)
        if inside and not over:
            return {year: str(int(year) + step) for year in years}
    return {}


def _another(key: str, now: dict[str, float], draws: EditDraws) -> dict[str, str]:
    """Another number in the place of one among all numbers of the item; nothing where there is no room."""
    whole, _, decimals = key.partition(".")
    zeros = 0 if decimals else len(whole) - len(whole.rstrip("0"))
    step, value = 10**zeros, int(whole)
    below = max((other for name, other in now.items() if name != key and other < float(key)), default=0.0)
    above = min((other for name, other in now.items() if name != key and other > float(key)), default=float("inf"))
    low = max(-(-value // 2), 10 ** (len(whole) - 1), 2, int(below) + 1)
    high = min(2 * value, 10 ** len(whole) - 1, int(min(above, 1e10) - 1e-9))
    first, last = -(-low // step), high // step
    count = last - first
    if value < 2 or count < 1:
        return {}
    drawn = first + draws.below(count)
    drawn += drawn >= value // step
    if not decimals:
        return {key: str(drawn * step)}
    written = f"{drawn}." + "".join(str(draws.below(10)) for _ in decimals[1:]) + str(1 + draws.below(9))
    return {key: written} if below < float(written) < above else {}
