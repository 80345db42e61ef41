"""Small numbers in words instead of digits, and in digits instead of words."""

from __future__ import annotations

import re

from benchwright.edits import Edit
from benchwright.perturbations.draws import EditDraws
from benchwright.perturbations.numbers import SMALL, TENS, VALUES, crosses_gold, is_joined
from benchwright.perturbations.places import Place, at_places
from benchwright.perturbations.spec import Perturbation, label_kept
from benchwright.perturbations.texts import Text, is_english
from benchwright.perturbations.untouched import Untouched

_DIGITS = re.compile(r"(?<![$€£¥])(?<![$€£¥] )\b[0-9]{1,2}\b(?!\s*[%°$€£¥])")
_WORD = re.compile(rf"\b(?:{'|'.join(VALUES)})\b", re.IGNORECASE)
_PART = (
    r"hundred|thousand|million|billion|trillion|dozen|half|halves|thirds?|quarters?|fifths?|point|and|one|"
    + "|".join(VALUES)
)
_PART_BEFORE = re.compile(rf"(?:\b(?:{_PART})\s+|[-–—'’\w])$", re.IGNORECASE)
_PART_BEHIND = re.compile(rf"\s+(?:{_PART})\b|[-–—'’]", re.IGNORECASE)


def in_words(value: int) -> str:
    """A number from 2 to 99 in words: ``twenty-five``."""
    if value < 20:
        return SMALL[value - 2]
    return TENS[value // 10 - 2] + (f"-{['one', *SMALL][value % 10 - 1]}" if value % 10 else "")


def _places(text: Text) -> list[Place]:
    """Numbers and number words that stand alone, with what is written instead as their text."""
    if not is_english(text.text):
        return []
    found = []
    for match in _DIGITS.finditer(text.text):
        value = int(match.group())
        if value >= 2 and match.group()[0] != "0" and not is_joined(text, *match.span()):
            found.append(Place(*match.span(), in_words(value)))
    for match in _WORD.finditer(text.text):
        start, end = match.span()
        alone = not _PART_BEFORE.search(text.text[max(0, start - 12) : start]) and not _PART_BEHIND.match(
            text.text, end
        )
        if alone and not match.group().isupper() and not crosses_gold(text, start, end):
            found.append(Place(start, end, str(VALUES[match.group().lower()])))
    return sorted(found)


def _write(place: Place, _draws: EditDraws, text: Text) -> Edit[str]:
    opens = not text.text[: place.start].strip() and any(map(str.isupper, text.text))
    return Edit(place.start, place.end, place.text.capitalize() if opens else place.text)


number_words = Perturbation(
    name="number_words",
    title="Numbers in words",
    family="values",
    description="A number from 2 to 99 is written in words, a number word in digits.",
    shares=(0.34, 0.67, 1.0),
    share_of="numbers of a text",
    labels=label_kept(),
    untouched=Untouched(gold="carried", numbers=False),
    change=at_places(_places, _write, of_words=False),
)
