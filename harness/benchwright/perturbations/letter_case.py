"""Upper and lower case of whole words."""

from __future__ import annotations

from collections.abc import Callable

from benchwright.edits import Edit
from benchwright.perturbations.draws import EditDraws
from benchwright.perturbations.places import MakeEdit, Place, at_places, words
from benchwright.perturbations.spec import Perturbation, label_kept
from benchwright.perturbations.texts import Text
from benchwright.perturbations.untouched import Untouched

UNTOUCHED = Untouched(negations=False)

Write = Callable[[str], str]


def _made(place: Place, new: str) -> Edit[str] | None:
    """An edit, unless nothing changes or a letter has no partner of the same length (``ß``)."""
    if new == place.text or len(new) != len(place.text):
        return None
    return Edit(place.start, place.end, new)


def _written(write: Write) -> MakeEdit:
    return lambda place, _draws, _text: _made(place, write(place.text))


def _drawn(place: Place, draws: EditDraws, _text: Text) -> Edit[str] | None:
    ways = (str.upper, str.lower, str.capitalize)
    first = draws.below(len(ways))
    made = (_made(place, ways[(first + step) % len(ways)](place.text)) for step in range(len(ways)))
    return next((edit for edit in made if edit is not None), None)


def _capitalised(text: Text) -> list[Place]:
    return [place for place in words(UNTOUCHED)(text) if place.text != place.text.lower()]


def _of_case(name: str, title: str, description: str, make: MakeEdit, *, capitalised: bool = False) -> Perturbation:
    share_of = "words with a capital" if capitalised else "words of a text"
    change = at_places(_capitalised, make, of_words=False) if capitalised else at_places(words(UNTOUCHED), make)
    return Perturbation(
        name=name,
        title=title,
        family="surface",
        description=description,
        shares=(0.25, 0.5, 1.0),
        share_of=share_of,
        labels=label_kept(tag="apart"),
        untouched=UNTOUCHED,
        change=change,
    )


case = _of_case("case", "Letter case", "A word is written in capitals, small letters, or with a capital first.", _drawn)
uppercase = _of_case("uppercase", "Capitals", "A word is written in capitals.", _written(str.upper))
lowercase = _of_case(
    "lowercase",
    "Small letters",
    "A word with a capital is written in small letters.",
    _written(str.lower),
    capitalised=True,
)
