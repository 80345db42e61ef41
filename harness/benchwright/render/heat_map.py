"""A text as a heat map in HTML: words that raise a number and words that lower it, told apart by more than colour.

A word has a class of a fixed list, ``r1`` to ``r5`` where it raises the number and ``l1`` to ``l5`` where it lowers it, the deeper the more it
counts; `explanations.css` draws them: a solid line and a plus, a dashed one and a minus. Nothing of a text or of its values becomes a style.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from benchwright.formatting import UNDEFINED, finite, with_sign
from benchwright.inert import html_text
from benchwright.render.shaded_text import Piece, ShadedText

LONG = 60
"""Words of a text from which on it is shown around the words that count."""
KEPT = 8
"""Words that count most around which a long text is shown."""
BESIDE = 5
"""Words kept on either side of them."""
FEWEST = 10
"""Words of a stretch that is worth leaving out."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a text in reading order.

    Attributes:
        pieces: Of it.
        hidden: Whether it is left out of sight until somebody opens it.
    """

    pieces: tuple[Piece, ...]
    hidden: bool = False

    @property
    def words(self) -> int:
        """How many words it has that a value is known of."""
        return sum(piece.value is not None for piece in self.pieces)


def heat_map(text: ShadedText, *, decimals: int = 3, whole: bool = False) -> Markup:
    """The text as inline HTML, each marked word with its value as a title; escaped, what cannot be seen is a mark.

    Args:
        text: In pieces.
        decimals: Of values in titles.
        whole: Whether a long text is shown whole; else what lies far from the words that count most is a ``<details>`` to open.
    """
    stretches = [Stretch(text.pieces)] if whole else shortened(text.pieces)
    return Markup("").join(_stretch(one, decimals) for one in stretches)


def shortened(pieces: Sequence[Piece], *, long: int = LONG) -> list[Stretch]:
    """The pieces in stretches: all of a short text, of a long one what lies around the words that count most, the rest hidden."""
    places = [at for at, piece in enumerate(pieces) if piece.value is not None]
    if len(places) <= long:
        return [Stretch(tuple(pieces))]
    order = sorted(range(len(places)), key=lambda at: (-abs(pieces[places[at]].share), at))
    top = [at for at in order[:KEPT] if pieces[places[at]].step] or [0]
    near = {at for one in top for at in range(one - BESIDE, one + BESIDE + 1)}
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


def signed(number: float, decimals: int = 3) -> str:
    """A value with its sign, ``+0.412``; without one where it rounds to nothing, a dash where it is no number."""
    if finite(number) is None:
        return UNDEFINED
    text = with_sign(number, f"+.{decimals}f")
    return text if any(digit in text for digit in "123456789") else text.lstrip("+\u2212")


def _without_short_gaps(kept: Sequence[bool]) -> list[bool]:
    """The same with runs of fewer than `FEWEST` words that are left out kept after all."""
    found: list[bool] = []
    for flag, run in groupby(kept):
        many = len(list(run))
        found += [flag or many < FEWEST] * many
    return found


def _stretch(one: Stretch, decimals: int) -> Markup:
    inner = Markup("").join(_words(one.pieces, decimals))
    if not one.hidden:
        return inner
    words = "1 word" if one.words == 1 else f"{one.words} words"
    return Markup("<details class=cut><summary>… {} …</summary>{}</details>").format(words, inner)


def _words(pieces: Iterable[Piece], decimals: int) -> Iterator[Markup]:
    for piece in pieces:
        text = Markup(html_text(piece.text))  # noqa: S704 - html_text escapes
        if piece.value is None or not piece.step:
            yield text
            continue
        name = f"{'r' if piece.step > 0 else 'l'}{abs(piece.step)}"
        yield Markup("<i class={} title={}>{}</i>").format(name, signed(piece.value, decimals), text)
