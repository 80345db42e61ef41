"""Things added to a text that have nothing to do with it: sentences, an address, an account."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from benchwright.edits import Edit, TextEdits
from benchwright.perturbations.draws import EditDraws
from benchwright.perturbations.sentence_list import SENTENCES
from benchwright.perturbations.spec import DrawsFor, LabelKept, Perturbation, label_kept
from benchwright.perturbations.texts import Text, is_english
from benchwright.perturbations.untouched import Untouched

_ENDED = re.compile(r"[.!?…]['\"’”)\]]*\s*$")
_SIGNS = "bcdfghjkmnpqrstvwxyz23456789"
"""Without vowels no word comes out."""
_HANDLES = (
    "office",
    "reader",
    "listener",
    "viewer",
    "traveller",
    "gardener",
    "neighbour",
    "student",
    "walker",
    "visitor",
)

_MANY = 8
"""From so many words on a text that holds none of the frequent ones of English is in another language."""

Write = Callable[[Text, int, EditDraws], Edit[str] | None]
"""From a text and a number of things to the one edit that adds them."""


def _sentences(text: Text, count: int, draws: EditDraws) -> Edit[str] | None:
    """Before the text, or behind it where it ends with a mark; never behind a question with options, which they would tear apart."""
    if not is_english(text.text, at_least=_MANY):
        return None
    behind = draws.below(2) == 1 and _ENDED.search(text.text) is not None
    order = draws.order(len(SENTENCES))
    added = " ".join(_in_style(SENTENCES[at], text) for at in order[:count])
    end = len(text.text.rstrip())
    return Edit(end, end, f" {added}") if behind else Edit(0, 0, f"{added} ")


def _in_style(sentence: str, text: Text) -> str:
    if not any(map(str.isupper, text.text)):
        sentence = sentence.lower()
    return f"{sentence[:-1]} ." if text.is_tokenised else sentence


def _addresses(text: Text, count: int, draws: EditDraws) -> Edit[str]:
    paths = ("".join(draws.pick(_SIGNS) for _ in range(7)) for _ in range(count))
    end = len(text.text.rstrip())
    return Edit(end, end, "".join(f" https://example.org/{path}" for path in paths))


def _accounts(_text: Text, count: int, draws: EditDraws) -> Edit[str]:
    order = draws.order(len(_HANDLES))
    return Edit(0, 0, "".join(f"@{_HANDLES[at]} " for at in order[:count]))


def _added(name: str, title: str, description: str, write: Write, choose: LabelKept = "kept") -> Perturbation:
    def change(texts: Sequence[Text], share: float, draws_for: DrawsFor) -> list[TextEdits]:
        asked = any(text.option >= 0 for text in texts)
        found: list[TextEdits] = []
        for text in texts:
            fits = text.evidence and text.text.strip() and text.starts is None
            edit = write(text, int(share), draws_for(text.name)) if fits else None
            if edit is not None and asked and edit.start:
                edit = Edit(0, 0, f"{edit.replacement.strip()} ")
            found.append((edit,) if edit is not None else ())
        return found

    return Perturbation(
        name=name,
        title=title,
        family="context",
        description=description,
        shares=(1, 2, 3),
        share_of="added, whatever the length",
        labels=label_kept(tag="no", regress="declared", choose=choose),
        untouched=Untouched(),
        change=change,
    )


irrelevant_sentence = _added(
    "irrelevant_sentence",
    "Irrelevant sentence",
    "A sentence that has nothing to do with the text is written before it or behind it: the only text, the context, the premise.",
    _sentences,
)
url = _added("url", "Web address", "An address of example.org is written behind the text.", _addresses)
handle = _added("handle", "Account", "An account, with @, is written before the text.", _accounts)
