"""Behavioural tests (MFT, INV, DIR): how suites are written, and how cases are judged.

The public names are resolved when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchwright.behaviour.builder import dir_ as dir_
    from benchwright.behaviour.builder import inv as inv
    from benchwright.behaviour.builder import make_suite as make_suite
    from benchwright.behaviour.builder import mft as mft
    from benchwright.behaviour.changes import Variant as Variant
    from benchwright.behaviour.changes import edited as edited
    from benchwright.behaviour.draws import Draws as Draws
    from benchwright.behaviour.filled import Filled as Filled
    from benchwright.behaviour.lexicons import read_lexicons as read_lexicons
    from benchwright.behaviour.negation import add_negation as add_negation
    from benchwright.behaviour.negation import remove_negation as remove_negation
    from benchwright.behaviour.suite_format import read_suite as read_suite
    from benchwright.behaviour.suite_format import suite_lines as suite_lines
    from benchwright.behaviour.suite_format import write_suite as write_suite
    from benchwright.behaviour.suite_types import BehaviourSuite as BehaviourSuite
    from benchwright.behaviour.suite_types import BehaviourTest as BehaviourTest
    from benchwright.behaviour.suite_types import Case as Case
    from benchwright.behaviour.tagged_templates import tagged as tagged
    from benchwright.behaviour.templates import Editor as Editor
    from benchwright.behaviour.variants import Perturbed as Perturbed
    from benchwright.behaviour.variants import perturb as perturb
    from benchwright.behaviour.word_swaps import add_phrases as add_phrases
    from benchwright.behaviour.word_swaps import change_locations as change_locations
    from benchwright.behaviour.word_swaps import change_names as change_names
    from benchwright.behaviour.word_swaps import replace_words as replace_words
    from benchwright.behaviour.word_swaps import swap_words as swap_words
    from benchwright.edits import Edit as Edit
    from benchwright.types.expectations import AnswerText as AnswerText
    from benchwright.types.expectations import Differs as Differs
    from benchwright.types.expectations import Equals as Equals
    from benchwright.types.expectations import EqualsIf as EqualsIf
    from benchwright.types.expectations import EqualsLenient as EqualsLenient
    from benchwright.types.expectations import Implies as Implies
    from benchwright.types.expectations import Invariant as Invariant
    from benchwright.types.expectations import Monotonic as Monotonic
    from benchwright.types.expectations import Shift as Shift

_HOMES = {
    "AnswerText": "benchwright.types.expectations",
    "BehaviourSuite": "benchwright.behaviour.suite_types",
    "BehaviourTest": "benchwright.behaviour.suite_types",
    "Case": "benchwright.behaviour.suite_types",
    "Differs": "benchwright.types.expectations",
    "Draws": "benchwright.behaviour.draws",
    "Edit": "benchwright.edits",
    "Editor": "benchwright.behaviour.templates",
    "Equals": "benchwright.types.expectations",
    "EqualsIf": "benchwright.types.expectations",
    "EqualsLenient": "benchwright.types.expectations",
    "Filled": "benchwright.behaviour.filled",
    "Implies": "benchwright.types.expectations",
    "Invariant": "benchwright.types.expectations",
    "Monotonic": "benchwright.types.expectations",
    "Perturbed": "benchwright.behaviour.variants",
    "Shift": "benchwright.types.expectations",
    "Variant": "benchwright.behaviour.changes",
    "add_negation": "benchwright.behaviour.negation",
    "add_phrases": "benchwright.behaviour.word_swaps",
    "change_locations": "benchwright.behaviour.word_swaps",
    "change_names": "benchwright.behaviour.word_swaps",
    "dir_": "benchwright.behaviour.builder",
    "edited": "benchwright.behaviour.changes",
    "inv": "benchwright.behaviour.builder",
    "make_suite": "benchwright.behaviour.builder",
    "mft": "benchwright.behaviour.builder",
    "perturb": "benchwright.behaviour.variants",
    "read_lexicons": "benchwright.behaviour.lexicons",
    "read_suite": "benchwright.behaviour.suite_format",
    "remove_negation": "benchwright.behaviour.negation",
    "replace_words": "benchwright.behaviour.word_swaps",
    "suite_lines": "benchwright.behaviour.suite_format",
    "swap_words": "benchwright.behaviour.word_swaps",
    "tagged": "benchwright.behaviour.tagged_templates",
    "write_suite": "benchwright.behaviour.suite_format",
}

__all__ = [
    "AnswerText",
    "BehaviourSuite",
    "BehaviourTest",
    "Case",
    "Differs",
    "Draws",
    "Edit",
    "Editor",
    "Equals",
    "EqualsIf",
    "EqualsLenient",
    "Filled",
    "Implies",
    "Invariant",
    "Monotonic",
    "Perturbed",
    "Shift",
    "Variant",
    "add_negation",
    "add_phrases",
    "change_locations",
    "change_names",
    "dir_",
    "edited",
    "inv",
    "make_suite",
    "mft",
    "perturb",
    "read_lexicons",
    "read_suite",
    "remove_negation",
    "replace_words",
    "suite_lines",
    "swap_words",
    "tagged",
    "write_suite",
]


def __getattr__(name: str) -> Any:
    """The public object of that name, imported now."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'benchwright.behaviour' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
