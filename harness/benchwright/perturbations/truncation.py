"""The last words of a text cut off."""

from __future__ import annotations

from collections.abc import Sequence

from benchwright.edits import Edit, TextEdits
from benchwright.perturbations.spec import DrawsFor, Perturbation, label_kept
from benchwright.perturbations.texts import Text, words_in
from benchwright.perturbations.untouched import Untouched


def _change(texts: Sequence[Text], share: float, _draws_for: DrawsFor) -> list[TextEdits]:
    alone = sum(text.option < 0 for text in texts) == 1
    return [_cut(text, share) if text.option < 0 and (alone or text.evidence) else () for text in texts]


def _cut(text: Text, share: float) -> TextEdits:
    """One edit that deletes from behind a word to the end: as near to the share as gold allows, never the first word."""
    found = words_in(text)
    keep = max(1, len(found) - int(share * len(found) + 0.5))
    last_gold = max((stop for _, stop in text.gold), default=0)
    at = max(found[keep - 1][2], last_gold) if found else 0
    return (Edit(at, len(text.text), ""),) if found and at < found[-1][2] else ()


truncation = Perturbation(
    name="truncation",
    title="Truncation",
    family="context",
    description="The last words of the text, or of the context, are cut off.",
    shares=(0.1, 0.25, 0.5),
    share_of="words of a text",
    labels=label_kept("declared", span="kept", tag="kept"),
    untouched=Untouched(numbers=False, negations=False, links=False),
    change=_change,
)
