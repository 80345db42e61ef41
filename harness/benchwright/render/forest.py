"""Forest plots: one task, a point and an interval per model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from benchwright.formatting import change, finite, interval, interval_of_change, shorten
from benchwright.formatting import value as written
from benchwright.quantities import Unit
from benchwright.render.grid import RankTier
from benchwright.render.svg import ACCENT, INK, MUTED, PAPER, RULE, figure, to_svg
from benchwright.types import Score

if TYPE_CHECKING:
    from matplotlib.axes import Axes


WIDTH, ROW, TOP, BOTTOM = 360.0, 19.0, 6.0, 24.0
MOST_FOREST_ROWS = 30
"""Rows of one figure; the tables hold the others."""
_LEFT, _RIGHT = 132.0, 110.0
_LONGEST = 19
_FONT = 11


@dataclass(frozen=True, kw_only=True, slots=True)
class ForestRow:
    """One row of a forest plot.

    Attributes:
        score: Value and interval; None when there is no result, and ``note`` says why.
    """

    label: str
    score: Score | None
    tier: RankTier | None = None
    note: str = ""


def draw_forest(
    lines: Sequence[ForestRow],
    *,
    name: str,
    title: str,
    description: str,
    unit: Unit = "fraction",
    changes: bool = False,
    scale: Sequence[float] = (),
) -> Markup | None:
    """An inline SVG, 360 px wide, rows in the order given; None when no row has a value.

    Args:
        lines: The rows.
        name: Begins the ids.
        title: For those who hear the page.
        description: The same, longer.
        unit: Of the values.
        changes: Whether values are changes: they have signs, and a line stands at no change.
        scale: Values for which there shall be room too.
    """
    values = [value for line in lines if line.score for value in _ends(line.score)]
    if not values:
        return None
    values += [*scale, *([0.0] if changes else [])]
    height = TOP + ROW * len(lines) + BOTTOM
    texts: dict[str, str] = {}
    short = shorten([line.label for line in lines], _LONGEST)
    with figure(WIDTH, height) as drawing:
        axes = drawing.add_axes(
            (_LEFT / WIDTH, BOTTOM / height, (WIDTH - _LEFT - _RIGHT) / WIDTH, ROW * len(lines) / height)
        )
        factor = 100.0 if unit == "fraction" else 1.0
        frame_axes(axes, [value * factor for value in values], len(lines))
        if changes:
            axes.axvline(0, color=MUTED, linewidth=1, linestyle=(0, (3, 2)))
        for row, line in enumerate(lines):
            _label(axes, row, line, texts, short=short[row], unit=unit, changes=changes)
            if line.score:
                _point(axes, row, line, factor)
        return to_svg(drawing, name=name, title=title, description=description, texts=texts)


def _ends(score: Score) -> list[float]:
    known = (finite(end) for end in (score.value, score.low, score.high))
    return [end for end in known if end is not None] if finite(score.value) is not None else []


def frame_axes(axes: Axes, values: Sequence[float], rows: int, *, ticks: int = 4) -> None:
    """Lay out the axes of a forest plot: room for the values, rows from the top, a scale below and nothing else around."""
    from matplotlib.ticker import MaxNLocator

    low, high = min(values), max(values)
    room = (high - low) * 0.06 or max(abs(high) * 0.01, 0.01)
    axes.set_xlim(low - room, high + room)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.patch.set_visible(False)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.spines["bottom"].set_linewidth(0.8)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=ticks, steps=[1, 2, 5, 10]))
    axes.tick_params(axis="x", colors=MUTED, labelsize=11, length=0, pad=5)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)


def _label(
    axes: Axes, row: int, line: ForestRow, texts: dict[str, str], *, short: str, unit: Unit, changes: bool = False
) -> None:
    name, value = f"@name{row}", f"@value{row}"
    texts[name] = short
    score = line.score
    if score is None or finite(score.value) is None:
        texts[value] = line.note or "undefined"
    else:
        texts[value] = change(score.value, unit) if changes else written(score.value, unit)
    place = axes.get_yaxis_transform()
    axes.text(-0.06, row, name, transform=place, ha="right", va="center", fontsize=_FONT, color=INK)
    axes.text(1.05, row, value, transform=place, ha="left", va="center", fontsize=_FONT, color=INK)
    if score is not None and finite(score.value) is not None and finite(score.low) is not None:
        ends = f"@ends{row}"
        ends_of = interval_of_change if changes else interval
        texts[ends] = ends_of(score.low, score.high, unit)
        axes.text(1.37, row, ends, transform=place, ha="left", va="center", fontsize=11, color=MUTED)


def _point(axes: Axes, row: int, line: ForestRow, factor: float) -> None:
    assert line.score is not None
    value, low, high = (finite(end) for end in (line.score.value, line.score.low, line.score.high))
    if value is None:
        return
    leads = line.tier in {RankTier.BEST, RankTier.LEADING, RankTier.NEAR}
    colour = ACCENT if leads else INK
    if low is not None and high is not None:
        axes.plot([low * factor, high * factor], [row, row], color=colour, linewidth=1.6, solid_capstyle="butt")
    fill = colour if line.tier in {RankTier.BEST, RankTier.BEHIND, RankTier.ALONE, RankTier.FEWER} else PAPER
    axes.plot(
        [value * factor],
        [row],
        linestyle="none",
        marker="o" if leads else "s",
        markersize=6 if leads else 5,
        color=colour,
        markerfacecolor=fill,
        markeredgewidth=1.4,
    )
