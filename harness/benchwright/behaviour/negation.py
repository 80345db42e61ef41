"""Negation put in or taken out, in sentences of declared patterns; any other sentence is left alone.

The patterns: a form of *be* or a modal verb (``is``, ``could``), which takes *not* behind it; and I, we, you or they before a verb
of our lists (``I liked``), which takes *do not* or *did not*. A question, a sentence with several such
places, or one with a negation already has none that is certain.
"""

from __future__ import annotations

import re
from functools import cache

from benchwright.behaviour.changes import Variant, edited
from benchwright.behaviour.item_texts import only_text
from benchwright.behaviour.lexicons import built_in
from benchwright.edits import Edit

_AUXILIARY = "am|is|are|was|were|can|could|will|would|should|must|might|has|have|had"
_PLAIN = re.compile(
    r"(?<=[\w'’\")] )(?:am|is|are|was|were|can|could|will|would|should|must|might)\b(?!['’])", re.IGNORECASE
)
_CLIPPED = r"I['’]m|(?:it|he|she|that|there)['’]s|(?:we|you|they)['’]re"
_SHORT_BE = re.compile(rf"\b(?:{_CLIPPED})(?= )", re.IGNORECASE)
_NOT = re.compile(rf"\b({_AUXILIARY}|{_CLIPPED})( not)\b", re.IGNORECASE)
_SHORT = re.compile(r"\b(is|are|was|were|could|would|should|must|has|have|had)(n['’]t)\b", re.IGNORECASE)
_IRREGULAR = re.compile(r"\b(can['’]t|cannot|won['’]t)(?!\w)", re.IGNORECASE)
_WHOLE = {"can": "can", "won": "will"}
_NEGATIVE = re.compile(
    r"\b(?:not|no|never|nothing|nobody|none|neither|nor|cannot|without|hardly|barely)\b|n['’]t\b", re.IGNORECASE
)
_ASKED = re.compile(r"\?|\b(?:do|does|did) (?:I|we|you|they)\b", re.IGNORECASE)
_SUBJECT = r"\b(?:I|[Ww]e|[Yy]ou|[Tt]hey) "


def add_negation(text: str) -> Variant | None:
    """The text with *not*; None where it has a negation, or not exactly one place of the patterns."""
    text = only_text(text)
    if _NEGATIVE.search(text) or _ASKED.search(text):
        return None
    edits = [
        Edit(found.end(), found.end(), "not" if found[0] == "can" else " not")
        for pattern in (_PLAIN, _SHORT_BE)
        for found in pattern.finditer(text)
    ]
    edits += [
        Edit(
            found.start(1),
            found.end(1),
            f"{'did' if found[1] in _past() else 'do'} not {_past().get(found[1], found[1])}",
        )
        for found in _verbs().finditer(text)
    ]
    return edited(text, edits) if len(edits) == 1 else None


def remove_negation(text: str) -> Variant | None:
    """The text without its *not*; None where it has not exactly one negation, or one that is not of the patterns."""
    text = only_text(text)
    if len(_NEGATIVE.findall(text)) != 1 or _ASKED.search(text):
        return None
    for pattern in (_did_not(), _NOT, _SHORT, _IRREGULAR):
        found = pattern.search(text)
        if found is not None:
            return edited(text, [_without(found, pattern)])
    return None


def _without(found: re.Match[str], pattern: re.Pattern[str]) -> Edit[str]:
    if pattern is _did_not():
        is_past = found[1].lower() == "did"
        return Edit(found.start(1), found.end(2), _present_to_past().get(found[2], found[2]) if is_past else found[2])
    if pattern is _IRREGULAR:
        word = _WHOLE[found[1].lower()[:3]]
        return Edit(found.start(), found.end(), word.capitalize() if found[1][0].isupper() else word)
    return Edit(found.start(2), found.end(2), "")


@cache
def _past() -> dict[str, str]:
    """Past of a verb of our lists -> the verb."""
    words = built_in()
    moods = ("positive", "negative", "neutral")
    return {
        past: verb
        for mood in moods
        for verb, past in zip(words[f"{mood}_verb"], words[f"{mood}_verb_past"], strict=True)
    }


@cache
def _present_to_past() -> dict[str, str]:
    return {verb: past for past, verb in _past().items()}


@cache
def _verbs() -> re.Pattern[str]:
    words = {*_past(), *_past().values()}
    return re.compile(rf"{_SUBJECT}({'|'.join(sorted(words, key=len, reverse=True))})\b")


@cache
def _did_not() -> re.Pattern[str]:
    return re.compile(
        rf"{_SUBJECT}(do|did)(?: not|n['’]t) ({'|'.join(sorted(_past().values(), key=len, reverse=True))})\b"
    )
