"""Numbers and names replaced by others, alike in all inputs, and in the gold by the same edits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from benchwright.edits import Edit, TextEdits
from benchwright.perturbations.draws import EditDraws
from benchwright.perturbations.names import Named, changed_names
from benchwright.perturbations.numbers import Mention, changed_numbers
from benchwright.perturbations.spec import DrawsFor, Perturbation, label_kept
from benchwright.perturbations.texts import Text
from benchwright.perturbations.untouched import Untouched

Replace = Callable[[Sequence[Text], float, EditDraws], Iterator[tuple[Mention | Named, str]]]


def _of_values(name: str, title: str, description: str, *, numbers: bool, names: bool) -> Perturbation:
    def change(texts: Sequence[Text], share: float, draws_for: DrawsFor) -> list[TextEdits]:
        found: list[list[Edit[str]]] = [[] for _ in texts]
        if numbers:
            for mention, new in changed_numbers(texts, share, draws_for("numbers")):
                found[mention.at].append(Edit(mention.start, mention.end, new))
        if names:
            for named, new in changed_names(texts, share, draws_for("names")):
                found[named.at].append(Edit(named.start, named.end, new))
        return [tuple(sorted(edits, key=lambda edit: edit.start)) for edits in found]

    return Perturbation(
        name=name,
        title=title,
        family="values",
        description=description,
        shares=(0.34, 0.67, 1.0),
        share_of="different values of an item",
        labels=label_kept(choose="declared"),
        untouched=Untouched(gold="carried", numbers=not numbers),
        change=change,
    )


number = _of_values(
    "number",
    "Numbers",
    "A number becomes another with as many digits, a year another year, alike in all inputs and in the gold; the order of numbers stays.",
    numbers=True,
    names=False,
)
name = _of_values(
    "name",
    "Names",
    "A first name becomes another of the same gender, alike in all inputs and in the gold.",
    numbers=False,
    names=True,
)
number_and_name = _of_values(
    "number_and_name",
    "Numbers and names",
    "Numbers and first names become others, alike in all inputs and in the gold.",
    numbers=True,
    names=True,
)
