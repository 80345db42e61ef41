"""Quality against costs: a panel for each cost, a point with two intervals for each model, and the Pareto front as steps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from benchwright.formatting import shorten, value
from benchwright.quantities import Unit
from benchwright.render.svg import ACCENT, INK, MUTED, PAPER, RULE, Panel, add_panel_axes, figure, to_panels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 360.0, 230.0
MOST_LABELS = 8
"""Models that are named beside their points; of more only those on the front are."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 16.0, 28.0, 38.0
_LONGEST = 18
_LINE = 13.0
"""Height of a line of text."""
_LETTER = 5.6
"""Width of a letter, about."""
_WIDE = 4.0
"""Costs that span a larger factor have a logarithmic scale."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeOffPoint:
    """A model in a panel: cost and quality with the ends of their intervals, equal to the value where there are none.

    Attributes:
        state: ``front``, ``perhaps`` (may be dominated) or ``dominated``.
        on_front: Whether no other dominates it by the values alone: the steps go through it.
    """

    label: str
    cost: tuple[float, float, float]
    quality: tuple[float, float, float]
    state: str
    on_front: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeOffPanel:
    """A panel: what the cost is, its unit, and the points."""

    title: str
    about: str
    unit: Unit
    points: Sequence[TradeOffPoint]


def draw_trade_offs(
    panels: Sequence[TradeOffPanel], *, name: str, quality: str, unit: Unit, is_lower_better: bool = False
) -> Markup | None:
    """One ``<svg>`` for each panel, 360 px wide; None without a point.

    Args:
        panels: With at least one point each.
        name: Begins the ids.
        quality: What the score is, in words.
        unit: Of the score.
        is_lower_better: Whether the front is below.
    """
    if not panels:
        return None
    height = HEIGHT * len(panels)
    texts: dict[str, str] = {}
    told = []
    with figure(WIDTH, height) as drawing:
        for at, panel in enumerate(panels):
            axes = add_panel_axes(
                drawing, at, panels=len(panels), size=(WIDTH, HEIGHT), margins=(_LEFT, _TOP, _RIGHT, _BOTTOM)
            )
            _panel(axes, at, panel, texts, unit, is_lower_better=is_lower_better)
            told.append(
                Panel(
                    title=f"{quality} against {panel.title}",
                    description=_told(panel, unit),
                    top=HEIGHT * at,
                    height=HEIGHT,
                )
            )
        return to_panels(drawing, told, name=name, texts=texts)


def _panel(
    axes: Axes, at: int, panel: TradeOffPanel, texts: dict[str, str], unit: Unit, *, is_lower_better: bool
) -> None:
    factor = 100.0 if unit == "fraction" else 1.0
    points = [
        (point, tuple(one for one in point.cost), tuple(one * factor for one in point.quality))
        for point in panel.points
    ]
    _frame(axes, at, panel, [quality for _, _, quality in points], texts)
    _front(axes, points, is_lower_better=is_lower_better)
    for colour, width, mine in ((MUTED, 0.9, "dominated"), (INK, 1.1, "perhaps"), (ACCENT, 1.3, "front")):
        some = [(cost, quality) for point, cost, quality in points if point.state == mine]
        axes.hlines(
            [q[0] for _, q in some], [c[1] for c, _ in some], [c[2] for c, _ in some], colors=colour, linewidth=width
        )
        axes.vlines(
            [c[0] for c, _ in some], [q[1] for _, q in some], [q[2] for _, q in some], colors=colour, linewidth=width
        )
        axes.plot(
            [cost[0] for cost, _ in some],
            [quality[0] for _, quality in some],
            linestyle="none",
            marker="s" if mine == "dominated" else "o",
            markersize=5 if mine == "dominated" else 6.5,
            color=colour,
            markerfacecolor=PAPER if mine == "perhaps" else colour,
            markeredgewidth=1.4,
        )
    _names(axes, at, points, texts)


_Placed = tuple[TradeOffPoint, tuple[float, ...], tuple[float, ...]]


def _frame(
    axes: Axes, at: int, panel: TradeOffPanel, qualities: Sequence[Sequence[float]], texts: dict[str, str]
) -> None:
    axes.patch.set_visible(False)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.spines["bottom"].set_linewidth(0.8)
    least, most = min(point.cost[1] for point in panel.points), max(point.cost[2] for point in panel.points)
    if least > 0 and most / least > _WIDE:
        _decades(axes, at, (least, most), panel.unit, texts)
    else:
        _linear(axes, at, most, panel.unit, texts)
    low, high = min(one[1] for one in qualities), max(one[2] for one in qualities)
    room = (high - low) * 0.08 or max(abs(high) * 0.01, 0.01)
    axes.set_ylim(low - room, high + room)
    axes.locator_params(axis="y", nbins=5)
    axes.tick_params(colors=MUTED, labelsize=11, length=0, pad=5)
    axes.tick_params(axis="y", length=0)
    axes.grid(color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    texts[f"@head{at}"], texts[f"@about{at}"] = f"against {panel.title}", panel.about
    axes.text(-0.12, 1.07, f"@head{at}", transform=axes.transAxes, fontsize=12, color=INK)
    axes.set_xlabel(f"@about{at}", color=MUTED, fontsize=11, labelpad=2)


def _decades(axes: Axes, at: int, ends: tuple[float, float], unit: Unit, texts: dict[str, str]) -> None:
    """A logarithmic scale, its ticks at 1, 2 and 5 times powers of ten or fewer, each written with its unit."""
    from matplotlib.ticker import NullLocator

    low, high = ends
    axes.set_xscale("log")
    axes.set_xlim(low * 0.75, high * 1.35)
    powers = range(math.floor(math.log10(low * 0.75)), math.ceil(math.log10(high * 1.35)) + 1)
    digits = (1, 2, 5) if high / low < 30 else (1,)
    ticks = [float(f"{digit}e{power}") for power in powers for digit in digits]
    ticks = [one for one in ticks if low * 0.75 <= one <= high * 1.35]
    ticks = ticks[:: max(1, math.ceil(len(ticks) / 5))]
    axes.xaxis.set_minor_locator(NullLocator())
    _ticks(axes, at, ticks, unit, texts)


def _linear(axes: Axes, at: int, high: float, unit: Unit, texts: dict[str, str]) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlim(0, high * 1.12 or 1.0)
    _ticks(
        axes, at, [float(one) for one in MaxNLocator(nbins=4).tick_values(0, high) if one <= high * 1.1], unit, texts
    )


def _ticks(axes: Axes, at: int, ticks: Sequence[float], unit: Unit, texts: dict[str, str]) -> None:
    axes.set_xticks(ticks)
    axes.set_xticklabels([f"@tick{at}-{number}" for number in range(len(ticks))])
    texts.update({f"@tick{at}-{number}": "0" if not one else value(one, unit) for number, one in enumerate(ticks)})


def _front(axes: Axes, points: Sequence[_Placed], *, is_lower_better: bool) -> None:
    """Steps through the points that no other dominates by the values: what is the best for each cost."""
    front = sorted((cost[0], quality[0]) for point, cost, quality in points if point.on_front)
    if len(front) < 2:
        return
    sign = -1 if is_lower_better else 1
    front.sort(key=lambda one: (one[0], sign * one[1]))
    axes.plot(
        [cost for cost, _ in front],
        [quality for _, quality in front],
        drawstyle="steps-post",
        color=ACCENT,
        linewidth=1,
        linestyle=(0, (4, 2)),
    )


def _names(axes: Axes, at: int, points: Sequence[_Placed], texts: dict[str, str]) -> None:
    """Names beside the points, where they cover least; a thin line leads to one that had to move away."""
    shown = [one for one in points if len(points) <= MOST_LABELS or one[0].on_front][: 2 * MOST_LABELS]
    names = shorten([point.label for point, _, _ in shown], _LONGEST)
    wide, high = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM

    def pixels(cost: float, quality: float) -> tuple[float, float]:
        x, y = axes.transAxes.inverted().transform(axes.transData.transform((cost, quality)))
        return float(x) * wide, float(y) * high

    marks: list[_Box] = []
    for _, cost, quality in points:
        (x, y), (_, low), (_, top) = (pixels(cost[0], one) for one in quality)
        marks += [(x - 5, y - 5, x + 5, y + 5), (x - 1, low, x + 1, top)]
    taken: list[_Box] = []
    order = sorted(range(len(shown)), key=lambda one: (-shown[one][2][0], shown[one][1][0]))
    for number in order:
        _, cost, quality = shown[number]
        x, y = pixels(cost[0], quality[0])
        box, side = _place(x, y, len(names[number]) * _LETTER, (taken, marks))
        taken.append(box)
        key = f"@point{at}-{number}"
        texts[key] = names[number]
        middle = (box[1] + box[3]) / 2
        edge = box[0] if side == "left" else box[2]
        if abs(middle - y) > 1.5 * _LINE:
            axes.plot(
                [x / wide, edge / wide], [y / high, middle / high], transform=axes.transAxes, color=MUTED, linewidth=0.6
            )
        axes.text(
            edge / wide,
            middle / high,
            key,
            transform=axes.transAxes,
            ha=side,
            va="center",
            fontsize=11,
            color=INK,
            zorder=1.5,  # above intervals, below marks
        )


_Box = tuple[float, float, float, float]
"""Left, bottom, right and top in pixels of the panel."""


def _place(x: float, y: float, width: float, around: tuple[Sequence[_Box], Sequence[_Box]]) -> tuple[_Box, str]:
    """The box of a name beside a point that covers least of other names and marks, and the side that its text begins on."""
    taken, marks = around
    best: tuple[float, _Box, str] | None = None
    for step in sorted(range(-9, 10), key=abs):
        for side, left in (("left", x + 8), ("right", x - 8 - width)):
            middle = y + 7 + step * _LINE * 0.75
            box = (left, middle - _LINE / 2, left + width, middle + _LINE / 2)
            outside = left < -6 or left + width > WIDTH - _LEFT or box[1] < -2 or box[3] > HEIGHT - _TOP - _BOTTOM + 10
            cost = abs(step) * 4 + (side == "right") + 1000 * outside
            cost += 200 * sum(_meet(box, one) for one in taken) + 30 * sum(_meet(box, one) for one in marks)
            if best is None or cost < best[0]:
                best = (cost, box, side)
    assert best is not None
    return best[1], best[2]


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _told(panel: TradeOffPanel, unit: Unit) -> str:
    words: Mapping[str, str] = {"front": "on the front", "perhaps": "may be dominated", "dominated": "dominated"}
    return "; ".join(
        f"{point.label}: {value(point.quality[0], unit)} at {value(point.cost[0], panel.unit)}, {words[point.state]}"
        for point in panel.points
    )
