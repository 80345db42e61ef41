"""Punctuation at the end of a text, and commas, colons and semicolons within it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from benchwright.edits import Edit, TextEdits
from benchwright.perturbations.places import how_many
from benchwright.perturbations.spec import DrawsFor, Perturbation, label_kept
from benchwright.perturbations.texts import Text, end_of_words, touches
from benchwright.perturbations.untouched import Untouched, is_link

_INNER = re.compile(r"(?<=\S)(\s?)([,;:]|\s--?)(?=\s+\S)")
_ABBREVIATED = re.compile(r"(?:\b\w|\b(?:Mr|Mrs|Ms|Dr|St|Jr|Sr|Inc|Co|Corp|Ltd|etc|vs|No))$")
_CLOSED = re.compile(r"(?:\w|(?<![.!?…])[\"'’”)\]])$")


def _change(texts: Sequence[Text], share: float, draws_for: DrawsFor) -> list[TextEdits]:
    found: list[TextEdits] = []
    for text in texts:
        if text.option >= 0 or not text.text.strip():
            found.append(())
            continue
        inner = _inner_marks(text)
        order = draws_for(f"{text.name}/{text.option}").order(len(inner))
        count = how_many(share, len(inner)) if share and inner else 0
        last = _final_mark(text)
        edits = [inner[at] for at in order[:count]] + ([last] if last else [])
        found.append(tuple(sorted(edits, key=lambda edit: edit.start)))
    return found


def _final_mark(text: Text) -> Edit[str] | None:
    """The final mark left out where there is one, a full stop written where there is none."""
    end = len(text.text.rstrip())
    without = text.text[: end_of_words(text.text)]
    if len(without) == end:
        open_to_it = _CLOSED.search(without[-2:]) and not is_link(without.split()[-1])
        return Edit(end, end, " ." if text.is_tokenised else ".") if open_to_it else None
    if not without or _ABBREVIATED.search(without[-6:]):
        return None
    return Edit(len(without), end, "")


def _inner_marks(text: Text) -> list[Edit[str]]:
    return [
        Edit(mark.start(), mark.end(), "")
        for mark in _INNER.finditer(text.text)
        if not touches(text.gold, mark.start(), mark.end()) and not _in_numbers(text.text, mark.start(), mark.end())
    ]


def _in_numbers(text: str, start: int, end: int) -> bool:
    """Whether digits stand on both sides: a list or a sum of numbers would become one number."""
    return text[:start].rstrip()[-1:].isdigit() and text[end:].lstrip()[:1].isdigit()


punctuation = Perturbation(
    name="punctuation",
    title="Punctuation",
    family="surface",
    description="The final mark of a text is left out, or a full stop is added where there is none; from severity 2 on commas, "
    "colons, semicolons and dashes within it are left out too.",
    shares=(0.0, 0.5, 1.0),
    share_of="marks within a text",
    labels=label_kept(),
    untouched=Untouched(),
    change=_change,
)
