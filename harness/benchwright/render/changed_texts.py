"""Texts of an item and of its variants beside one another, and the probabilities that answers to them have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchwright.formatting import fixed
from benchwright.render.text_change import ChangePiece, abridge, find_changes
from benchwright.types import Kind, Task

MOST_SCORES = 4
"""Labels of a model whose probabilities are shown, the likeliest ones."""


def as_text(value: Any, kind: Kind) -> str:
    """An input as one text: words joined by blanks, options numbered."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        numbered = (f"{at}: {option}" for at, option in enumerate(value))
        return "; ".join(numbered) if kind in (Kind.CHOOSE, Kind.FILL) else " ".join(map(str, value))
    return str(value)


def kept_pieces(text: str) -> tuple[ChangePiece, ...]:
    """A text as it is, shortened for reading; nothing of an empty one."""
    return abridge((ChangePiece("kept", text),)) if text else ()


def changed_pieces(old: str, new: str, edits: Sequence[Sequence[Any]] | None = None) -> tuple[ChangePiece, ...]:
    """What became of a text, with marks and shortened for reading; nothing where it is the same."""
    return () if old == new else abridge(find_changes(old, new, edits))


def likeliest(task: Task, scores: Sequence[float] | None) -> str:
    """``positive 0.83, negative 0.17``: the likeliest labels; empty without a score for each."""
    names = task.label_names
    if not scores or len(names) != len(scores):
        return ""
    best = sorted(zip(names, scores, strict=True), key=lambda one: -one[1])[:MOST_SCORES]
    more = ", …" if len(scores) > MOST_SCORES else ""
    return ", ".join(f"{name} {fixed(score, 2)}" for name, score in best) + more
