"""Perturbations: small changes of an input after which its label still holds, each a frozen value, known by name without importing it.

    typo = perturbations.named("keyboard_typo")
    item = item_of(task, example)                           # inputs, and where entities and answers stand in them
    changes = perturb(typo, item, severity=2, seed=0)       # {"text": (Edit(4, 5, "r"), ...)}; {}: nothing to change
    inputs = changed_inputs(item.inputs, changes)
    typo.labels["tag"]                                      # "kept", "apart", "declared" or "no"

What a perturbation promises not to touch is data (``Perturbation.untouched``), and so is the share of words that each severity changes.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib import import_module

from benchwright.errors import PluginError
from benchwright.perturbations.perturb import Changes, changed_inputs, perturb, project_target
from benchwright.perturbations.spec import LabelKept, Perturbation, Severity
from benchwright.perturbations.texts import Item, item_of
from benchwright.perturbations.untouched import Untouched

__all__ = [
    "DEFAULT",
    "INDEX",
    "Changes",
    "Item",
    "LabelKept",
    "Perturbation",
    "Severity",
    "Untouched",
    "changed_inputs",
    "item_of",
    "named",
    "perturb",
    "project_target",
]

INDEX: dict[str, str] = {
    "swap_characters": "characters",
    "drop_characters": "characters",
    "insert_characters": "characters",
    "keyboard_typo": "characters",
    "ocr": "characters",
    "homoglyphs": "homoglyphs",
    "case": "letter_case",
    "uppercase": "letter_case",
    "lowercase": "letter_case",
    "punctuation": "punctuation",
    "whitespace": "spaces",
    "contractions": "contractions",
    "drop_words": "word_order",
    "swap_adjacent_words": "word_order",
    "number": "values",
    "name": "values",
    "number_and_name": "values",
    "number_words": "number_words",
    "irrelevant_sentence": "context",
    "url": "context",
    "handle": "context",
    "truncation": "truncation",
    "tautology": "meaning",
}
"""Name -> module of this package that holds the perturbation under that name."""

DEFAULT: tuple[str, ...] = (
    "keyboard_typo",
    "case",
    "punctuation",
    "contractions",
    "number_and_name",
    "irrelevant_sentence",
)
"""The perturbations that ``--suite robustness`` runs where none is named."""


@cache
def named(name: str) -> Perturbation:
    """The perturbation of that name, its module imported now.

    Raises:
        PluginError: There is none of that name (with suggestions).
    """
    if name not in INDEX:
        within = [
            known for known in INDEX if name.strip("_s") and name.strip("_s") in known
        ]  # typo, typos: keyboard_typo
        close = get_close_matches(name, INDEX, n=3, cutoff=0.5) or within[:3]
        raise PluginError(
            f"unknown perturbation {name!r}",
            expected=f"one of: {', '.join(sorted(INDEX))}",
            hint=f"did you mean {' or '.join(close)}?" if close else "type `benchwright list tasks robustness`",
        )
    found: Perturbation = getattr(import_module(f"benchwright.perturbations.{INDEX[name]}"), name)
    return found
