"""Letters of other scripts that look alike, as the Unicode Consortium's table of confusables has them."""

from __future__ import annotations

import unicodedata
from functools import cache

from benchwright.edits import Edit
from benchwright.errors import PluginError
from benchwright.perturbations.draws import EditDraws
from benchwright.perturbations.places import Place, at_places, letters
from benchwright.perturbations.spec import Perturbation, label_kept
from benchwright.perturbations.texts import Text
from benchwright.perturbations.untouched import Untouched

UNTOUCHED = Untouched(shortest=2)
_SCRIPTS = ("CYRILLIC", "GREEK")
"""Scripts that every system font draws; mathematical letters and rare scripts would be seen."""

_LAST = 0x52F
"""Last code point of the blocks Greek and Cyrillic; later blocks hold historic letters, which few fonts draw."""

_SEEN = frozenset("ϜԌϺѴαҽιӏϳσгѡγυρѵүУ")
"""Letters of the table that a reader tells from the Latin one at first sight."""


@cache
def lookalikes() -> dict[str, str]:
    """Latin letter -> letters of the same case in Cyrillic and Greek that look like it, by code point.

    Raises:
        PluginError: confusable-homoglyphs is not installed.
    """
    try:
        from confusable_homoglyphs.confusables import confusables_data
    except ImportError as error:
        raise PluginError(
            "homoglyphs needs the package confusable-homoglyphs", hint="pip install 'benchwright[behaviour]'"
        ) from error
    found: dict[str, str] = {}
    for letter in map(chr, (*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1))):
        alike = sorted({one["c"] for one in confusables_data.get(letter, ()) if _is_letter_like(one["c"], letter)})
        if alike:
            found[letter] = "".join(alike)
    return found


def _is_letter_like(other: str, letter: str) -> bool:
    return (
        len(other) == 1
        and ord(other) <= _LAST
        and other not in _SEEN
        and unicodedata.category(other) == unicodedata.category(letter)
        and unicodedata.name(other, "").startswith(_SCRIPTS)
        and "SYMBOL" not in unicodedata.name(other)
    )


def _replaced(place: Place, draws: EditDraws, _text: Text) -> Edit[str] | None:
    alike = lookalikes()
    open_to_it = [at for at, letter in enumerate(place.text) if letter in alike]
    if not open_to_it:
        return None
    at = draws.pick(open_to_it)
    return Edit(place.start + at, place.start + at + 1, draws.pick(alike[place.text[at]]))


homoglyphs = Perturbation(
    name="homoglyphs",
    title="Homoglyphs",
    family="characters",
    description="A letter of a word is replaced by a Cyrillic or Greek one that looks the same.",
    shares=(0.1, 0.2, 0.4),
    share_of="words of a text",
    labels=label_kept(),
    untouched=UNTOUCHED,
    change=at_places(letters(UNTOUCHED), _replaced),
)
