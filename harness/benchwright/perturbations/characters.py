"""Slips of single characters: one in each chosen word, never so that another common word comes out.

Slips of the hand leave the first letter, by which words are known; a scanner does not.
"""

from __future__ import annotations

from collections.abc import Callable

from benchwright.edits import Edit
from benchwright.perturbations.common_words import is_common
from benchwright.perturbations.draws import EditDraws
from benchwright.perturbations.keyboard import NEIGHBOURS, OCR
from benchwright.perturbations.places import MakeEdit, Place, at_places, letters
from benchwright.perturbations.spec import Perturbation, label_kept
from benchwright.perturbations.texts import Text
from benchwright.perturbations.untouched import Untouched, is_negation

_TRIES = 4
"""How often another slip is drawn where one would write a common word."""

UNTOUCHED = Untouched(shortest=4)
SHARES = (0.1, 0.2, 0.4)

Slip = Callable[[str, EditDraws], Edit[str] | None]
"""From a run of letters to an edit of it, or None where this draw changes nothing."""


def slipped(slip: Slip) -> MakeEdit:
    """An edit of a word by the slip, drawn again where it would write a common word, a negation or the same word."""

    def make(place: Place, draws: EditDraws, _text: Text) -> Edit[str] | None:
        for _ in range(_TRIES):
            edit = slip(place.text, draws)
            if edit is None:
                continue
            start, end, written = edit
            new = place.text[:start] + written + place.text[end:]
            if new != place.text and not is_common(new.lower()) and not is_negation(new):
                return Edit(place.start + start, place.start + end, written)
        return None

    return make


def _swap(run: str, draws: EditDraws) -> Edit[str] | None:
    at = 1 + draws.below(len(run) - 2)
    one, two = run[at], run[at + 1]
    if one.lower() == two.lower():
        return None
    return Edit(at, at + 2, _cased(two, one) + _cased(one, two))


def _drop(run: str, draws: EditDraws) -> Edit[str]:
    at = 1 + draws.below(len(run) - 1)
    return Edit(at, at + 1, "")


def _insert(run: str, draws: EditDraws) -> Edit[str] | None:
    at = 1 + draws.below(len(run) - 1)
    keys = NEIGHBOURS.get(run[at].lower(), "") + run[at].lower()
    return Edit(at + 1, at + 1, _cased(draws.pick(keys), run[at]))


def _typo(run: str, draws: EditDraws) -> Edit[str] | None:
    at = 1 + draws.below(len(run) - 1)
    keys = NEIGHBOURS.get(run[at].lower())
    return Edit(at, at + 1, _cased(draws.pick(keys), run[at])) if keys else None


def _misread(run: str, draws: EditDraws) -> Edit[str] | None:
    found = []
    for printed, read in OCR:
        at = run.find(printed)
        while at >= 0:
            found.append((at, printed, read))
            at = run.find(printed, at + 1)
    if not found:
        return None
    at, printed, read = draws.pick(found)
    return Edit(at, at + len(printed), draws.pick(read))


def _cased(letter: str, like: str) -> str:
    return letter.upper() if like.isupper() else letter.lower()


def _of_characters(name: str, title: str, description: str, slip: Slip) -> Perturbation:
    return Perturbation(
        name=name,
        title=title,
        family="characters",
        description=description,
        shares=SHARES,
        share_of="words of a text",
        labels=label_kept(),
        untouched=UNTOUCHED,
        change=at_places(letters(UNTOUCHED), slipped(slip)),
    )


swap_characters = _of_characters(
    "swap_characters", "Letters swapped", "Two adjacent letters of a word change places.", _swap
)
drop_characters = _of_characters("drop_characters", "Letters dropped", "A letter of a word is left out.", _drop)
insert_characters = _of_characters(
    "insert_characters",
    "Letters inserted",
    "A letter of a word is struck twice, or a key beside it is struck too.",
    _insert,
)
keyboard_typo = _of_characters(
    "keyboard_typo", "Keyboard typos", "A letter of a word is replaced by one on a key beside it (QWERTY).", _typo
)
ocr = _of_characters(
    "ocr", "Misread characters", "A letter, or a pair, is replaced by what a scanner takes it for.", _misread
)
