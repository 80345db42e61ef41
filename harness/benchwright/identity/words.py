"""Words of a text: where they stand, whether a capital means something there, and what a whole word is."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal, NamedTuple

from benchwright.perturbations.untouched import is_link

Casing = Literal["sentence", "lower", "upper", "title"]
"""How a text is written: as prose, without any capital, in capitals only, or as a heading with a capital in nearly every word."""

_WORD = re.compile("[\\w\u0300-\u036f]+")
"""Letters, digits and underscores of any script with the marks that combine with them: a longest run is one word."""
_ENDS = frozenset('.!?:;…`"“”‘([{|•*–—')
"""Signs behind which a capital means nothing."""
_TITLES = frozenset(
    ["mr", "mrs", "ms", "dr", "prof", "rev", "st", "sen", "gov", "gen", "lt", "col", "capt", "sgt", "jr", "sr", "vs"]
)
_SHORTENED = frozenset(["s", "d", "ll", "re", "ve", "m", "t"])
"""What may follow an apostrophe that ends a word: Ali's, he'd."""
_HEADING = 0.9
_APOSTROPHES = "'’"


class Word(NamedTuple):
    """A word with its place.

    Attributes:
        text: As it is written.
        start: First character.
        end: The one behind the last.
        low: In small letters, by which it is compared.
    """

    text: str
    start: int
    end: int
    low: str

    @property
    def is_capital(self) -> bool:
        """Whether its first letter is a capital."""
        return self.text[0].isupper()


@lru_cache(1 << 12)
def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text, in order."""
    return tuple(Word(found[0], *found.span(), _low(found[0])) for found in _WORD.finditer(text))


def _low(word: str) -> str:
    """A word in small letters, a letter and its marks as one character where there is one."""
    return word.lower() if word.isascii() else unicodedata.normalize("NFC", word.lower())


@lru_cache(1 << 12)
def lows_of(text: str) -> frozenset[str]:
    """The distinct words of a text in small letters."""
    return frozenset(word.low for word in words_of(text))


@lru_cache(1 << 12)
def casing_of(text: str) -> Casing:
    """How a text is written."""
    letters = [sign for sign in text if sign.isalpha()]
    if not any(sign.isupper() for sign in letters):
        return "lower"
    if not any(sign.islower() for sign in letters):
        return "upper"
    long = [word for word in words_of(text) if len(word.text) > 3 and word.text.isalpha()]
    capitals = sum(word.is_capital for word in long)
    return "title" if len(long) > 3 and capitals >= _HEADING * len(long) else "sentence"


def is_first(text: str, start: int) -> bool:
    """Whether what begins there begins a sentence, a quotation or a bracket, so that a capital means nothing."""
    before = text[:start].rstrip()
    while before[-1:] in ("'", "’", '"') and before[-2:-1].isspace():
        before = before[:-1].rstrip()
    if not before or before in ("'", "’") or before[-1] in _ENDS - {"."}:
        return True
    if before[-1] != ".":
        return False
    last = before[:-1].rstrip().rpartition(" ")[2].lower()
    return last not in _TITLES and len(last) != 1


_LINKED = re.compile(r"(?:^|\s)[@#_]\s$")
_LINKING = re.compile(r"\s[_@]\s")
"""Signs that stand apart in texts that were cut into words, and belong to what follows: ``@ user _ one``."""
Edge = Literal["free", "inside", "hyphen", "joined"]
"""What a place adjoins: nothing; a part of the same word; a hyphen; a sign that joins it to something else."""


def edge(text: str, start: int, end: int) -> Edge:
    """Whether a place that begins and ends with words is whole: ``inside`` of an address, a tag or a longer word with an apostrophe
    it is none, by a ``hyphen`` or ``joined`` by a slash or an ampersand it may be.
    """
    before, behind = text[start - 1 : start] if start else "", text[end : end + 1]
    if before in ("@", "#", "\\") or (before in _APOSTROPHES and before and text[start - 2 : start - 1].isalnum()):
        return "inside"
    if _LINKED.search(text[max(0, start - 3) : start]) or _LINKING.match(text, end):
        return "inside"
    if is_link(text[text.rfind(" ", 0, start) + 1 : _blank(text, end)]):
        return "inside"
    if behind == "@" or (behind in _APOSTROPHES and behind and _goes_on(text, end + 1)):
        return "inside"
    if _is_dotted(text, start - 1) or _is_dotted(text, end):
        return "inside"
    if text[start - 2 : start] == "/ " or text[end : end + 2] == " /":
        return "joined"
    if "/" in (before, behind) or "&" in (before, behind):
        return "inside" if "//" in text[max(0, start - 12) : start] else "joined"
    is_hyphen = (before == "-" and text[start - 2 : start - 1].isalnum()) or (
        behind == "-" and text[end + 1 : end + 2].isalnum()
    )
    return "hyphen" if is_hyphen else "free"


def _blank(text: str, at: int) -> int:
    found = text.find(" ", at)
    return len(text) if found < 0 else found


def _goes_on(text: str, at: int) -> bool:
    found = _WORD.match(text, at)
    return found is not None and found[0].lower() not in _SHORTENED


def _is_dotted(text: str, at: int) -> bool:
    """Whether a dot at a place stands within an address: between a letter and a small letter or digit."""
    return at > 0 and text[at : at + 1] == "." and text[at - 1].isalnum() and _small(text[at + 1 : at + 2])


def _small(sign: str) -> bool:
    return sign.islower() or sign.isdigit()


def cased(new: str, old: str, term: str) -> str:
    """A new term written as the old one is: in capitals, in small letters where the lexicon has a capital, with a capital of its own
    where the lexicon has none.
    """
    letters = [sign for sign in old if sign.isalpha()]
    if len(letters) > 1 and all(sign.isupper() for sign in letters) and not term.isupper():
        return new.upper()
    if term[:1].isupper() and old[:1].islower():
        return new.lower()
    if term[:1].islower() and old[:1].isupper():
        return new[:1].upper() + new[1:]
    return new
