"""A text as a heat map in HTML: words that raise a number and words that lower it, told apart by more than colour.

A word has a class of a fixed list, ``r1`` to ``r5`` where it raises the number and ``l1`` to ``l5`` where it lowers it, the deeper the more it
counts; `explanations.css` draws them: a solid line and a plus, a dashed one and a minus. What is explained, an entity or an answer, is an ``<em>``. Nothing of a text or of its values becomes a style.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from markupsafe import Markup

from benchwright.formatting import plain_change
from benchwright.inert import html_text
from benchwright.render.shaded_text import ShadedPiece, ShadedText

LONG = 60
"""Words of a text from which on it is shown around the words that count."""
KEPT = 6
"""Words that count most around which a long text is shown."""
BESIDE = 4
"""Words kept on either side of them."""
MARKED = 20
"""Words of a long text that are marked, those that count most."""
AROUND = 1
"""Words kept on either side of marked ones that are there to be opened."""
FEWEST = 8
"""Words of a stretch that is worth leaving out."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a text in reading order.

    Attributes:
        pieces: Of it.
        hidden: Whether it is left out: nobody sees more of it than its marked words, once it is opened.
    """

    pieces: tuple[ShadedPiece, ...]
    hidden: bool = False

    @property
    def words(self) -> int:
        """How many words it has that a value is known of."""
        return sum(piece.value is not None for piece in self.pieces)

    @property
    def marked(self) -> int:
        """How many of them are marked."""
        return sum(piece.step != 0 for piece in self.pieces)


def heat_map(text: ShadedText, *, whole: bool = False) -> Markup:
    """The text as inline HTML, each marked word with its value as a title; escaped, what cannot be seen is a mark.

    Args:
        text: In pieces.
        whole: Whether a long text is shown whole; else as `is_long` says, around the words that count most. Other marked words are
            in a ``<details>`` to open; words without a mark are counted and left out. Of a long text no more than `MARKED` words are marked.
    """
    stretches = [Stretch(text.pieces)] if whole else shortened(text.pieces)
    return Markup("".join(map(_stretch, stretches)))  # noqa: S704 - its words are escaped


def is_long(text: ShadedText) -> bool:
    """Whether only parts of a text are shown."""
    return sum(piece.value is not None for piece in text.pieces) > LONG


def shortened(pieces: Sequence[ShadedPiece]) -> list[Stretch]:
    """The pieces in stretches: all of a short text, of a long one what lies around the words that count most, the rest hidden."""
    places = [at for at, piece in enumerate(pieces) if piece.value is not None]
    if len(places) <= LONG:
        return [Stretch(tuple(pieces))]
    order = sorted(range(len(places)), key=lambda at: (-abs(pieces[places[at]].share), at))
    named = [at for at, place in enumerate(places) if pieces[place].named]
    top = [*(at for at in order[:KEPT] if pieces[places[at]].step), *named[:1], *named[-1:]] or [0]
    faint = {places[at] for at in order[MARKED:]}
    shown = [replace(piece, share=0.0) if at in faint else piece for at, piece in enumerate(pieces)]
    return _near(shown, places, top, BESIDE)


def _near(pieces: Sequence[ShadedPiece], places: Sequence[int], centres: Sequence[int], beside: int) -> list[Stretch]:
    """Stretches around some of the words at these places of the pieces."""
    near = {at for one in centres for at in range(one - beside, one + beside + 1)}
    kept = _without_short_gaps([at in near for at in range(len(places))])
    seen = {place: kept[at] for at, place in enumerate(places)}
    flags, last = [], kept[0]
    for at in range(len(pieces)):
        last = seen.get(at, last)  # what stands between words goes with the word before it
        flags.append(last)
    return [
        Stretch(tuple(piece for _, piece in some), hidden=not shown)
        for shown, some in groupby(zip(flags, pieces, strict=True), key=lambda one: one[0])
    ]


def _without_short_gaps(kept: Sequence[bool]) -> list[bool]:
    """The same with runs of fewer than `FEWEST` words that are left out kept after all."""
    found: list[bool] = []
    for flag, run in groupby(kept):
        many = len(list(run))
        found += [flag or many < FEWEST] * many
    return found


def _stretch(one: Stretch) -> str:
    if not one.hidden:
        return _drawn(one.pieces)
    if not one.marked:
        return f"<small> … {one.words} word{'' if one.words == 1 else 's'} … </small>"
    places = [at for at, piece in enumerate(one.pieces) if piece.value is not None]
    marked = [at for at, place in enumerate(places) if one.pieces[place].step]
    parts = (" … " if part.hidden else _drawn(part.pieces) for part in _near(one.pieces, places, marked, AROUND))
    told = f"… {one.words} words, {one.marked} marked …"
    return f"<details class=cut><summary>{told}</summary>{''.join(parts)}</details>"


def _drawn(pieces: Iterable[ShadedPiece]) -> str:
    runs = ((named, "".join(map(_word, run))) for named, run in groupby(pieces, key=lambda piece: piece.named))
    return "".join(f"<em>{text}</em>" if named else text for named, text in runs)


def _word(piece: ShadedPiece) -> str:
    """The piece as HTML."""
    text = html_text(piece.text)
    if piece.value is None or not piece.step:
        return text
    name = f"{'r' if piece.step > 0 else 'l'}{abs(piece.step)}"
    return f"<i class={name} title={plain_change(piece.value)}>{text}</i>"
