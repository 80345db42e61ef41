"""Forest plots of improvements with the margin of a rule: right of the dashed line is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from benchwright import formatting
from benchwright.formatting import finite, shorten
from benchwright.gating.outputs.view import FindingRow, OrientedChange, change_of, margin_rule
from benchwright.gating.verdict import Finding, Verdict
from benchwright.render.forest import frame_axes
from benchwright.render.svg import ACCENT, INK, MUTED, PAPER, figure, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, ROW, TOP, BOTTOM = 560.0, 20.0, 6.0, 26.0
_LEFT, _RIGHT = 150.0, 200.0
_LONGEST = 24
_FONT = 11
_LARGEST = 1e9
"""What can be drawn; a value beyond says that something else is wrong."""
_MARKS = {Verdict.PASS: "o", Verdict.FAIL: "X", Verdict.INCONCLUSIVE: "s", Verdict.WAIVED: "D"}


def draw_gains(rows: Sequence[FindingRow], *, name: str, title: str, description: str) -> Markup | None:
    """An inline SVG, 560 px wide, of findings of one rule in one unit; None when none has a difference."""
    known = [(row, gain) for row in rows if (gain := change_of(row.finding)) is not None and _is_drawable(row, gain)]
    if not known:
        return None
    height = TOP + ROW * len(known) + BOTTOM
    texts: dict[str, str] = {}
    labels = shorten([_place(row) for row, _ in known], _LONGEST)
    factor = 100.0 if known[0][0].finding.value_unit == "fraction" else 1.0
    with figure(WIDTH, height) as drawing:
        axes = drawing.add_axes(
            (_LEFT / WIDTH, BOTTOM / height, (WIDTH - _LEFT - _RIGHT) / WIDTH, ROW * len(known) / height)
        )
        ends = [end * factor for row, gain in known for end in _ends(row.finding, gain)]
        frame_axes(axes, ends, len(known), ticks=5)
        axes.axvline(0.0, color=MUTED, linewidth=1.0)
        for at in margins(known[0][0].finding):
            axes.axvline(at * factor, color=INK, linewidth=1.1, linestyle=(0, (4, 3)))
        for at, (row, gain) in enumerate(known):
            _label(axes, at, row, labels[at], texts)
            _point(axes, at, row.finding.verdict, gain, factor)
        return to_svg(drawing, name=name, title=title, description=description, texts=texts)


def margins(finding: Finding) -> tuple[float, ...]:
    """Positions of the dashed lines, as improvements: -margin, +margin, or both."""
    limit = finite(finding.limit)
    if limit is None:
        return ()
    kind = margin_rule(finding)
    return tuple(sign * limit for sign in kind.allowed) if kind else ()


def _is_drawable(row: FindingRow, gain: OrientedChange) -> bool:
    return all(abs(end) <= _LARGEST for end in _ends(row.finding, gain))


def _place(row: FindingRow) -> str:
    return row.finding.slice or row.finding.path or row.name


def _ends(finding: Finding, gain: OrientedChange) -> list[float]:
    return [end for end in (gain.value, gain.low, gain.high, 0.0, *margins(finding)) if end is not None]


def _label(axes: Axes, at: int, row: FindingRow, label: str, texts: dict[str, str]) -> None:
    place = axes.get_yaxis_transform()
    name, value, ends = f"@name{at}", f"@value{at}", f"@ends{at}"
    texts |= {name: label, value: row.gain, ends: f"{row.between} {str(row.finding.verdict).lower()}".strip()}
    axes.text(-0.05, at, name, transform=place, ha="right", va="center", fontsize=_FONT, color=INK)
    axes.text(1.04, at, value, transform=place, ha="left", va="center", fontsize=_FONT, color=INK)
    axes.text(1.25, at, ends, transform=place, ha="left", va="center", fontsize=10, color=MUTED)


def _point(axes: Axes, at: int, verdict: Verdict, gain: OrientedChange, factor: float) -> None:
    colour = INK if verdict is Verdict.FAIL else ACCENT
    if gain.low is not None and gain.high is not None:
        axes.plot([gain.low * factor, gain.high * factor], [at, at], color=colour, linewidth=1.6, solid_capstyle="butt")
    axes.plot(
        [gain.value * factor],
        [at],
        linestyle="none",
        marker=_MARKS.get(verdict, "s"),
        markersize=6.5,
        color=colour,
        markerfacecolor=colour if verdict in (Verdict.PASS, Verdict.FAIL) else PAPER,
        markeredgewidth=1.4,
    )


def says(finding: Finding) -> str:
    """The legend of the dashed line."""
    margin = formatting.points(finding.limit, finding.value_unit)
    kind = margin_rule(finding)
    if kind is None:
        return ""
    return f"within {kind.asks(margin)}" if len(kind.allowed) > 1 else kind.asks(margin)
