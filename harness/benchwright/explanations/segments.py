"""Texts cut into words: what a reader would call one, in any script, in linear time.

Every character that is not blank lies in exactly one word, and a word never begins with a mark that belongs to the character before it.

- Letters and digits run together; apostrophes, hyphens and ``&`` between them, and ``.`` ``,`` ``:`` ``/`` and the en dash between digits, do
  not part them: ``don't``, ``ten-year-old``, ``AT&T``, ``3.5``, ``1,000``, ``10:30``.
- Web addresses, e-mail addresses, ``@mentions``, ``#tags`` and abbreviations with stops (``U.S.``) are words.
- Of scripts without blanks an ideograph or a hiragana is a word, katakana a run of them, and of Thai, Lao, Khmer and Burmese a letter
  with its vowels and marks: where words end is a matter of meaning there.
- An emoji is a word, with its modifiers and what is joined to it; a flag is one.
- All other signs that stand together are one word: ``...``, ``?!``, ``:-)``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

Span = tuple[int, int]
"""First character and the one behind the last."""

_ADDRESS = re.compile(
    r"(?:https?://|ftp://|www\.)\S+"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}",
    re.IGNORECASE,
)
_CLOSING = frozenset(".,;:!?'\"\u2019\u201d\u00bb>]}*_~")

_SIGNS = r"P'\-.,:/&@#\u2013"
_TAIL = r"[MJFB]*"
_WORD = re.compile(
    r"(?:L\.){2,}" + _TAIL  # an abbreviation
    + r"|[@#]?[LD][LDMJF]*(?:(?:['\-&]|(?<=D)[.,:/\u2013](?=D))[LD][LDMJF]*)*" + _TAIL
    + r"|E[MF]*(?:JE[MF]*)*" + _TAIL
    + r"|RR?" + _TAIL
    + r"|[CH]" + _TAIL
    + r"|K[KM]*" + _TAIL
    + r"|V?T" + _TAIL
    + r"|V" + _TAIL
    + rf"|(?:(?![@#][LD])[{_SIGNS}]{_TAIL})+"
    + r"|[MJFB]+"
)  # fmt: skip
"""Words in a text of classes, each a letter of `_Classes`."""

_AS_THEY_ARE = frozenset(".,:/&@#\u2013")
_APOSTROPHES = frozenset("'\u2019\u00b7")
_HYPHENS = frozenset("-\u2010\u2011")
_PARTING = frozenset("\u200b\ufeff\u2028\u2029")
_RANGES = (
    (0x0E40, 0x0E44, "V"), (0x0EC0, 0x0EC4, "V"), (0x0E2F, 0x0E2F, "T"), (0x0E30, 0x0E30, "M"), (0x0E32, 0x0E33, "M"),
    (0x0E45, 0x0E46, "M"), (0x0EB0, 0x0EB0, "M"), (0x0EB2, 0x0EB3, "M"), (0x3005, 0x3007, "C"),
    (0x3041, 0x3096, "H"), (0x309D, 0x309F, "H"), (0x30A1, 0x30FA, "K"), (0x30FC, 0x30FF, "K"), (0x31F0, 0x31FF, "K"),
    (0x3400, 0x4DBF, "C"), (0x4E00, 0x9FFF, "C"), (0xF900, 0xFAFF, "C"), (0xFF66, 0xFF9F, "K"),
    (0x1F1E6, 0x1F1FF, "R"), (0x1F3FB, 0x1F3FF, "F"), (0x20000, 0x3FFFF, "C"), (0xE0020, 0xE007F, "M"),
)  # fmt: skip
_UNSPACED = ((0x0E01, 0x0E2E), (0x0E81, 0x0EAE), (0x1000, 0x102A), (0x1780, 0x17B3))
"""Letters of Thai, Lao, Burmese and Khmer."""


class _Classes(dict[int, str]):
    """Class of each character, found when it is first met.

    ``L`` letter, ``D`` digit, ``M`` mark, ``J`` joiner, ``B`` what parts words unseen, ``C`` ideograph, ``H`` hiragana, ``K`` katakana,
    ``T`` letter of a script without blanks, ``V`` vowel that stands before its letter, ``E`` pictograph, ``F`` its modifier, ``R`` half
    of a flag, ``P`` any other sign, or the sign itself, and a blank.
    """

    def __missing__(self, code: int) -> str:
        found = self[code] = _class_of(chr(code))
        return found


def _class_of(char: str) -> str:
    code, category = ord(char), unicodedata.category(char)
    if char.isspace() and char not in _PARTING:
        return " "
    for first, last, name in _RANGES:
        if first <= code <= last and category != "Cn":
            return name
    if char in _AS_THEY_ARE:
        return char
    if char in _APOSTROPHES or char in _HYPHENS:
        return "'" if char in _APOSTROPHES else "-"
    if char in _PARTING:
        return " " if char.isspace() else "B"
    if any(first <= code <= last for first, last in _UNSPACED) and category[0] == "L":
        return "T"
    return _by_category(char, category)


def _by_category(char: str, category: str) -> str:
    if char == "\u200d":
        return "J"
    if category[0] == "M" or category == "Cf":
        return "M"
    if category == "Nd":
        return "D"
    if category == "So":
        return "E"
    return "L" if char.isalnum() or char == "_" else "P"


_CLASSES = _Classes()


def find_words(text: str) -> Iterator[Span]:
    """The words of a text, in order."""
    classes = text.translate(_CLASSES)
    end = 0
    for found in _ADDRESS.finditer(text):
        start, stop = found.start(), _address_end(text, found.start(), found.end())
        if start < end or (start and classes[start - 1] in "LD" and classes[start] in "LD"):
            continue  # in the midst of a word
        yield from _between(classes, end, start)
        while stop < len(text) and classes[stop] in "MJFB":
            stop += 1
        yield start, stop
        end = stop
    yield from _between(classes, end, len(text))


def _between(classes: str, start: int, end: int) -> Iterator[Span]:
    for found in _WORD.finditer(classes, start, end):
        yield found.span()


def _address_end(text: str, start: int, end: int) -> int:
    """Where an address ends without the signs that close the sentence around it."""
    opened = text.count("(", start, end) - text.count(")", start, end)
    while end > start + 1:
        last = text[end - 1]
        if last == ")" and opened < 0:
            opened += 1
        elif last not in _CLOSING:
            break
        end -= 1
    return end
