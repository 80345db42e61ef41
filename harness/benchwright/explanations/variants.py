"""Variants of an item in which words are taken away: left out, or put as the mask token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchwright.types import Example, Word

Kept = NDArray[np.bool_]


def variant(example: Example, words: Sequence[Word], kept: Kept, *, mask: str | None) -> Example:
    """The item with only the kept words.

    Args:
        example: The item.
        words: All of its words.
        kept: Which of them stay.
        mask: What stands for the others; None: they are left out. No two words are ever glued together by it.
    """
    inputs: dict[str, Any] = dict(example.inputs)
    for name in {word.input for word in words}:
        mine = [(word, bool(keep)) for word, keep in zip(words, kept, strict=True) if word.input == name]
        value = example.inputs[name]
        inputs[name] = _sentence(value, mine, mask) if isinstance(value, list | tuple) else _text(value, mine, mask)
    return msgspec.structs.replace(example, inputs=inputs, target=None, strict=None, edits=None)


def _sentence(value: Sequence[str], words: Sequence[tuple[Word, bool]], mask: str | None) -> list[str]:
    return [value[word.start] if keep else (mask or "") for word, keep in words]


def _text(value: str, words: Sequence[tuple[Word, bool]], mask: str | None) -> str:
    if all(keep for _, keep in words):
        return value
    parts: list[str] = []
    end, cut = 0, False
    for word, keep in words:
        gap = value[end : word.start]
        end = word.end
        if not keep and mask is None:
            cut = True
            continue
        shown = value[word.start : word.end] if keep else str(mask)
        if parts and not gap and (cut or not keep or parts[-1] == mask):
            gap = " "
        parts += [gap if parts else gap.lstrip(), shown]
        cut = False
    return "".join(parts)
