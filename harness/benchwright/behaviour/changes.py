"""A change of a text: what a function makes of it, and by which edits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.edits import Edit, apply


@dataclass(frozen=True)
class Variant:
    """A changed text, with what made it of the original.

    Attributes:
        value: The changed text, or the whole item where the function was given one.
        edits: (start, end, replacement) in the original; None where it was written anew.
        substitute: (old, new): what stands for what in the answer to a question about it.
    """

    value: Any
    edits: tuple[Edit[Any], ...] | None = None
    substitute: tuple[str, str] | None = None


Change = Callable[..., Any]
"""From a text (or an item) to None, to one changed text or `Variant`, or to a list of these."""


def edited(text: str, edits: Sequence[Edit[str]], substitute: tuple[str, str] | None = None) -> Variant:
    """The variant that edits make of a text."""
    return Variant(apply(text, edits), tuple(edits), substitute)
