"""Behavioural tests (MFT, INV, DIR): how suites are written, and how cases are judged.

The public names are resolved when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchwright.behaviour.draws import Draws as Draws
    from benchwright.behaviour.filled import Filled as Filled
    from benchwright.behaviour.lexicons import read_lexicons as read_lexicons
    from benchwright.behaviour.negation import add_negation as add_negation
    from benchwright.behaviour.negation import remove_negation as remove_negation
    from benchwright.behaviour.tagged_templates import tagged as tagged
    from benchwright.behaviour.templates import Editor as Editor
    from benchwright.behaviour.variants import Perturbed as Perturbed
    from benchwright.behaviour.variants import Variant as Variant
    from benchwright.behaviour.variants import edited as edited
    from benchwright.behaviour.variants import perturb as perturb
    from benchwright.behaviour.word_swaps import change_locations as change_locations
    from benchwright.behaviour.word_swaps import change_names as change_names
    from benchwright.behaviour.word_swaps import replace_words as replace_words
    from benchwright.behaviour.word_swaps import swap_words as swap_words

_HOMES = {
    "Draws": "benchwright.behaviour.draws",
    "Editor": "benchwright.behaviour.templates",
    "Filled": "benchwright.behaviour.filled",
    "Perturbed": "benchwright.behaviour.variants",
    "Variant": "benchwright.behaviour.variants",
    "add_negation": "benchwright.behaviour.negation",
    "change_locations": "benchwright.behaviour.word_swaps",
    "change_names": "benchwright.behaviour.word_swaps",
    "edited": "benchwright.behaviour.variants",
    "perturb": "benchwright.behaviour.variants",
    "read_lexicons": "benchwright.behaviour.lexicons",
    "remove_negation": "benchwright.behaviour.negation",
    "replace_words": "benchwright.behaviour.word_swaps",
    "swap_words": "benchwright.behaviour.word_swaps",
    "tagged": "benchwright.behaviour.tagged_templates",
}

__all__ = [
    "Draws",
    "Editor",
    "Filled",
    "Perturbed",
    "Variant",
    "add_negation",
    "change_locations",
    "change_names",
    "edited",
    "perturb",
    "read_lexicons",
    "remove_negation",
    "replace_words",
    "swap_words",
    "tagged",
]


def __getattr__(name: str) -> Any:
    """The public object of that name, imported now."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'benchwright.behaviour' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
