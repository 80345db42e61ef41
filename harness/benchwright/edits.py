"""Edits of a text or of a list of words: what stands where instead of what, and where spans and tags are afterwards.

Positions are those of the old text: characters of a text, words of a list. One implementation serves both, since a replacement
is a text or a tuple of words:

    edits = (Edit(0, 4, "Peter"),)
    apply("John lives in Rome", edits)            # "Peter lives in Rome"
    project((14, 18), edits)                      # (15, 19): Rome
    project((0, 4), edits)                        # (0, 5): Peter stands for John
    project((0, 4), edits, rule="keep")           # None: what was there is not there any more

Where a span is touched by an edit, a declared `Rule` says what becomes of it; nothing is searched for in the new text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from benchwright.tags import OUTSIDE, entities, parts

Part = TypeVar("Part", str, tuple[str, ...])
"""What an edit writes: a text, or words."""

Span = tuple[int, int]
"""First position and the one behind the last."""

Rule = Literal["keep", "substitute", "extend"]
"""What becomes of a span that an edit touches.

``keep``: it cannot be projected. ``substitute``: edits that lie wholly inside of it change its text, one that crosses its border
makes it unprojectable. ``extend``: as ``substitute``, and a crossing edit draws its whole replacement into the span.
A span of which nothing is left is unprojectable under every rule.
"""


class Edit(NamedTuple, Generic[Part]):
    """One replacement; with ``start == end`` an insertion, with an empty replacement a deletion.

    Attributes:
        start: First replaced position of the old text.
        end: The position behind the last replaced one.
        replacement: What stands there instead.
    """

    start: int
    end: int
    replacement: Part


TextEdits = tuple[Edit[str], ...]
"""Edits of a text, in characters."""

WordEdits = tuple[Edit[tuple[str, ...]], ...]
"""Edits of a list of words, in words."""


def check_edits(edits: Sequence[Edit[Part]], length: int) -> None:
    """Raise ValueError, saying why, unless edits are sorted, do not overlap and lie within a text of ``length``.

    Edits may adjoin. Several insertions at one place are written in the order in which they stand.
    """
    for edit in edits:
        if not 0 <= edit.start <= edit.end <= length:
            raise ValueError(f"the edit from {edit.start} to {edit.end} does not lie within 0 and {length}")
    for one, two in pairwise(edits):
        if two.start < one.start or (two.start == one.start and two.end < one.end):
            raise ValueError(f"the edit from {two.start} to {two.end} stands behind one from {one.start}: sort them")
        if two.start < one.end:
            raise ValueError(f"the edits from {one.start} to {one.end} and from {two.start} to {two.end} overlap")


def apply(text: str, edits: Sequence[Edit[str]]) -> str:
    """The text after the edits. Raises ValueError where they are out of order, overlap or lie outside of it."""
    check_edits(edits, len(text))
    pieces, at = [], 0
    for start, end, replacement in edits:
        pieces += [text[at:start], replacement]
        at = end
    return "".join((*pieces, text[at:]))


def apply_to_words(words: Sequence[str], edits: Sequence[Edit[tuple[str, ...]]]) -> tuple[str, ...]:
    """The words after the edits. Raises ValueError as `apply` does."""
    check_edits(edits, len(words))
    found: list[str] = []
    at = 0
    for start, end, replacement in edits:
        found += [*words[at:start], *replacement]
        at = end
    return (*found, *words[at:])


def without_no_ops(text: Part, edits: Iterable[Edit[Part]]) -> tuple[Edit[Part], ...]:
    """The edits that change something: those whose replacement is not what stood there."""
    return tuple(edit for edit in edits if text[edit.start : edit.end] != edit.replacement)


def project(span: Span, edits: Sequence[Edit[Any]], rule: Rule = "substitute") -> Span | None:
    """Where a span of the old text stands in the new one; None where it cannot be projected under the rule.

    An edit touches a span if it replaces something in it or inserts strictly between its ends: what is inserted at an end stands
    outside. An empty span is a place, and stands before what is inserted there.
    """
    start, end = span
    before = inside = 0
    first, last = start, end
    for edit in edits:
        grown = len(edit.replacement) - (edit.end - edit.start)
        if edit.end <= start and (edit.start < start or start != end):
            before += grown
        elif edit.start >= end:
            break
        elif rule == "keep":
            return None
        else:
            if rule == "substitute" and (edit.start < start or edit.end > end):
                return None
            first, last = min(first, edit.start), max(last, edit.end)
            inside += grown
    new_start, new_end = first + before, last + before + inside
    return None if new_start == new_end and start != end else (new_start, new_end)


def project_tags(
    tags: Sequence[str], edits: Sequence[Edit[tuple[str, ...]]], rule: Rule = "substitute"
) -> tuple[str, ...] | None:
    """IOB2 tags of the new words: each entity where `project` carries it, ``O`` elsewhere; None where one cannot be carried.

    Inserted words are ``O``, and of the entity that they stand strictly inside of where the rule is not ``keep``. The first word of
    an entity has the tag it had (an ``I-X`` that opens an entity stays one, as long as nothing of its type stands before it), the
    others ``I-X``. Raises ValueError where the edits are not sorted edits of as many words as there are tags.
    """
    check_edits(edits, len(tags))
    found = [OUTSIDE] * (len(tags) + sum(len(edit.replacement) - (edit.end - edit.start) for edit in edits))
    for entity in entities(tags):
        span = project((entity.start, entity.end), edits, rule)
        if span is None or any(found[at] != OUTSIDE for at in range(*span)):
            return None
        opening = tags[entity.start]
        joined = span[0] > 0 and parts(found[span[0] - 1])[1] == entity.type
        found[span[0]] = f"B-{entity.type}" if joined else opening
        found[span[0] + 1 : span[1]] = [f"I-{entity.type}"] * (span[1] - span[0] - 1)
    return tuple(found)


def project_answers(
    answers: Mapping[str, Sequence[Any]], context: str, edits: Sequence[Edit[str]], rule: Rule = "substitute"
) -> dict[str, list[Any]] | None:
    """Gold answers ``{"text": [...], "answer_start": [...]}`` as they stand in the new context; None where one cannot be carried.

    Each text is what the new context holds at the projected place: what the edits say, never what a search finds. No answers
    (an unanswerable question) stay none.
    """
    new = apply(context, edits)
    texts, starts = [], []
    for text, start in zip(answers["text"], answers["answer_start"], strict=True):
        span = project((start, start + len(text)), edits, rule)
        if span is None:
            return None
        texts.append(new[span[0] : span[1]])
        starts.append(span[0])
    return {"text": texts, "answer_start": starts}
