"""Contractions written out and full forms contracted, where both say the same without doubt."""

from __future__ import annotations

import re

from benchwright.edits import Edit
from benchwright.perturbations.draws import EditDraws
from benchwright.perturbations.places import Place, at_places
from benchwright.perturbations.spec import Perturbation, label_kept
from benchwright.perturbations.texts import Text, touches
from benchwright.perturbations.untouched import Untouched

_VERBS = """
is are was were do does did has have had could would should must need
"""
_AUXILIARIES = _VERBS.split()
"""Verbs that take ``n't`` without a change of their own."""

_IRREGULAR = {"will not": "won't", "cannot": "can't", "can not": "can't"}
_OPEN = {"won't": "will not", "can't": "cannot"}
_BE = r"(?=\s+(?:an?|the|just|very|so|too|really|also|still|quite|always|never|going|\w{3,}ing)\b)"
"""What may follow a form of *be* that is contracted: it neither ends a clause nor asks (*what it is like*)."""

_IS = (
    r"(?=\s+(?:not(?! been)|no|an?|the|very|so|too|quite|in|at|on|about|this|my|your|his|her|its|our|their|one|as|going|"
    r"\w{3,}ing)\b)"
)
"""What follows *'s* where it is a form of *be*, not of *have*."""

_DONE = r"(?=\s+(?:been|never|always|just|also|already|seen|had|done|made|come|gone|got|become|taken|given|known|\w{2,}ed)\b)"
_VERB = r"(?=\s+(?:be|have|never|always|also|only|(?!not\b)\w{3,})\b)"

_SUBJECT = re.compile(r"\s+(?:i|you|he|she|it|we|they)\b", re.IGNORECASE)
_SUBJECT_OF_DO = re.compile(
    r"\s+(?:i|you|he|she|it|we|they|the|this|that|these|those|my|your|his|her|our|their|people|any\w*|some\w*)\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"[^.!?;]*\?")
_CLAUSE = 200
"""Characters behind a contraction in which its sentence is looked for the mark of a question."""

_FULL: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), written)
    for pattern, written in (
        (rf"\b(?:{'|'.join(_AUXILIARIES)})( not)\b", "n't"),
        (r"\b(?:will not|cannot|can not)\b", "*"),
        (rf"\bi( am)\b{_BE}", "'m"),
        (rf"\b(?:you|we|they)( are)\b{_BE}", "'re"),
        (rf"\b(?:it|he|she|that|there)( is)\b{_BE}", "'s"),
        (rf"\b(?:i|you|we|they)( have)\b{_DONE}", "'ve"),
        (rf"\b(?:i|you|he|she|it|we|they)( will)\b{_VERB}", "'ll"),
    )
)
_SHORT: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), written)
    for pattern, written in (
        (rf"\b(?:{'|'.join(_AUXILIARIES)})( ?n ?['’] ?t)\b", " not"),
        (r"\b(?:wo|ca) ?n ?['’] ?t\b", "*"),
        (r"\bi( ?['’] ?m)\b(?=\s+\w)", " am"),
        (r"\b(?:you|we|they)( ?['’] ?re)\b(?=\s+\w)", " are"),
        (rf"\b(?:it|he|she|that|there)( ?['’] ?s)\b{_IS}", " is"),
        (r"\b(?:i|you|we|they)( ?['’] ?ve)\b(?=\s+\w)", " have"),
        (r"\b(?:i|you|he|she|it|we|they)( ?['’] ?ll)\b(?=\s+\w)", " will"),
    )
)


def _places(text: Text) -> list[Place]:
    """Every form that has another, with the other one as its text, in the order of the text."""
    found = []
    for forms in (_FULL, _SHORT):
        for pattern, written in forms:
            for match in pattern.finditer(text.text):
                start, end = match.span(1) if pattern.groups else match.span()
                inverted = forms is _SHORT and written in (" not", "*") and _asks(text.text, match)
                if not touches(text.gold, start, end) and not inverted:
                    found.append(Place(start, end, _other(match.group(), written)))
    return sorted(found)


def _asks(text: str, match: re.Match[str]) -> bool:
    """Whether *n't* stands before its subject, where *not* would not (*aren't they*, *didn't the others*); or in a question."""
    behind = text[match.end() : match.end() + _CLAUSE]
    subject = _SUBJECT_OF_DO if match.group().lower().startswith("d") else _SUBJECT
    return subject.match(behind) is not None or _QUESTION.match(behind) is not None


def _other(form: str, written: str) -> str:
    if written != "*":
        return written
    low = re.sub(r"\s+", " ", form.lower().replace("’", "'"))
    new = _IRREGULAR.get(low) or _OPEN[low.replace(" ", "")]
    return new.capitalize() if form[0].isupper() else new


def _write(place: Place, _draws: EditDraws, text: Text) -> Edit[str]:
    new = place.text
    if new[0] in "'n" and text.starts is None and text.is_tokenised:
        new = f" {new}"
    return Edit(place.start, place.end, new.upper() if _is_loud(text.text[place.start : place.end]) else new)


def _is_loud(form: str) -> bool:
    signs = [sign for sign in form if sign.isalpha()]
    return len(signs) > 1 and all(map(str.isupper, signs))


contractions = Perturbation(
    name="contractions",
    title="Contractions",
    family="surface",
    description="A contraction is written out (isn't: is not), a full form contracted.",
    shares=(0.34, 0.67, 1.0),
    share_of="places with another form",
    labels=label_kept(),
    untouched=Untouched(negations=False),
    change=at_places(_places, _write, of_words=False),
)
