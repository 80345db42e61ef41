"""A badge: a small SVG of two texts, which loads nothing and needs no colour."""

from __future__ import annotations

from benchwright.formatting import clip
from benchwright.inert import html_text, inert

_LETTER = 6.6
_WIDE = {**dict.fromkeys("mwMW%@", 9.5), **dict.fromkeys("ijl.,:;|!'It fr", 4.2)}


def draw_badge(label: str, said: str, colour: str, *, more: str = "") -> str:
    """The badge, 20 pixels high: what it is about on grey, what it says on ``colour``.

    Args:
        label: What it is about; clipped to 60 characters, as is ``said``.
        said: What it says.
        colour: Hex colour behind what it says, dark enough for white letters.
        more: What its title adds; clipped to 1,000 characters.
    """
    left, right = (inert(clip(text, 60)) for text in (label, said))
    first, second = _width(left), _width(right)
    short = html_text(f"{left}: {right}")
    whole = html_text(inert(clip("; ".join(filter(None, (f"{left}: {right}", more))), 1000)))
    texts = "".join(
        f'<text x="{middle:g}" y="14" textLength="{width - 12:g}" lengthAdjust="spacingAndGlyphs">{html_text(text)}</text>'
        for text, width, middle in ((left, first, first / 2), (right, second, first + second / 2))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{first + second:g}" height="20" role="img" aria-label="{short}">'
        f"<title>{whole}</title>"
        f'<clipPath id="r"><rect width="{first + second:g}" height="20" rx="3"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{first:g}" height="20" fill="#3f464d"/>'
        f'<rect x="{first:g}" width="{second:g}" height="20" fill="{colour}"/></g>'
        f'<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">{texts}</g>'
        "</svg>\n"
    )


def _width(text: str) -> float:
    return round(sum(_WIDE.get(letter, _LETTER) for letter in text) + 12, 1)
