"""A badge: a small SVG with the verdict of the gate."""

from __future__ import annotations

from benchwright.alarm import causes
from benchwright.formatting import clip
from benchwright.gating.result import GateResult
from benchwright.gating.verdict import Verdict
from benchwright.inert import html_text, inert
from benchwright.items import count

_COLOURS = {
    Verdict.PASS: "#1a7f37",
    Verdict.FAIL: "#b3261e",
    Verdict.INCONCLUSIVE: "#7a4f00",
    Verdict.INVALID: "#6e40a8",
    Verdict.WAIVED: "#14599d",
    Verdict.ERROR: "#6e40a8",
}
_LETTER = 6.6
_WIDE = {**dict.fromkeys("mwMW%@", 9.5), **dict.fromkeys("ijl.,:;|!'It fr", 4.2)}


def write_badge(result: GateResult, *, label: str = "gate") -> str:
    """The badge, 20 pixels high; it loads nothing, says the verdict in words and needs no colour."""
    loud = [cause.line[2:] for cause in causes(result.alarms) if cause.severity == "alarm"]
    said = str(result.verdict).lower() + (f", {count(len(loud), 'alarm')}" if loud else "")
    left, right = (inert(clip(text, 60)) for text in (label, said))
    first, second = _width(left), _width(right)
    short = html_text(f"{left}: {right}")
    whole = html_text(inert(clip("; ".join((f"{left}: {right}", *loud)), 1000)))
    texts = "".join(
        f'<text x="{middle:g}" y="14" textLength="{width - 12:g}" lengthAdjust="spacingAndGlyphs">{html_text(text)}</text>'
        for text, width, middle in ((left, first, first / 2), (right, second, first + second / 2))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{first + second:g}" height="20" role="img" aria-label="{short}">'
        f"<title>{whole}</title>"
        f'<clipPath id="r"><rect width="{first + second:g}" height="20" rx="3"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{first:g}" height="20" fill="#3f464d"/>'
        f'<rect x="{first:g}" width="{second:g}" height="20" fill="{_COLOURS[result.verdict]}"/></g>'
        f'<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">{texts}</g>'
        "</svg>\n"
    )


def _width(text: str) -> float:
    return round(sum(_WIDE.get(letter, _LETTER) for letter in text) + 12, 1)
