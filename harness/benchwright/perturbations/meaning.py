"""A statement that is true whatever else is, added to a text: what was said holds as before, and a negation stands in it."""

from __future__ import annotations

from collections.abc import Sequence

from benchwright.edits import Edit, TextEdits
from benchwright.perturbations.spec import DrawsFor, Perturbation, label_kept
from benchwright.perturbations.texts import Text, end_of_words
from benchwright.perturbations.untouched import Untouched

_TAUTOLOGIES = (" and false is not true", " and true is true", " and true is not false")


def _change(texts: Sequence[Text], share: float, _draws_for: DrawsFor) -> list[TextEdits]:
    """To the last text that is no option: a hypothesis, or the only text."""
    last = max((at for at, text in enumerate(texts) if text.option < 0), default=-1)
    return [_added(text, int(share)) if at == last else () for at, text in enumerate(texts)]


def _added(text: Text, count: int) -> TextEdits:
    at = end_of_words(text.text)
    return (Edit(at, at, "".join(_TAUTOLOGIES[:count])),) if at and text.starts is None else ()


tautology = Perturbation(
    name="tautology",
    title="Tautology",
    family="meaning",
    description="'and false is not true' is written at the end of the text, or of the hypothesis (Naik et al. 2018).",
    shares=(1, 2, 3),
    share_of="added, whatever the length",
    labels=label_kept("declared", tag="no", span="no", choose="no"),
    untouched=Untouched(),
    change=_change,
)
