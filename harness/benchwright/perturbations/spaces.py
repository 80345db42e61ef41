"""White space between words and at the ends of a text."""

from __future__ import annotations

import re

from benchwright.edits import Edit
from benchwright.perturbations.draws import EditDraws
from benchwright.perturbations.places import Place, at_places
from benchwright.perturbations.spec import Perturbation, label_kept
from benchwright.perturbations.texts import Text, touches
from benchwright.perturbations.untouched import Untouched

_GAP = re.compile(r"(?<=\S) (?=\S)")
_WIDER = ("  ", "   ", "\t", " \n")


def _gaps(text: Text) -> list[Place]:
    if text.starts is not None:
        return []
    return [
        Place(gap.start(), gap.end(), " ")
        for gap in _GAP.finditer(text.text)
        if not touches(text.gold, gap.start(), gap.end())
    ]


def _wider(place: Place, draws: EditDraws, _text: Text) -> Edit[str]:
    return Edit(place.start, place.end, draws.pick(_WIDER))


whitespace = Perturbation(
    name="whitespace",
    title="White space",
    family="surface",
    description="A space between two words becomes two or three, a tab, or a line break.",
    shares=(0.1, 0.3, 0.6),
    share_of="gaps between words",
    labels=label_kept(tag="no"),
    untouched=Untouched(numbers=False, negations=False, links=False),
    change=at_places(_gaps, _wider, of_words=False),
)
