"""A text with what was marked in it, cut into segments: gold and predicted spans, which may overlap, and changed words.

Segments are what a page draws, in HTML as in its script, so that both draw the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.inert import visible
from benchwright.render.text_change import Change, ChangePiece

GOLD = -1
"""Who marked a gold span; models are their numbers, 0 and more."""
LONGEST = 1_500
"""Characters from which on a text is shown in part: around what is marked in it."""
_BESIDE = 240
"""Characters kept on either side of a mark in such a text."""
_MOST_MARKED = 600
"""Characters of one marked stretch."""
_GAP = " … "


@dataclass(frozen=True, slots=True)
class SpanMark:
    """A span of a text: ``end`` is not part of it, ``who`` is `GOLD` or the number of a model."""

    start: int
    end: int
    who: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """Marks with one place and label that end behind a segment: of gold, of models."""

    gold: bool
    models: tuple[int, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text over which nothing begins or ends.

    Attributes:
        text: Fit to print: what cannot be seen is a mark.
        change: ``removed`` text stood in the original and is no part of this one.
        gold: Whether a gold span covers it.
        models: Numbers of models whose spans cover it.
        ends: The spans that end behind it.
    """

    text: str
    change: Change = "kept"
    gold: bool = False
    models: tuple[int, ...] = ()
    ends: tuple[Ending, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to draw but its text."""
        return self.change == "kept" and not self.gold and not self.models and not self.ends


CHANGES: dict[Change, int] = {"kept": 0, "removed": 1, "inserted": 2}
"""How the script of a page calls what became of a segment."""


def cut_segments(
    text: str, marks: Sequence[SpanMark] = (), pieces: Sequence[ChangePiece] = (), *, longest: int = LONGEST
) -> tuple[Segment, ...]:
    """The segments of a text in reading order; without those ``removed`` they are the text, where that is not longer than ``longest``.

    Marks that lie outside of the text, or are empty, are left out.

    Args:
        text: As it is now.
        marks: Spans in it.
        pieces: What became of an original, as `find_changes` gives it; without ``removed`` they are ``text``. Empty: nothing changed.
        longest: A longer text is shown in part.
    """
    known = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    found = list(_segments(text, known, pieces or (ChangePiece("kept", text),)))
    return tuple(_seen(one) for one in (found if len(text) <= longest else _abridged(found, longest)))


def _segments(text: str, marks: Sequence[SpanMark], pieces: Sequence[ChangePiece]) -> Iterator[Segment]:
    bounds = sorted({bound for mark in marks for bound in (mark.start, mark.end)})
    at = 0
    for piece in pieces:
        if piece.change == "removed":
            yield Segment(piece.text, "removed")
            continue
        end = at + len(piece.text)
        inner = [bound for bound in bounds if at < bound < end] if bounds else []
        for start, stop in zip([at, *inner], [*inner, end], strict=True):
            if start < stop:
                yield _segment(text[start:stop], piece.change, start, stop, marks)
        at = end


def _segment(text: str, change: Change, start: int, stop: int, marks: Sequence[SpanMark]) -> Segment:
    over = [mark for mark in marks if mark.start < stop and mark.end > start]
    if not over:
        return Segment(text, change)
    ends: dict[tuple[int, str], list[int]] = {}
    for mark in over:
        if mark.end == stop:
            ends.setdefault((mark.start, mark.label), []).append(mark.who)
    return Segment(
        text,
        change,
        gold=any(mark.who == GOLD for mark in over),
        models=_models(mark.who for mark in over),
        ends=tuple(
            Ending(gold=GOLD in who, models=_models(who), label=label) for (_, label), who in sorted(ends.items())
        ),
    )


def _models(who: Any) -> tuple[int, ...]:
    return tuple(sorted({one for one in who if one != GOLD}))


def _abridged(segments: Sequence[Segment], longest: int) -> list[Segment]:
    """Plain segments near marks only, and no more of everything than four times the longest text."""
    if all(one.is_plain for one in segments):
        return [Segment("".join(one.text for one in segments)[:longest] + _GAP)]
    found: list[Segment] = []
    last, size = len(segments) - 1, 0
    for at, one in enumerate(segments):
        short = _shortened(one, first=at == 0, last=at == last)
        size += len(short.text)
        if size > 4 * longest:
            found.append(Segment(_GAP))
            break
        found.append(short)
    return found


def _shortened(one: Segment, *, first: bool, last: bool) -> Segment:
    text = one.text
    if not one.is_plain:
        cut = text if len(text) <= _MOST_MARKED else f"{text[: _MOST_MARKED // 2]}{_GAP}{text[-_MOST_MARKED // 2 :]}"
        return Segment(cut, one.change, one.gold, one.models, one.ends)
    after, before = 0 if first else _BESIDE, 0 if last else _BESIDE
    if len(text) <= after + before + len(_GAP):
        return one
    return Segment(f"{text[:after]}{_GAP}{text[len(text) - before :] if before else ''}")


def _seen(one: Segment) -> Segment:
    text = visible(one.text)
    return one if text == one.text else Segment(text, one.change, one.gold, one.models, one.ends)
