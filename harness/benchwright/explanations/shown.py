"""An explained item for the eye: its inputs in pieces, each word with what it counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from benchwright.errors import StoreError
from benchwright.render.shaded_text import ShadedPiece, ShadedText
from benchwright.types import Attribution, Explanation, Target, Word

NOISE = 1e-6
"""Values smaller than so much of the explained number (at least of 1) are none: arithmetic in single precision."""


def shade(
    inputs: Mapping[str, Any], explanation: Explanation, attribution: Attribution, *, largest: float | None = None
) -> tuple[ShadedText, ...]:
    """The inputs of an item in pieces, in their order, with the values of one of its attributions.

    Args:
        inputs: Input name -> value, of an example or in ``extra["inputs"]`` of a record.
        explanation: Of that item.
        attribution: One of its.
        largest: The absolute value that has a share of 1; default: `largest_of` this attribution. Greater values have it too.

    Returns:
        A text for each input; the pieces of an entity or answer that is explained are `ShadedPiece.named`. Options of a choice are one
        text, numbered, a piece each.

    Raises:
        StoreError: Words and inputs do not fit one another: values would stand at the wrong words.
    """
    refuse_misplaced(inputs, explanation)
    if len(attribution.values) != len(explanation.words) or not all(map(math.isfinite, attribution.values)):
        raise _misplaced(explanation, f"{len(attribution.values)} values for {len(explanation.words)} words")
    most = largest_of(attribution) if largest is None else largest
    valued = list(zip(explanation.words, attribution.values, strict=True))
    found = []
    where = _place_of(inputs, attribution.target)
    for name, value in inputs.items():
        mine = [(word, number) for word, number in valued if word.input == name]
        span = where[1] if where is not None and where[0] == name else range(0)
        if isinstance(value, str):
            pieces = _named(_text(value, mine, most), span)
        else:
            pieces = _sentence(value, mine, most, span) if mine else _options(value)
        found.append(ShadedText(name, tuple(pieces)))
    return tuple(found)


def _place_of(inputs: Mapping[str, Any], target: Target) -> tuple[str, range] | None:
    """The input that an explained entity (its words) or answer (its characters) stands in, and where; None of other targets."""
    if target.start is None or target.end is None:
        return None
    # Answers stand in the last input, as `variants.moved_targets` has it.
    names = [name for name, value in inputs.items() if isinstance(value, str) != bool(target.tags)]
    return (names[-1], range(target.start, target.end)) if names else None


def _named(pieces: Sequence[ShadedPiece], span: range) -> list[ShadedPiece]:
    """The pieces of a text with those named that hold characters of a span."""
    found, at = [], 0
    for piece in pieces:
        end = at + len(piece.text)
        found.append(replace(piece, named=True) if at < span.stop and end > span.start else piece)
        at = end
    return found


def largest_of(*attributions: Attribution) -> float:
    """The largest absolute value; 0 where there is none, or where no word changes the number by more than the error of computing it."""
    values = (abs(value) for one in attributions for value in one.values if abs(value) > _noise(one))
    return max(values, default=0.0)


def _noise(attribution: Attribution) -> float:
    """Below it a value is rounding: a model that ignores its input has values of 1e-17 by one method and of 1e-8 by another."""
    return NOISE * max(1.0, abs(attribution.full))


def ranked_words(attribution: Attribution) -> tuple[int, ...]:
    """Numbers of the words, those that count most first, whichever way; equal ones in reading order."""
    return tuple(sorted(range(len(attribution.values)), key=lambda at: -abs(attribution.values[at])))


def refuse_misplaced(inputs: Mapping[str, Any], explanation: Explanation) -> None:
    """Raise StoreError where the words of an explanation cannot be words of these inputs, or the texts were not kept."""
    if explanation.words and not inputs:
        raise StoreError(
            f"{explanation.id}: its texts were not kept, so its words cannot be shown",
            expected="texts beside the answers, which a store keeps unless it is told not to",
            hint="the attributions themselves are in the JSON",
        )
    ends: dict[str, int] = {}
    for word in explanation.words:
        value = inputs.get(word.input)
        if isinstance(value, list | tuple):
            whole = all(isinstance(one, str) for one in value)
        else:
            whole = isinstance(value, str)
        if not whole or not max(ends.get(word.input, 0), 0) <= word.start < word.end <= len(value or ()):
            raise _misplaced(explanation, f"a word at {word.start} to {word.end} of {word.input!r}")
        ends[word.input] = word.end


def _text(value: str, words: Sequence[tuple[Word, float]], most: float) -> list[ShadedPiece]:
    pieces, end = [], 0
    for word, number in words:
        pieces += [ShadedPiece(value[end : word.start], None, 0.0), _piece(value[word.start : word.end], number, most)]
        end = word.end
    return [piece for piece in (*pieces, ShadedPiece(value[end:], None, 0.0)) if piece.text]


def _sentence(value: Sequence[str], words: Sequence[tuple[Word, float]], most: float, span: range) -> list[ShadedPiece]:
    """Words with a blank between them; an empty one is left out. A value may be that of several neighbouring words together."""
    ends = {word.start: (word.end, number) for word, number in words}
    pieces: list[ShadedPiece] = []
    at = 0
    while at < len(value):
        end, number = ends.get(at, (at + 1, None))
        text = " ".join(filter(None, value[at:end]))
        named = at < span.stop and end > span.start
        at = end
        if not text:
            continue
        if pieces:
            pieces.append(ShadedPiece(" ", None, 0.0, named=named and pieces[-1].named))
        pieces.append(
            replace(ShadedPiece(text, None, 0.0) if number is None else _piece(text, number, most), named=named)
        )
    return pieces


def _options(value: Any) -> list[ShadedPiece]:
    if not isinstance(value, list | tuple):
        return [ShadedPiece(str(value), None, 0.0)] if value is not None else []
    pieces: list[ShadedPiece] = []
    for at, option in enumerate(value):
        pieces += [ShadedPiece("; " if at else "", None, 0.0), ShadedPiece(f"{at}: {option}", None, 0.0)]
    return [piece for piece in pieces if piece.text]


def _piece(text: str, number: float, most: float) -> ShadedPiece:
    return ShadedPiece(text, number, max(-1.0, min(1.0, number / most)) if most else 0.0)


def _misplaced(explanation: Explanation, what: str) -> StoreError:
    return StoreError(
        f"{explanation.id}: {what}, which do not fit the item's texts",
        expected="attributions of these very texts",
        hint="explain the item again: delete the attachment, then type the same `benchwright explain`",
    )
