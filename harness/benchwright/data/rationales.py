"""Rationales: which parts of an item's texts people marked as the reason for its gold answer, read from a cell of its row.

A cell holds, as a list or as its JSON text:

- offsets of characters, ``[[0, 5], [12, 17]]``: from the first character to behind the last one;
- words or phrases, ``["moving", "at its best"]``, each of which stands in the text exactly once, as whole words;
- a mask, ``[0, 1, 1, 0]`` or ``0 1 1 0``: a 0 or a 1 for each part of the text between blanks (ERASER's tokens, HateXplain's).

They are about the first text; ``{"text": [...], "text_pair": [...]}`` says of which. ``[]`` marks nothing; an empty cell says nothing.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from benchwright.kinds import Inputs, Problem

Mark = tuple[str, int, int]
"""Input, first character, behind the last one."""

_MASK = re.compile(r"[01](?:[\s,]+[01])*")
_TOKEN = re.compile(r"\S+")
_FORMS = 'offsets [[0, 5]], words of the text ["moving"], or a 0 or 1 for each part between blanks [0, 1, 0]'


class InvalidRationale(ValueError):
    """A cell that is no rationale of its row; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.seen)
        self.problem = problem


def read_rationale(cell: Any, inputs: Inputs) -> tuple[Mark, ...] | None:
    """The marked parts of an item's texts, in reading order, none touching another; None for an empty cell.

    Raises:
        InvalidRationale: The cell is none of the accepted forms, or does not fit the text.
    """
    if cell is None or (isinstance(cell, float) and math.isnan(cell)) or (isinstance(cell, str) and not cell.strip()):
        return None
    value = _parsed(cell) if isinstance(cell, str) else cell
    texts = {name: text for name, text in inputs.items() if isinstance(text, str)}
    if isinstance(value, Mapping):
        unknown = [name for name in value if name not in texts]
        if unknown:
            raise _invalid(
                f"{unknown[0]!r} is no text of the item", f"one of: {', '.join(texts)}", '{"text": [[0, 5]]}'
            )
        parts = {str(name): part for name, part in value.items()}
    else:
        parts = {next(iter(texts)): value}
    return tuple(
        (name, start, end)
        for name in texts
        if name in parts
        for start, end in _merged(_spans(_listed(parts[name]), texts[name]))
    )


def _parsed(cell: str) -> Any:
    text = cell.strip()
    if _MASK.fullmatch(text):
        return [int(mark) for mark in re.split(r"[\s,]+", text)]
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise _unknown(cell) from None


def _listed(value: Any) -> Sequence[Any]:
    if hasattr(value, "tolist"):  # an array of a Parquet file
        value = value.tolist()
    if not isinstance(value, list | tuple):
        raise _unknown(value)
    return value


def _spans(marks: Sequence[Any], text: str) -> list[tuple[int, int]]:
    if all(isinstance(one, str) for one in marks):
        return [_found(one, text) for one in marks]
    if all(isinstance(one, int) and one in (0, 1) for one in marks):
        return _masked(marks, text)
    if all(isinstance(one, list | tuple) and len(one) == 2 and all(type(end) is int for end in one) for one in marks):
        for start, end in marks:
            if not 0 <= start < end <= len(text):
                raise _invalid(
                    f"[{start}, {end}] lies outside a text of {len(text):,} characters, or holds none",
                    "the first character, counted from 0, and behind the last one",
                    f"[[0, {min(5, len(text))}]]",
                )
        return [(start, end) for start, end in marks]
    raise _unknown(marks)


def _masked(marks: Sequence[int], text: str) -> list[tuple[int, int]]:
    tokens = list(_TOKEN.finditer(text))
    if len(tokens) != len(marks):
        raise _invalid(
            f"{len(marks):,} marks for a text of {len(tokens):,} parts between blanks",
            "a 0 or a 1 for each part",
            "mend that row, or give offsets of characters: [[0, 5]]",
        )
    return [(token.start(), token.end()) for token, mark in zip(tokens, marks, strict=True) if mark]


def _found(phrase: str, text: str) -> tuple[int, int]:
    wanted = phrase.strip()
    every = list(re.finditer(rf"(?<!\w){re.escape(wanted)}(?!\w)", text)) if wanted else []
    if len(every) != 1:
        raise _invalid(
            f"{phrase!r} stands {f'{len(every)} times' if every else 'nowhere'} in the text as whole words",
            "words that stand there once",
            "offsets say which ones are meant: [[0, 5]]",
        )
    return every[0].span()


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _unknown(value: Any) -> InvalidRationale:
    shown = str(value)
    return _invalid(f"{shown[:60]!r} is no rationale", _FORMS, "leave the cell empty where nobody marked anything")


def _invalid(seen: str, expected: str, hint: str) -> InvalidRationale:
    return InvalidRationale(Problem(seen=seen, expected=expected, hint=hint))
