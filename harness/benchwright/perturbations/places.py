"""Changes made at places of a text: as many of them as the severity asks for, in an order drawn once."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from benchwright.edits import Edit, TextEdits
from benchwright.perturbations.draws import EditDraws
from benchwright.perturbations.spec import Change, DrawsFor
from benchwright.perturbations.texts import Text, touches, words_in
from benchwright.perturbations.untouched import Untouched, is_kept


class Place(NamedTuple):
    """A place that may be changed: a word, a run of letters, a gap.

    Attributes:
        start: First position in the text.
        end: The one behind the last.
        text: What stands there.
    """

    start: int
    end: int
    text: str


_LINKING = frozenset("@#_")
"""Words of their own in texts that were cut into words; what follows belongs to them (``@ user``, ``user _ one``)."""

Places = Callable[[Text], Sequence[Place]]
MakeEdit = Callable[[Place, EditDraws, Text], Edit[str] | None]


def at_places(places: Places, make_edit: MakeEdit, *, of_words: bool = True, options: bool = False) -> Change:
    """A change of a share of places in each text.

    At least one place is changed where one can be. The share is one of all words of the text, or of the places (``of_words`` False);
    options are left alone unless ``options``.
    """

    def change(texts: Sequence[Text], share: float, draws_for: DrawsFor) -> list[TextEdits]:
        found: list[TextEdits] = []
        for text in texts:
            here = places(text) if options or text.option < 0 else ()
            count = how_many(share, count_words(text) if of_words else len(here))
            found.append(_edits(text, here, count, draws_for(f"{text.name}/{text.option}"), make_edit) if here else ())
        return found

    return change


def _edits(text: Text, places: Sequence[Place], count: int, draws: EditDraws, make_edit: MakeEdit) -> TextEdits:
    made: list[Edit[str]] = []
    for at in draws.order(len(places)):
        if len(made) == count:
            break
        edit = make_edit(places[at], draws, text)
        if edit is not None:
            where = bisect_left(made, edit.start, key=_start)
            free_before = where == 0 or made[where - 1].end <= edit.start
            if free_before and (where == len(made) or edit.end <= made[where].start):
                made.insert(where, edit)
    return tuple(made)


def _start(edit: Edit[str]) -> int:
    return edit.start


def how_many(share: float, of: int) -> int:
    """A share of a number, rounded, at least 1."""
    return max(1, int(share * of + 0.5))


def count_words(text: Text) -> int:
    """The number of words of a text that hold a letter or a digit."""
    return sum(_is_word(word) for word, _, _ in words_in(text))


@lru_cache(1 << 16)
def _is_word(word: str) -> bool:
    return any(map(str.isalnum, word))


def words(untouched: Untouched) -> Places:
    """Whole words, with the punctuation that adjoins them, that the promise leaves open."""

    def find(text: Text) -> list[Place]:
        kept = text.gold if untouched.gold == "kept" else ()
        found, before = [], ""
        for word, start, end in words_in(text):
            linked = untouched.links and before in _LINKING
            before = word
            if linked or not _is_word(word) or is_kept(word, untouched) or (kept and touches(kept, start, end)):
                continue
            found.append(Place(start, end, word))
        return found

    return find


def letters(untouched: Untouched) -> Places:
    """The longest run of cased letters in each word that the promise leaves open and that is long enough."""
    whole_words = words(untouched)

    def find(text: Text) -> list[Place]:
        found = []
        for start, _, word in whole_words(text):
            run = longest_run(word)
            if run is not None and run[1] - run[0] >= untouched.shortest:
                found.append(Place(start + run[0], start + run[1], word[run[0] : run[1]]))
        return found

    return find


@lru_cache(1 << 16)
def longest_run(word: str) -> tuple[int, int] | None:
    """Where the longest run of letters stands that have an upper and a lower case; None where a mark combines with a letter.

    Marks that combine, joiners and halves of characters are parts of what a person reads as one: a word with one of them is left whole.
    """
    if not word.isascii() and any(unicodedata.category(sign)[0] in "MC" for sign in word):
        return None
    best, begun = (0, 0), 0
    for at, sign in enumerate((*word, "")):
        if not (sign.isalpha() and (sign.isascii() or sign.lower() != sign.upper())):
            if at - begun > best[1] - best[0]:
                best = (begun, at)
            begun = at + 1
    return best if best[1] > best[0] else None
