"""Sentences with marked entities, ``[PER Maria Lopez] slept .``, as words, IOB2 tags and edits of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

Edits = list[tuple[int, int, list[str]]]


def words_and_tags(marked: str) -> tuple[list[str], list[str]]:
    """The words of a marked sentence, and a tag for each."""
    words, tags = [], []
    kind, opening = "", False
    for token in marked.split():
        if token.startswith("["):
            kind, opening = token[1:], True
            continue
        closing = token.endswith("]")
        words.append(token.removesuffix("]"))
        tags.append(f"{'B' if opening else 'I'}-{kind}" if kind else "O")
        opening = False
        kind = "" if closing else kind
    return words, tags


def edits_between(old: list[str], new: list[str]) -> Edits:
    """Edits of words that make one sentence of the other; word by word where as many words stand for others."""
    return [
        edit for change in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() for edit in _edits(change, new)
    ]


def _edits(change: tuple[str, int, int, int, int], new: list[str]) -> Iterator[tuple[int, int, list[str]]]:
    what, start, end, new_start, new_end = change
    if what == "equal":
        return
    if end - start != new_end - new_start:
        yield start, end, new[new_start:new_end]
        return
    for at in range(end - start):
        yield start + at, start + at + 1, [new[new_start + at]]


def tagged_case(texts: Sequence[dict[str, str]]) -> dict[str, Any]:
    """Words of the original and of its variants; the tags of a sentence that stands alone, the edits of one that is varied."""
    read = [words_and_tags(one["words"]) for one in texts]
    row: dict[str, Any] = {"examples": [{"words": words} for words, _ in read]}
    if len(read) == 1:
        row["target"] = read[0][1]
    else:
        row["edits"] = [edits_between(read[0][0], words) for words, _ in read[1:]]
    return row


def lower(marked: str) -> tuple[str, ...]:
    """The sentence in small letters, its marks as they were."""
    return (" ".join(token if token.startswith("[") else token.lower() for token in marked.split()),)


def upper(marked: str) -> tuple[str, ...]:
    """The sentence in capitals, as some headlines are."""
    return (marked.upper(),)
