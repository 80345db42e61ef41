"""What changed between two texts, as pieces that were kept, removed and inserted: whole words, since people read words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

Change = Literal["kept", "removed", "inserted"]

MOST_COMPARED = 160_000
"""Pairs of words held against one another; where texts differ in more, all of it counts as changed."""

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_HEAD, _TAIL = re.compile(r"\w*"), re.compile(r"\w*\Z")
_GAP = " … "
_FORMS = {"kept": "{}", "removed": "[-{}-]", "inserted": "{{+{}+}}"}


@dataclass(frozen=True, slots=True)
class ChangePiece:
    """A stretch of the old text (``kept``, ``removed``) or of the new one (``kept``, ``inserted``); never empty."""

    change: Change
    text: str


class _Part(NamedTuple):
    """What stands in the old text and in the new one; the same unless it ``changed``."""

    changed: bool
    old: str
    new: str


def find_changes(old: str, new: str, edits: Sequence[Sequence[Any]] | None = None) -> tuple[ChangePiece, ...]:
    """Pieces of both texts in reading order: joined without ``inserted`` they are ``old``, without ``removed`` they are ``new``.

    Args:
        old: The original.
        new: What was made of it.
        edits: (start, end, replacement) in characters of ``old``, in order, where they are known. Edits that do not make ``new``
            of ``old`` are left aside, and the words are compared.
    """
    parts = _by_edits(old, new, edits) if edits else None
    return tuple(_pieces(_merged(_by_words(old, new) if parts is None else parts)))


def with_marks(pieces: Iterable[ChangePiece]) -> str:
    """The pieces as one text whose marks need no colour: ``a [-great-]{+gerat+} film``."""
    return "".join(_FORMS[piece.change].format(piece.text) for piece in pieces)


def abridge(pieces: Sequence[ChangePiece], *, beside: int = 80, most: int = 400) -> tuple[ChangePiece, ...]:
    """The pieces, for reading: kept text only ``beside`` characters from a change, no changed piece longer than ``most``.

    A text without a change keeps its first ``most`` characters.
    """
    last = len(pieces) - 1
    return tuple(
        ChangePiece(piece.change, _nearby(piece.text, beside if at else 0, beside if at < last else 0))
        if piece.change == "kept" and last
        else ChangePiece(piece.change, piece.text if len(piece.text) <= most else piece.text[: most - 1] + "…")
        for at, piece in enumerate(pieces)
    )


def _nearby(text: str, after: int, before: int) -> str:
    """The start of a text that follows a change and the end of one that precedes a change."""
    if len(text) <= after + before + len(_GAP):
        return text
    return f"{text[:after]}{_GAP}{text[len(text) - before :]}"


def _by_edits(old: str, new: str, edits: Sequence[Sequence[Any]]) -> list[_Part] | None:
    """Parts by the edits, widened to whole words; None where the edits do not lead from the old text to the new one."""
    parts: list[_Part] = []
    done = 0
    for start, end, replacement in edits:
        if not isinstance(replacement, str) or not done <= start <= end <= len(old):
            return None
        parts += [_Part(False, old[done:start], old[done:start]), _Part(True, old[start:end], replacement)]
        done = end
    parts.append(_Part(changed=False, old=old[done:], new=old[done:]))
    return _widened(parts) if "".join(part.new for part in parts) == new else None


def _widened(parts: Sequence[_Part]) -> list[_Part]:
    """Kept parts give the rest of a changed word to the change beside them."""
    found: list[_Part] = []
    for at, part in enumerate(parts):
        if part.changed:
            found.append(part)
            continue
        text = part.old
        head = _length(_HEAD.match(text)) if at and _at_word(parts[at - 1], -1) else 0
        tail = _length(_TAIL.search(text)) if at + 1 < len(parts) and _at_word(parts[at + 1], 0) else 0
        split = (head, len(text) - tail) if head + tail < len(text) else (len(text), len(text))
        for changed, shared in ((True, text[: split[0]]), (False, text[split[0] : split[1]]), (True, text[split[1] :])):
            found.append(_Part(changed, shared, shared))  # an empty one goes when parts are merged
    return found


def _length(found: re.Match[str] | None) -> int:
    return len(found[0]) if found else 0


def _at_word(change: _Part, side: int) -> bool:
    """Whether a change ends (-1) or begins (0) with a letter or digit, so that it changed the word beside it."""
    return any(text and re.match(r"\w", text[side]) for text in (change.old, change.new))


def _by_words(old: str, new: str) -> Iterator[_Part]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    ends = len(before) - tail, len(after) - tail
    yield _same(before[:head])
    yield from _compared(before[head : ends[0]], after[head : ends[1]])
    yield _same(before[ends[0] :])


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both begin with."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def _compared(before: Sequence[str], after: Sequence[str]) -> Iterator[_Part]:
    if len(before) * len(after) > MOST_COMPARED:
        yield _Part(changed=True, old="".join(before), new="".join(after))
        return
    matcher = SequenceMatcher(str.isspace, before, after, autojunk=False)  # blanks are alike everywhere: no anchor
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        yield _Part(tag != "equal", "".join(before[start:end]), "".join(after[new_start:new_end]))


def _same(words: Sequence[str]) -> _Part:
    text = "".join(words)
    return _Part(changed=False, old=text, new=text)


def _merged(parts: Iterable[_Part]) -> list[_Part]:
    """Neighbours of one sort as one part; blanks between two changes belong to the change."""
    found: list[_Part] = []
    for part in parts:
        if not part.old and not part.new:
            continue
        if len(found) > 1 and part.changed and found[-2].changed and found[-1].old.isspace():
            blank = found.pop()
            found[-1] = _sum(found[-1], blank)
        if found and found[-1].changed == part.changed:
            found[-1] = _sum(found[-1], part)
        else:
            found.append(part)
    return found


def _sum(one: _Part, other: _Part) -> _Part:
    return _Part(one.changed, one.old + other.old, one.new + other.new)


def _pieces(parts: Iterable[_Part]) -> Iterator[ChangePiece]:
    for part in parts:
        sides: tuple[tuple[Change, str], ...] = (("removed", part.old), ("inserted", part.new))
        for change, text in sides if part.changed else (("kept", part.old),):
            if text:
                yield ChangePiece(change, text)
