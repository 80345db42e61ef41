"""Words left out and adjacent words swapped: whether the label is kept depends on the task, so somebody has to say so."""

from __future__ import annotations

from itertools import pairwise

from benchwright.edits import Edit
from benchwright.perturbations.draws import EditDraws
from benchwright.perturbations.places import Place, at_places, words
from benchwright.perturbations.spec import Perturbation, label_kept
from benchwright.perturbations.texts import Text
from benchwright.perturbations.untouched import Untouched

UNTOUCHED = Untouched()
_ENDINGS = frozenset(("s", "d", "m", "t", "ve", "re", "ll"))
"""Parts of contractions, which are words of their own in texts that were cut into words."""

_words = words(UNTOUCHED)


def _droppable(text: Text) -> list[Place]:
    """Words with the gap behind them, or before them at the end of the text; never all words."""
    found = []
    for start, end, word in _words(text):
        if text.text[end : end + 1].isspace():
            found.append(Place(start, end + 1, word))
        elif start and text.text[start - 1].isspace():
            found.append(Place(start - 1, end, word))
    whole = sum(place.end - place.start for place in found) >= len(text.text.strip())
    return found[1:] if whole else found


def _drop(place: Place, _draws: EditDraws, _text: Text) -> Edit[str]:
    return Edit(place.start, place.end, "")


def _pairs(text: Text) -> list[Place]:
    """Two words with one space between them, neither of which ends a clause."""
    found = _words(text)
    return [
        Place(one.start, two.end, f"{one.text} {two.text}")
        for one, two in pairwise(found)
        if two.start == one.end + 1
        and one.text.isalpha()
        and one.text != two.text
        and two.text[0].isalpha()
        and not {one.text, two.text} & _ENDINGS
    ]


def _swap(place: Place, _draws: EditDraws, _text: Text) -> Edit[str]:
    one, _, two = place.text.partition(" ")
    tail = len(two) - len(two.rstrip(".,;:!?\"')"))
    mark = two[len(two) - tail :]
    return Edit(place.start, place.end, f"{two[: len(two) - tail]} {one}{mark}")


drop_words = Perturbation(
    name="drop_words",
    title="Words dropped",
    family="words",
    description="A word is left out.",
    shares=(0.1, 0.2, 0.3),
    share_of="words of a text",
    labels=label_kept("declared"),
    untouched=UNTOUCHED,
    change=at_places(_droppable, _drop),
)
swap_adjacent_words = Perturbation(
    name="swap_adjacent_words",
    title="Words swapped",
    family="words",
    description="Two adjacent words change places.",
    shares=(0.1, 0.2, 0.3),
    share_of="words of a text",
    labels=label_kept("declared"),
    untouched=UNTOUCHED,
    change=at_places(_pairs, _swap),
)
