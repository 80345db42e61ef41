"""Articles, plurals and capitals of English words; articles and plurals by inflect (extra ``behaviour``)."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from benchwright.errors import BenchwrightError

_FIRST = re.compile(r"[^\w]*(?:(\d[\d,]*)|(\S*))")
"""A number, or the first word of a phrase, behind quotes and brackets."""
_OTHERWISE = {
    **dict.fromkeys(("usher", "ushers", "hiv", "m&m", "m&ms"), "an"),
    **dict.fromkeys(("url", "urls"), "a"),
}
"""Words that inflect 7.5 gives the other article."""


def with_article(text: str) -> str:
    """``a`` or ``an`` before a word or phrase, by how it sounds: a university, an hour, an 8-year-old.

    Raises:
        BenchwrightError: inflect is not installed.
    """
    return f"{_article(text.lstrip())} {text}"


def plural(text: str) -> str:
    """The plural of a noun or phrase: cities, mothers-in-law.

    Raises:
        BenchwrightError: inflect is not installed.
    """
    return str(_engine().plural_noun(text)) if text.strip() else text


def capitalised(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=65_536)
def _article(text: str) -> str:
    first = _FIRST.match(text)
    assert first is not None
    number, word = first[1], (first[2] or "").rstrip(".,;:!?)\"'")
    if number:
        return "an" if _starts_with_vowel(number.replace(",", "")) else "a"
    return _OTHERWISE.get(word.lower()) or str(_engine().a(word or text)).split(" ", 1)[0]


def _starts_with_vowel(digits: str) -> bool:
    """Whether a number is spoken with a vowel first: eight, eighty, eleven, eighteen thousand; not one hundred and eighty."""
    return digits[0] == "8" or (digits[:2] in ("11", "18") and len(digits) % 3 == 2)


@cache
def _engine() -> Any:
    try:
        import inflect
    except ImportError as error:
        raise BenchwrightError(
            "articles and plurals ({a:tag}, {plural:tag}) need inflect, which is not installed",
            hint='pip install "benchwright[behaviour]"',
        ) from error
    return inflect.engine()
