"""First names of an item, and others of the same gender in their place, alike everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchwright.perturbations.draws import EditDraws
from benchwright.perturbations.name_list import FEMALE, MALE, NOT_AFTER, NOT_BEFORE
from benchwright.perturbations.numbers import crosses_gold
from benchwright.perturbations.places import how_many
from benchwright.perturbations.texts import Text

_WORD = re.compile(r"[^\W\d_]+")
_BEFORE = re.compile(r"([\w.&]+)\s+$")
_BEHIND = re.compile(r"\s+([\w.&]+)")
_GENDER: dict[str, tuple[str, ...]] = {name.lower(): names for names in (FEMALE, MALE) for name in names}


class Named(NamedTuple):
    """A first name in a text: number of the text, first character, the one behind the last, the name in small letters."""

    at: int
    start: int
    end: int
    key: str


def changed_names(texts: Sequence[Text], share: float, draws: EditDraws) -> Iterator[tuple[Named, str]]:
    """First names with what is written instead. A name that stands anywhere where it may not be changed stays everywhere."""
    small = not any(sign.isupper() for text in texts for sign in text.text)
    known = {word.lower() for text in texts for word in _WORD.findall(text.text)}
    found, stay = [], set()
    for at, text in enumerate(texts):
        for match in _WORD.finditer(text.text):
            key = match.group().lower()
            if key in _GENDER:
                named = Named(at, *match.span(), key)
                if _is_first_name(text, named, small=small):
                    found.append(named)
                else:
                    stay.add(key)
    keys = [key for key in dict.fromkeys(named.key for named in found) if key not in stay]
    new = _new_names(keys, known, how_many(share, len(keys)), draws)
    for named in found:
        if named.key in new:
            yield named, _cased(new[named.key], texts[named.at].text[named.start : named.end])


def _is_first_name(text: Text, named: Named, *, small: bool) -> bool:
    written = text.text[named.start : named.end]
    if not (small or written.istitle() or written.isupper()):
        return False
    if text.starts is not None:
        return any(begin <= named.start and named.end <= stop for begin, stop in text.persons)
    around = text.text[named.start - 1 : named.start] + text.text[named.end : named.end + 1]
    if any(sign in "-_@#/&" for sign in around) or crosses_gold(text, named.start, named.end):
        return False
    before = _BEFORE.search(text.text[max(0, named.start - 20) : named.start])
    behind = _BEHIND.match(text.text, named.end)
    if before and before.group(1).lower() in NOT_AFTER:
        return False
    return not (behind and _makes_a_place(behind.group(1)) and (small or behind.group(1)[0].isupper()))


def _makes_a_place(word: str) -> bool:
    return word.lower() in NOT_BEFORE or word.lower().rstrip(".") in NOT_BEFORE


def _new_names(keys: Sequence[str], known: set[str], count: int, draws: EditDraws) -> dict[str, str]:
    """Name -> another of its list that stands nowhere in the item, for as many of them as are asked for."""
    new: dict[str, str] = {}
    taken = set(known)
    for at in draws.order(len(keys))[: count if keys else 0]:
        names = _GENDER[keys[at]]
        first = draws.below(len(names))
        other = next(
            name for step in range(len(names)) if (name := names[(first + step) % len(names)]).lower() not in taken
        )
        new[keys[at]] = other
        taken.add(other.lower())
    return new


def _cased(name: str, like: str) -> str:
    if like.islower():
        return name.lower()
    return name.upper() if like.isupper() else name
