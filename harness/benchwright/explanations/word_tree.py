"""A tree over the words of an item, in which neighbours that belong together are joined first; SHAP shares a number out along it.

The rules, and so the tree, are those of `shap.maskers.Text` (`partition_tree`, MIT licence) on tokens that are our words: parts of a
glued word first, then short groups, across commas late and across sentence ends last. Texts of an item are joined at the very end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from benchwright.types import Example, Word

_OPENERS = {"(": ")"}
_CLOSERS = {")": "("}
_CONNECTORS = ("but", "and", "or")
_ENDS = (".", "?", "!")
_SPACE_END = re.compile(r"^.*\W$")
_LETTER_START = re.compile(r"^[A-Za-z]")

Tree = NDArray[np.float64]


def tree_of(example: Example, words: Sequence[Word]) -> Tree:
    """Joins, (words - 1) x 4, as `scipy.cluster.hierarchy` writes them: both groups, a height, words below.

    Words are groups 0 to words - 1, in their order; join ``i`` makes group ``words + i``. Heights rise with size, in (0, 1].
    """
    joins: list[tuple[int, int, int]] = []
    tops: list[_Group] = []
    start = 0
    for name, mine in groupby(words, key=lambda word: word.input):
        tokens = tokens_of(example.inputs[name], list(mine))
        tops.append(_join_all([_Group([_Token(token)], start + at) for at, token in enumerate(tokens)], joins, words))
        start += len(tokens)
    while len(tops) > 1:
        tops[:2] = [_join(tops[0], tops[1], joins, words)]
    found = np.zeros((len(joins), 4))
    for at, (left, right, size) in enumerate(joins):
        found[at] = left, right, size / len(words), size
    return found


def tokens_of(value: str | Sequence[str], words: Sequence[Word]) -> list[str]:
    """Words of an input as the rules read them: ``##`` before one that is glued to the word before it."""
    if not isinstance(value, str):
        return [" ".join(value[word.start : word.end]).strip() for word in words]
    ends = [word.start for word in words[1:]] + [words[-1].end]
    pieces = [value[word.start : end] for word, end in zip(words, ends, strict=True)]
    found: list[str] = []
    for at, piece in enumerate(pieces):
        is_glued = (
            at > 0 and found[-1] != "" and not _SPACE_END.match(pieces[at - 1]) and bool(_LETTER_START.match(piece))
        )
        found.append(f"##{piece.strip()}" if is_glued else piece.strip())
    return found


class _Token:
    """A word, and whether a bracket has met its other half."""

    __slots__ = ("is_balanced", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_balanced = text not in _OPENERS and text not in _CLOSERS


class _Group:
    """Neighbouring words that are joined."""

    __slots__ = ("index", "tokens")

    def __init__(self, tokens: list[_Token], index: int) -> None:
        self.tokens, self.index = tokens, index


def _join_all(groups: list[_Group], joins: list[tuple[int, int, int]], words: Sequence[Word]) -> _Group:
    """Join the two neighbours with the highest score, the first of equals, until one group is left."""
    scores = [_score(left.tokens, right.tokens) for left, right in pairwise(groups)]
    while len(groups) > 1:
        at = scores.index(max(scores))
        groups[at : at + 2] = [_join(groups[at], groups[at + 1], joins, words)]
        del scores[at]
        for pair in (at - 1, at):
            if 0 <= pair < len(scores):
                scores[pair] = _score(groups[pair].tokens, groups[pair + 1].tokens)
    return groups[0]


def _join(left: _Group, right: _Group, joins: list[tuple[int, int, int]], words: Sequence[Word]) -> _Group:
    tokens = left.tokens + right.tokens
    if _OPENERS.get(tokens[0].text) == tokens[-1].text:
        tokens[0].is_balanced = tokens[-1].is_balanced = True
    joins.append((left.index, right.index, len(tokens)))
    return _Group(tokens, len(words) + len(joins) - 1)


def _score(left: Sequence[_Token], right: Sequence[_Token]) -> float:
    """How well two neighbours go together."""
    return (
        _of_parts(left, right) + _of_brackets(left, right) + _of_sentences(left, right) - float(len(left) + len(right))
    )


def _of_parts(left: Sequence[_Token], right: Sequence[_Token]) -> float:
    """Parts of a word, and what follows an apostrophe."""
    score = 0.0
    if right[0].text.startswith("##"):
        score += 20
    if right[0].text == "'" and (len(right) == 1 or (len(right) == 2 and right[1].text in ("t", "s"))):
        score += 15
    if left[-1].text == "'" and right[0].text in ("t", "s"):
        score += 15
    return score


def _of_brackets(left: Sequence[_Token], right: Sequence[_Token]) -> float:
    score = 0.0
    if _is_control(left[0].text) != _is_control(right[-1].text):
        score -= 1000
    if right[0].text in _OPENERS and not right[0].is_balanced:
        score -= 100
    if left[-1].text in _CLOSERS and not left[-1].is_balanced:
        score -= 100
    if left[0].text in _OPENERS:
        score -= 2
    return score


def _of_sentences(left: Sequence[_Token], right: Sequence[_Token]) -> float:
    """Connectors, commas and ends of sentences are reached across late."""
    score = 0.0
    if left[-1].text in _CONNECTORS or right[0].text in _CONNECTORS:
        score -= 2
    if left[-1].text == ",":
        score -= 10
    if right[0].text == ",":
        score -= 10 if len(right) > 1 else 1
    if left[-1].text in _ENDS:
        score -= 20
    if right[0].text in _ENDS:
        score -= 20 if len(right) > 1 else 1
    return score


def _is_control(text: str) -> bool:
    return text.startswith("[") and text.endswith("]")
