"""Variants of an item in which words are taken away: left out, or put as the mask token; and where answers stand in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchwright.explanations.segments import find_words
from benchwright.types import Example, Kind, Target, Task, Word

Kept = NDArray[np.bool_]

STAND_IN = "_"
"""What stands for a word that is taken away from a model whose tokenizer has neither a mask nor an unknown token."""


def variant(example: Example, words: Sequence[Word], kept: Kept, *, mask: str | None) -> Example:
    """The item with only the kept words.

    The text between words goes with the word behind it. No two words are ever glued together: where a word between them is left
    out, or a mask that is no token of the model's own (`STAND_IN`) would touch them, there is a blank.

    Args:
        example: The item.
        words: All of its words, as `words.words_of` gives them.
        kept: Which of them stay.
        mask: What stands for the others; None: they are left out.
    """
    inputs: dict[str, Any] = dict(example.inputs)
    for name, mine in _by_input(words, kept).items():
        value = example.inputs[name]
        if isinstance(value, list | tuple):
            inputs[name] = _sentence(value, mine, mask)
        elif not all(keep for _, keep in mine):
            inputs[name] = "".join(piece.text for piece in _pieces(value, mine, mask))
    return msgspec.structs.replace(example, inputs=inputs, target=None, strict=None, rationale=None, edits=None)


def moved_targets(
    task: Task, example: Example, words: Sequence[Word], targets: Sequence[Target], kept: Kept, *, mask: str | None
) -> tuple[Target, ...]:
    """The targets with their places as they are in the variant; only ends of answers ever move.

    The place of a character of a word that is masked is the mask: an answer whose words are masked stays where it was.
    """
    if task.kind is not Kind.SPAN or all(target.start is None for target in targets):
        return tuple(targets)
    context = tuple(task.inputs)[-1]
    mine = _by_input(words, kept).get(context, [])
    if all(keep for _, keep in mine):
        return tuple(targets)
    pieces = list(_pieces(example.inputs[context], mine, mask))
    return tuple(
        target
        if target.start is None or target.end is None
        else msgspec.structs.replace(
            target, start=_moved(pieces, target.start, last=False), end=_moved(pieces, target.end - 1, last=True)
        )
        for target in targets
    )


def _by_input(words: Sequence[Word], kept: Kept) -> dict[str, list[tuple[Word, bool]]]:
    found: dict[str, list[tuple[Word, bool]]] = {}
    for word, keep in zip(words, kept.tolist(), strict=True):
        found.setdefault(word.input, []).append((word, keep))
    return found


def _sentence(value: Sequence[str], words: Sequence[tuple[Word, bool]], mask: str | None) -> list[str]:
    """The words of a sentence, each in its place."""
    shown = list(value)
    for word, keep in words:
        if not keep:
            shown[word.start : word.end] = [STAND_IN if mask is None else mask] * (word.end - word.start)
    return shown


class _Piece(NamedTuple):
    """What stands in a variant for ``text[start:end]`` of the original; ``same``: whether it is that very text."""

    start: int
    end: int
    text: str
    same: bool


def _pieces(text: str, words: Sequence[tuple[Word, bool]], mask: str | None) -> Iterator[_Piece]:
    """The pieces of a variant of a text, in order; they hold all that stays."""
    before: bool | None = None  # whether the last piece is a word that was kept; None: there is none yet
    end, cut = 0, False
    for word, keep in _with_rest(text, words):
        start, end = end, word.end
        if not keep and mask is None:
            cut = True
            continue
        if cut:
            start = word.start if before is None else _blanks_before(text, word.start)
        if before is not None and start == word.start and (cut or (mask == STAND_IN and not (keep and before))):
            yield _Piece(start, start, " ", same=False)
        if start < word.start:
            yield _Piece(start, word.start, text[start : word.start], same=True)
        yield _Piece(word.start, word.end, text[word.start : word.end] if keep else str(mask), same=keep)
        before, cut = keep, False
    if not cut and before is not None and end < len(text):
        yield _Piece(end, len(text), text[end:], same=True)


def _with_rest(text: str, words: Sequence[tuple[Word, bool]]) -> Iterator[tuple[Word, bool]]:
    """The words, and what stands between them and is no word of the item (a placeholder), which always stays."""
    end = 0
    for word, keep in words:
        yield from _rest(text, end, word.start, word.input)
        yield word, keep
        end = word.end
    if words:
        yield from _rest(text, end, len(text), words[0][0].input)


def _rest(text: str, start: int, end: int, name: str) -> Iterator[tuple[Word, bool]]:
    if text[start:end].strip():
        spans = list(find_words(text[start:end]))
        yield Word(input=name, start=start + spans[0][0], end=start + spans[-1][1]), True


def _blanks_before(text: str, end: int) -> int:
    """Where the blanks begin that stand right before a place."""
    while end and text[end - 1].isspace():
        end -= 1
    return end


def _moved(pieces: Sequence[_Piece], at: int, *, last: bool) -> int:
    """Where a character stands, or, where it is the last one, ends."""
    place = 0
    for piece in pieces:
        if piece.start <= at < piece.end:
            edge = len(piece.text) if last else 0
            return place + (at - piece.start + last if piece.same else edge)
        if piece.start > at:
            break
        place += len(piece.text)
    return place
